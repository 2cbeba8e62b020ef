import datetime as dt

import pytest
from django.utils import timezone

from gasutil.identity import logins
from gasutil.identity.logins import TokenPair
from gasutil.models import Login, User
from tests.support.api import Api
from tests.support.problems import ended, faults


@pytest.fixture
def pair(customer: User) -> TokenPair:
    return logins.start_login(customer)


def test_it_works(pair: TokenPair, anyone: Api) -> None:
    answer = anyone.post("login/refresh/", {"refresh": pair.refresh})
    body = answer.json()
    assert (answer.status_code, sorted(body)) == (200, ["access", "refresh"])
    assert body["refresh"] != pair.refresh
    assert anyone.get("profile/", Authorization=f"Bearer {body['access']}").status_code == 200
    assert anyone.post("login/refresh/", {"refresh": body["refresh"]}).status_code == 200


def test_it_ends_the_login_when_a_used_token_comes_again_later(
    pair: TokenPair, anyone: Api
) -> None:
    successor = anyone.post("login/refresh/", {"refresh": pair.refresh}).json()
    Login.objects.update(rotated_at=timezone.now() - dt.timedelta(minutes=1))
    again = anyone.post("login/refresh/", {"refresh": pair.refresh})
    assert (again.status_code, again.json()) == (
        401,
        ended("This refresh token was already used, so its login has ended. Log in again."),
    )
    after = anyone.get("profile/", Authorization=f"Bearer {successor['access']}")
    assert (after.status_code, after.json()) == (401, ended())


@pytest.mark.parametrize("token", ["x", "a.b.c", "\x00", "é", "{}"])
def test_it_refuses_what_is_no_token(token: str, anyone: Api, db: None) -> None:
    answer = anyone.post("login/refresh/", {"refresh": token})
    assert (answer.status_code, answer.json()) == (
        401,
        ended("The token is not valid or has expired."),
    )
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_it_refuses_an_access_token(pair: TokenPair, anyone: Api) -> None:
    answer = anyone.post("login/refresh/", {"refresh": pair.access})
    assert (answer.status_code, answer.json()) == (401, ended("This is not a refresh token."))


def test_it_names_what_is_wrong(anyone: Api, db: None) -> None:
    assert faults(anyone.post("login/refresh/", {})) == [("refresh", "missing")]
    assert faults(anyone.post("login/refresh/", {"refresh": ""})) == [
        ("refresh", "string_too_short")
    ]
    assert faults(anyone.post("login/refresh/", {"refresh": None})) == [("refresh", "string_type")]
