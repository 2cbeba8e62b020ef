import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from gasutil.identity import logins
from gasutil.identity.logins import TokenPair
from gasutil.models import Login, User
from tests.support.api import Api
from tests.support.problems import ended, field_errors


@pytest.fixture
def pair(customer: User) -> TokenPair:
    return logins.start_login(customer)


def test_it_works(pair: TokenPair, anyone: Api) -> None:
    answer = anyone.post("login/refresh/", {"refresh": pair.refresh})
    body = answer.json()
    assert (answer.status_code, sorted(body)) == (200, ["access", "expires_in", "refresh"])
    assert body["expires_in"] == 300
    assert body["refresh"] != pair.refresh
    assert anyone.get("profile/", Authorization=f"Bearer {body['access']}").status_code == 200
    assert anyone.post("login/refresh/", {"refresh": body["refresh"]}).status_code == 200


def refresh(anyone: Api, token: str) -> Any:
    return anyone.post("login/refresh/", {"refresh": token})


def call(anyone: Api, access: str) -> int:
    status: int = anyone.get("profile/", Authorization=f"Bearer {access}").status_code
    return status


USED = "This refresh token was already used, so its login has ended. Log in again."


def test_a_lost_response_costs_nothing(pair: TokenPair, anyone: Api) -> None:
    lost, again = (refresh(anyone, pair.refresh).json() for _ in range(2))
    assert again["refresh"] == lost["refresh"]
    Login.objects.update(rotated_at=timezone.now() - dt.timedelta(hours=23))
    later = refresh(anyone, pair.refresh)
    assert later.status_code == 200
    assert call(anyone, later.json()["access"]) == 200


def test_the_old_access_token_does_not_count_as_use(pair: TokenPair, anyone: Api) -> None:
    refresh(anyone, pair.refresh)
    assert call(anyone, pair.access) == 200
    assert refresh(anyone, pair.refresh).status_code == 200


@pytest.mark.parametrize("used", ["access", "refresh", "access of the retry", "stream"])
def test_it_ends_the_login_once_the_new_pair_has_been_used(
    used: str, pair: TokenPair, anyone: Api
) -> None:
    successor = refresh(anyone, pair.refresh).json()
    if used == "refresh":
        assert refresh(anyone, successor["refresh"]).status_code == 200
    elif used == "stream":
        logins.user_for_token(successor["access"])
    else:
        given = refresh(anyone, pair.refresh).json() if used != "access" else successor
        assert call(anyone, given["access"]) == 200
    again = refresh(anyone, pair.refresh)
    assert (again.status_code, again.json()) == (401, ended(USED))
    assert call(anyone, successor["access"]) == 401
    assert refresh(anyone, successor["refresh"]).status_code == 401


def test_it_ends_the_login_after_a_day(pair: TokenPair, anyone: Api, settings: Settings) -> None:
    settings.JWT_REFRESH_SECONDS = 7 * 24 * 60 * 60
    pair = logins.start_login(User.objects.get())
    refresh(anyone, pair.refresh)
    Login.objects.update(rotated_at=timezone.now() - dt.timedelta(hours=25))
    again = refresh(anyone, pair.refresh)
    assert (again.status_code, again.json()) == (401, ended(USED))


def test_only_the_first_use_of_a_pair_writes(
    pair: TokenPair, anyone: Api, django_assert_num_queries: Any
) -> None:
    successor = refresh(anyone, pair.refresh).json()
    logins.read_access(successor["access"])
    for token in (successor["access"], pair.access):
        with django_assert_num_queries(1):
            logins.read_access(token)


@pytest.mark.parametrize("token", ["x", "a.b.c", "\x00", "é", "{}"])
def test_it_rejects_what_is_no_token(token: str, anyone: Api, db: None) -> None:
    answer = anyone.post("login/refresh/", {"refresh": token})
    assert (answer.status_code, answer.json()) == (
        401,
        ended("The token is not valid or has expired."),
    )
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_it_rejects_an_access_token(pair: TokenPair, anyone: Api) -> None:
    answer = anyone.post("login/refresh/", {"refresh": pair.access})
    assert (answer.status_code, answer.json()) == (401, ended("This is not a refresh token."))


def test_it_names_what_is_wrong(anyone: Api, db: None) -> None:
    assert field_errors(anyone.post("login/refresh/", {})) == [("refresh", "missing")]
    assert field_errors(anyone.post("login/refresh/", {"refresh": ""})) == [
        ("refresh", "string_too_short")
    ]
    assert field_errors(anyone.post("login/refresh/", {"refresh": None})) == [
        ("refresh", "string_type")
    ]
