from typing import Any

import pytest

from gasutil.identity import logins
from gasutil.models import User
from tests.support.api import Api
from tests.support.people import PASSWORD
from tests.support.problems import ended, field_errors, invalid

NEW = {
    "old_password": PASSWORD,
    "password": "Another-Flame-2027",
    "password2": "Another-Flame-2027",
}


@pytest.mark.parametrize("who", ["customer", "pending", "support"])
def test_it_works(who: str, api: Any, anyone: Api, request: pytest.FixtureRequest) -> None:
    answer = api(request.getfixturevalue(who)).post("profile/password/", NEW)
    assert (answer.status_code, answer.content) == (204, b"")
    assert anyone.post("login/", {"username": who, "password": PASSWORD}).status_code == 401
    assert anyone.post("login/", {"username": who, "password": NEW["password"]}).status_code == 200


def test_it_ends_every_earlier_login_at_the_next_call(
    api: Any, customer: User, anyone: Api
) -> None:
    client, other = api(customer), logins.start_login(customer)
    client.post("profile/password/", NEW)
    assert client.get("profile/").json() == ended()
    assert anyone.post("login/refresh/", {"refresh": other.refresh}).json() == ended()


def test_it_asks_for_the_old_password(api: Any, customer: User) -> None:
    answer = api(customer).post("profile/password/", NEW | {"old_password": "wrong"})
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("old_password", "wrong_password", "The password is wrong.")),
    )
    assert User.objects.get().check_password(PASSWORD)


def test_it_reports_all_errors_at_once(api: Any, customer: User) -> None:
    answer = api(customer).post(
        "profile/password/", {"old_password": "wrong", "password": "customer", "password2": "x"}
    )
    assert field_errors(answer) == [
        ("old_password", "wrong_password"),
        ("password", "password_too_similar"),
        ("password2", "password_mismatch"),
    ]


def test_it_limits_how_often_the_old_password_is_guessed(api: Any, customer: User) -> None:
    client = api(customer)
    wrong = NEW | {"old_password": "wrong"}
    assert [client.post("profile/password/", wrong).status_code for _ in range(6)] == [422] * 5 + [
        429
    ]
    assert client.post("profile/password/", NEW).status_code == 429


def test_its_history_names_the_user(api: Any, customer: User) -> None:
    api(customer).post("profile/password/", NEW)
    row = User.history.latest("history_id")
    assert (row.history_user, row.history_change_reason) == (customer, "Password changed")
