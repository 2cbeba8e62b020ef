import datetime as dt
import re

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gasutil.identity import logins
from gasutil.models import User
from tests.support.api import Api
from tests.support.people import PASSWORD
from tests.support.problems import field_errors, invalid
from tests.support.worker import run_worker

NEW = "Another-Flame-2027"
SPENT = invalid(("token", "invalid_token", "This link is not valid or has expired."))


def mailed(anyone: Api, email: str = "customer@example.com") -> dict[str, str]:
    """Ask for a reset, let the worker send it, and return what the mail says."""
    anyone.post("password-reset/", {"email": email})
    run_worker()
    uid, token = re.search(
        r"^uid: (\S+)\ntoken: (\S+)$", mail.outbox[-1].body, re.MULTILINE
    ).groups()
    return {"uid": uid, "token": token, "password": NEW, "password2": NEW}


def test_known_and_unknown_addresses_get_the_same_response(customer: User, anyone: Api) -> None:
    answers = [
        anyone.post("password-reset/", {"email": email})
        for email in ("customer@example.com", "nobody@example.com")
    ]
    assert [(answer.status_code, answer.content, sorted(answer.headers)) for answer in answers] == [
        (202, b"", sorted(answers[0].headers)),
        (202, b"", sorted(answers[0].headers)),
    ]


def test_known_and_unknown_addresses_take_the_same_queries(customer: User, anyone: Api) -> None:
    asked = []
    for email in ("customer@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            anyone.post("password-reset/", {"email": email})
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_only_the_accounts_with_the_address_get_mail(
    customer: User, neighbour: User, anyone: Api
) -> None:
    for email in ("CUSTOMER@example.com", "nobody@example.com"):
        anyone.post("password-reset/", {"email": email})
    assert mail.outbox == []
    run_worker()
    assert [(item.to, item.subject) for item in mail.outbox] == [
        (["customer@example.com"], "Set a new password")
    ]


def test_deactivated_users_get_no_mail(customer: User, anyone: Api) -> None:
    User.objects.update(is_active=False)
    anyone.post("password-reset/", {"email": "customer@example.com"})
    run_worker()
    assert mail.outbox == []


def test_it_sets_a_new_password_with_what_was_mailed(customer: User, anyone: Api) -> None:
    answer = anyone.post("password-reset/confirm/", mailed(anyone))
    assert (answer.status_code, answer.content) == (204, b"")
    assert anyone.post("login/", {"username": "customer", "password": NEW}).status_code == 200
    assert anyone.post("login/", {"username": "customer", "password": PASSWORD}).status_code == 401


def test_it_ends_every_earlier_login(customer: User, anyone: Api) -> None:
    pair = logins.start_login(customer)
    anyone.post("password-reset/confirm/", mailed(anyone))
    assert anyone.get("profile/", Authorization=f"Bearer {pair.access}").status_code == 401
    assert anyone.post("login/refresh/", {"refresh": pair.refresh}).status_code == 401


def test_it_works_once(customer: User, anyone: Api) -> None:
    body = mailed(anyone)
    assert anyone.post("password-reset/confirm/", body).status_code == 204
    again = anyone.post("password-reset/confirm/", body)
    assert (again.status_code, again.json()) == (422, SPENT)


def test_it_expires_with_a_login_or_after_an_hour(
    customer: User, anyone: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = mailed(anyone)
    later = PasswordResetTokenGenerator()._now() + dt.timedelta(hours=1, seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
        assert anyone.post("password-reset/confirm/", body).json() == SPENT
    anyone.post("login/", {"username": "customer", "password": PASSWORD})
    assert anyone.post("password-reset/confirm/", body).json() == SPENT


@pytest.mark.parametrize(
    "changed",
    [
        {"uid": "MQ" * 20},
        {"uid": "%%%"},
        {"uid": "é"},
        {"uid": "LTE"},
        {"token": "x"},
        {"token": "1-" + "a" * 32},
    ],
)
def test_it_rejects_a_token_that_was_not_mailed(
    changed: dict[str, str], customer: User, anyone: Api
) -> None:
    answer = anyone.post("password-reset/confirm/", mailed(anyone) | changed)
    assert (answer.status_code, answer.json()) == (422, SPENT)
    assert User.objects.get().check_password(PASSWORD)


def test_it_rejects_a_token_of_another_user(customer: User, neighbour: User, anyone: Api) -> None:
    theirs = mailed(anyone, "neighbour@example.com")
    assert (
        anyone.post("password-reset/confirm/", mailed(anyone) | {"token": theirs["token"]}).json()
        == SPENT
    )


def test_it_asks_for_a_strong_password(customer: User, anyone: Api) -> None:
    answer = anyone.post(
        "password-reset/confirm/", mailed(anyone) | {"password": "customer", "password2": "x"}
    )
    assert field_errors(answer) == [
        ("password", "password_too_similar"),
        ("password2", "password_mismatch"),
    ]


def test_it_names_what_is_wrong(anyone: Api, db: None) -> None:
    assert field_errors(anyone.post("password-reset/", {})) == [("email", "missing")]
    assert field_errors(anyone.post("password-reset/", {"email": "nobody"})) == [
        ("email", "invalid")
    ]


def test_calls_of_one_address_are_limited(customer: User, anyone: Api, settings: Settings) -> None:
    settings.PASSWORD_RESET_LIMIT = 2
    assert [
        anyone.post("password-reset/", {"email": "customer@example.com"}).status_code
        for _ in range(3)
    ] == [202, 202, 429]
