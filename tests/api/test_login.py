import statistics
import time

import pytest
from django.utils import timezone

from gasutil.models import Login, User
from tests.support.api import Api
from tests.support.people import PASSWORD
from tests.support.problems import ended, field_errors

WRONG = ended("Wrong username or password.")


def test_it_works(customer: User, anyone: Api) -> None:
    answer = anyone.post("login/", {"username": "customer", "password": PASSWORD})
    assert (answer.status_code, sorted(answer.json())) == (200, ["access", "expires_in", "refresh"])
    assert (
        anyone.get("profile/", Authorization=f"Bearer {answer.json()['access']}").json()["username"]
        == "customer"
    )


def test_it_notes_the_time(customer: User, anyone: Api) -> None:
    anyone.post("login/", {"username": "customer", "password": PASSWORD})
    assert abs((User.objects.get().last_login - timezone.now()).total_seconds()) < 60
    assert User.history.count() == 1


@pytest.mark.parametrize("password", ["wrong", PASSWORD.lower(), PASSWORD + " ", " " + PASSWORD])
def test_it_rejects_a_wrong_password(password: str, customer: User, anyone: Api) -> None:
    answer = anyone.post("login/", {"username": "customer", "password": password})
    assert (answer.status_code, answer.json(), answer.headers["WWW-Authenticate"]) == (
        401,
        WRONG,
        "Bearer",
    )
    assert not Login.objects.exists()


def test_an_unknown_user_gets_the_same_error(customer: User, anyone: Api) -> None:
    answer = anyone.post("login/", {"username": "nobody", "password": PASSWORD})
    assert (answer.status_code, answer.json()) == (401, WRONG)


def test_a_deactivated_user_gets_the_same_error(customer: User, anyone: Api) -> None:
    User.objects.update(is_active=False)
    answer = anyone.post("login/", {"username": "customer", "password": PASSWORD})
    assert (answer.status_code, answer.json()) == (401, WRONG)


def test_an_unknown_user_takes_the_same_time(customer: User, anyone: Api) -> None:
    taken: dict[str, list[float]] = {"customer": [], "nobody": []}
    for number in range(5):
        for name, times in taken.items():
            started = time.process_time()
            anyone.post("login/", {"username": name, "password": f"wrong-{number}"})
            times.append(time.process_time() - started)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert (
        0.5 < known / unknown < 2
    )  # without the hash of an unknown user's password it would be 10


def test_it_lets_a_pending_support_account_in(pending: User, anyone: Api) -> None:
    assert anyone.post("login/", {"username": "pending", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("username", "missing"), ("password", "missing")]),
        ({"username": "customer"}, [("password", "missing")]),
        (
            {"username": "", "password": ""},
            [("username", "string_too_short"), ("password", "string_too_short")],
        ),
        (
            {"username": ["customer"], "password": {"$ne": ""}},
            [("username", "string_type"), ("password", "string_type")],
        ),
        (
            {"username": "a" * 151, "password": "a" * 129},
            [("username", "string_too_long"), ("password", "string_too_long")],
        ),
        ({"username": "a\x00", "password": "x"}, [("username", "null_characters_not_allowed")]),
        (
            {"username": "customer", "password": PASSWORD, "remember": True},
            [("remember", "extra_forbidden")],
        ),
    ],
)
def test_it_names_what_is_wrong(
    body: dict[str, object], expected: list[tuple[str, str]], customer: User, anyone: Api
) -> None:
    assert field_errors(anyone.post("login/", body)) == expected
