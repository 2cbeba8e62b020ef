"""The security log: what each event leaves in the table and in the log of the server."""

import datetime as dt
import io
import json
import logging
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from gasutil.errors import NotAuthenticated, TooManyAttempts
from gasutil.identity import logins
from gasutil.identity.security_log import digests, record_event, shortened
from gasutil.models import SecurityEvent, SecurityEventType, SecurityOutcome, User
from tests.support.api import Api
from tests.support.people import PASSWORD

LOGIN, FAILURE, DENIED = SecurityEventType.LOGIN, SecurityOutcome.FAILURE, SecurityOutcome.DENIED
EVIL = "evil\r\n2026-01-01 INFO gasutil.security: {}\x1b[2J\u2028\u202eteg\0\ud800"


def request_from(
    address: str = "203.0.113.9", user_agent: str = "Firefox", path: str = "/api/v1/login/"
) -> Any:
    return RequestFactory(REMOTE_ADDR=address, headers={"User-Agent": user_agent}).post(path)


def rows(*fields: str) -> list[Any]:
    return list(SecurityEvent.objects.order_by("id").values_list(*fields, flat=len(fields) == 1))


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the lines of the security log, each of which is one line of ASCII."""
    result = [row.getMessage() for row in caplog.records if row.name == "gasutil.security"]
    assert all(text.isascii() and text.isprintable() for text in result)
    return [json.loads(text) for text in result]


def test_it_writes_a_row_and_a_line(customer: User, caplog: pytest.LogCaptureFixture) -> None:
    record_event(LOGIN, user=customer, request=request_from(), login=7)
    (row,) = SecurityEvent.objects.all()
    assert (row.user, row.username, row.ip, row.user_agent, row.details) == (
        customer,
        "customer",
        "203.0.113.9",
        "Firefox",
        {"login": 7},
    )
    assert (row.event, row.outcome, row.entry_point) == ("login", "success", "api")
    assert abs(row.created_at - timezone.now()) < dt.timedelta(minutes=1)
    expected = {
        "event": "login",
        "outcome": "success",
        "entry_point": "api",
        "user": customer.pk,
        "username": "customer",
        "ip": "203.0.113.9",
        "user_agent": "Firefox",
        "details": {"login": 7},
    }
    assert lines(caplog) == [expected]


def test_the_line_is_written_whatever_the_level_of_other_loggers_is(customer: User) -> None:
    logger = logging.getLogger("gasutil.security")
    assert logger.isEnabledFor(logging.INFO)
    assert logging.getLogger().level == logging.WARNING


def test_nothing_that_a_client_sends_breaks_a_line_or_a_row(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    record_event(
        LOGIN,
        FAILURE,
        username=EVIL,
        request=request_from("not an address", EVIL),
        filename=EVIL,
        names=[EVIL],
    )
    (row,) = SecurityEvent.objects.all()
    row.full_clean(exclude=["user", "account", "ip"])
    assert row.ip is None
    for text in (row.username, row.user_agent, row.details["filename"], row.details["names"][0]):
        assert text.isprintable()
    assert len(lines(caplog)) == 1


def test_long_texts_are_cut(db: None) -> None:
    record_event(
        LOGIN,
        FAILURE,
        username="x" * 10_000,
        request=request_from(user_agent="y" * 10_000),
        filename="z" * 10_000,
    )
    (row,) = SecurityEvent.objects.all()
    row.full_clean(exclude=["user", "account", "ip"])
    assert len(row.details["filename"]) == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/api/v1/login/", "api"), ("/admin/login/", "console"), ("/password-reset/x/y/", "link")],
)
def test_it_stores_the_entry_point(path: str, expected: str, db: None) -> None:
    record_event(LOGIN, request=request_from(path=path))
    assert rows("entry_point") == [expected]


def test_the_entry_point_of_a_command_is_the_system(db: None) -> None:
    record_event(LOGIN)
    assert rows("entry_point", "ip", "user_agent") == [("system", None, "")]


# --- Names ---
@pytest.mark.parametrize(
    ("entered", "stored"),
    [("ghost", "gh…"), (PASSWORD, "Bl…"), ("ab", "…"), ("", ""), ("  x  ", "…")],
)
def test_a_name_that_no_account_has_is_shortened_since_it_may_be_a_password(
    entered: str, stored: str
) -> None:
    assert shortened(entered) == stored


def test_such_a_name_is_found_by_its_digest(db: None, settings: Any) -> None:
    authenticate(request_from(), username=" Ghost ", password="wrong")
    (row,) = SecurityEvent.objects.all()
    assert (row.user, row.username) == (None, "Gh…")
    assert row.username_digest in digests("ghost")
    assert "ghost" not in json.dumps(row.details).lower()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "a-new-key-that-is-as-long-as-the-one-of-before-or-longer",
    )
    assert row.username_digest in digests("GHOST")


@pytest.mark.parametrize("entered", ["customer", "CUSTOMER", "customer@example.com"])
def test_a_failed_login_names_the_account_that_was_tried(entered: str, customer: User) -> None:
    User.objects.update(email_confirmed=True)
    authenticate(request_from(), username=entered, password="wrong")
    assert rows("user", "username", "username_digest", "outcome") == [
        (customer.pk, "customer", "", "failure")
    ]


@pytest.mark.parametrize(
    ("change", "reason"), [({}, "wrong password"), ({"is_active": False}, "deactivated")]
)
def test_managers_see_why_a_login_failed(
    change: dict[str, Any], reason: str, customer: User
) -> None:
    User.objects.update(is_active=change.get("is_active", True))
    authenticate(request_from(), username="customer", password="wrong")
    assert rows("details") == [{"reason": reason}]


# --- Failures of the log ---
@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_row_that_cannot_be_stored_stops_no_login(
    in_transaction: bool, customer: User, anyone: Api, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM there_is_no_such_table")

    with patch.object(SecurityEvent, "save", fail):
        if in_transaction:
            with transaction.atomic():
                record_event(LOGIN, user=customer)
                User.objects.update(first_name="Still")
        else:
            assert (
                anyone.post("login/", {"username": "customer", "password": PASSWORD}).status_code
                == 200
            )
    assert not SecurityEvent.objects.exists()
    messages = [row.getMessage() for row in caplog.records if row.name == "gasutil.security"]
    assert json.loads(messages[0])["event"] == "login"
    assert messages[1] == "A security event could not be stored"


def test_a_change_that_is_rolled_back_leaves_no_row(customer: User) -> None:
    def fail_later() -> None:
        with transaction.atomic():
            record_event(LOGIN, user=customer)
            raise OperationalError

    with pytest.raises(OperationalError):
        fail_later()
    assert not SecurityEvent.objects.exists()


# --- Floods ---
def test_a_flood_from_one_address_is_counted_not_stored(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LOGIN_LIMIT_ADDRESS = settings.LOGIN_LIMIT_PAIR = 0
    for number in range(100):
        record_event(LOGIN, FAILURE, username=f"user{number}", request=request_from())
    stored = [details.get("repeated", 1) for details in rows("details")]
    assert stored == [1] * 10 + [16, 32, 64]
    assert len(lines(caplog)) == 13
    record_event(LOGIN, FAILURE, username="another", request=request_from("203.0.113.10"))
    assert len(rows("id")) == 14


@pytest.mark.parametrize("addresses", [[f"2001:db8::{number:x}" for number in range(1, 101)]])
def test_a_network_of_ipv6_is_one_address(addresses: list[str], db: None) -> None:
    for address in addresses:
        record_event(LOGIN, FAILURE, username="x", request=request_from(address))
    assert len(rows("id")) == 13


def test_a_flood_of_attempts_beyond_the_limit_is_bounded_as_well(customer: User) -> None:
    for _ in range(100):
        try:
            authenticate(request_from(), username="customer", password="wrong")
        except TooManyAttempts:
            continue
    assert SecurityEvent.objects.filter(outcome="failure").count() == 5
    assert 10 <= SecurityEvent.objects.filter(outcome="limited").count() <= 14


def test_every_success_is_stored(customer: User) -> None:
    for _ in range(30):
        record_event(LOGIN, user=customer, request=request_from())
    assert len(rows("id")) == 30


# --- Append-only ---
def test_a_row_is_never_changed_or_deleted(db: None) -> None:
    record_event(LOGIN)
    row = SecurityEvent.objects.get()
    for change in (
        row.save,
        row.delete,
        SecurityEvent.objects.all().delete,
        lambda: SecurityEvent.objects.update(outcome="success"),
    ):
        with pytest.raises(TypeError):
            change()


def test_the_row_outlives_the_account(customer: User) -> None:
    record_event(LOGIN, user=customer)
    customer.delete()
    assert rows("user", "username") == [(None, "customer")]


def test_tidy_deletes_what_is_old_in_batches(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("gasutil.management.commands.tidy.BATCH_SIZE", 2)
    for days in (400, 366, 366, 366, 364, 0):
        SecurityEvent.objects.create(
            event="login",
            outcome="success",
            entry_point="api",
            created_at=timezone.now() - dt.timedelta(days),
        )
    call_command("tidy", stdout=io.StringIO())
    assert len(rows("id")) == 2
    settings.SECURITY_LOG_DAYS = 300
    call_command("tidy", stdout=io.StringIO())
    assert len(rows("id")) == 1


# --- Secrets ---
def test_no_secret_is_stored(customer: User, anyone: Api, caplog: pytest.LogCaptureFixture) -> None:
    pair = anyone.post("login/", {"username": "customer", "password": PASSWORD}).json()
    anyone.post("login/", {"username": "customer", "password": "a-wrong-secret"})
    anyone.post("login/", {"username": "a-misplaced-secret", "password": "x"})
    second = logins.refresh(refresh=logins.refresh(refresh=pair["refresh"]).refresh)
    with pytest.raises(NotAuthenticated):
        logins.refresh(refresh=pair["refresh"])
    secrets = [
        PASSWORD,
        "a-wrong-secret",
        "a-misplaced-secret",
        pair["refresh"],
        pair["access"],
        second.refresh,
    ]
    stored = json.dumps(
        [
            {name: str(value) for name, value in vars(row).items()}
            for row in SecurityEvent.objects.all()
        ]
    )
    assert [secret for secret in secrets if secret in stored + caplog.text] == []
