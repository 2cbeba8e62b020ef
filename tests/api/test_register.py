import datetime as dt
import time
from typing import Any

import pytest
from django.core import mail
from django.utils.dateparse import parse_datetime
from pytest_django import Settings

from gasutil.access import Actor, Role
from gasutil.models import User
from gasutil.workflow import registration
from tests.support.api import Api
from tests.support.bodies import ABHISHEK, ANSHU
from tests.support.problems import APPROVAL_REQUIRED, field_errors, invalid
from tests.support.worker import run_worker


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time, fixed at the beginning of an hour."""
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)


@pytest.mark.parametrize("given", [ANSHU, ABHISHEK], ids=["customer", "support"])
def test_it_accepts_the_examples_of_the_contract(
    given: dict[str, str], anyone: Api, db: None
) -> None:
    answer = anyone.post("register/", given)
    body = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")
    shown = {name: value for name, value in given.items() if not name.startswith("password")}
    own = {
        "id": User.objects.get().pk,
        "date_joined": body["date_joined"],
        "email_confirmed": False,
        "is_approved": False,
    }
    assert body == shown | own | {"language": "en", "muted_notices": []}
    assert dt.datetime.now(dt.UTC) - parse_datetime(body["date_joined"]) < dt.timedelta(minutes=1)
    assert body["date_joined"].endswith("Z")


def test_it_lets_them_log_in_at_once(anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    assert (
        anyone.post(
            "login/", {"username": "anshu_singh", "password": "CustomerGas@2024"}
        ).status_code
        == 200
    )


def test_it_makes_a_customer_where_no_type_is_named(anyone: Api, db: None) -> None:
    body = {name: value for name, value in ANSHU.items() if name not in ("user_type", "address")}
    answer = anyone.post("register/", body)
    assert (answer.status_code, answer.json()["user_type"], answer.json()["address"]) == (
        201,
        "customer",
        "",
    )


def test_a_phone_number_is_stored_as_e164(anyone: Api, db: None) -> None:
    assert (
        anyone.post("register/", ANSHU | {"phone_number": " 078901 23456 "}).json()["phone_number"]
        == "+917890123456"
    )


def test_only_a_hash_of_the_password_is_stored(anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    user = User.objects.get()
    assert user.password.startswith("argon2$argon2id$")
    assert user.check_password("CustomerGas@2024")


def test_it_reports_all_errors_at_once(anyone: Api, customer: User) -> None:
    answer = anyone.post(
        "register/",
        {
            "username": "customer",
            "password": "1234",
            "password2": "4321",
            "email": "CUSTOMER@example.com",
            "first_name": " ",
            "phone_number": "12",
            "address": "a" * 501,
            "user_type": "manager",
            "is_approved": True,
        },
    )
    assert answer.status_code == 422
    assert answer.json() == invalid(
        ("first_name", "string_too_short", "This field can't be empty.", {"min": 1}),
        ("last_name", "missing", "This field is required."),
        (
            "phone_number",
            "invalid_phone_number",
            "Enter a valid phone number. This one is too short or too long.",
        ),
        ("address", "string_too_long", "Enter at most 500 characters.", {"max": 500}),
        (
            "user_type",
            "enum",
            "Choose one of: customer, support.",
            {"values": ["customer", "support"]},
        ),
        ("is_approved", "extra_forbidden", "There is no field with this name."),
        ("username", "taken", "This username is already taken."),
        ("email", "taken", "This email address is already taken."),
        (
            "password",
            "password_too_short",
            "This password is too short. It must contain at least 8 characters.",
            {"min": 8},
        ),
        ("password", "password_too_common", "This password is too common."),
        ("password", "password_entirely_numeric", "This password is entirely numeric."),
        ("password2", "password_mismatch", "The two passwords don't match."),
    )


def test_it_names_every_field_that_is_missing(anyone: Api, db: None) -> None:
    missing = [
        "username",
        "password",
        "password2",
        "email",
        "first_name",
        "last_name",
        "phone_number",
    ]
    assert field_errors(anyone.post("register/", {})) == [(name, "missing") for name in missing]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"username": "anshu singh"}, [("username", "invalid")]),
        ({"username": "a" * 151}, [("username", "string_too_long")]),
        ({"username": "a\x00b"}, [("username", "invalid")]),
        ({"email": "anshu.singh"}, [("email", "invalid")]),
        ({"email": "a\x00@gmail.com"}, [("email", "invalid")]),
        ({"first_name": "a" * 151}, [("first_name", "string_too_long")]),
        ({"first_name": 7}, [("first_name", "string_type")]),
        ({"first_name": None}, [("first_name", "string_type")]),
        ({"phone_number": "call me"}, [("phone_number", "invalid_phone_number")]),
        ({"phone_number": "+91789012345678901234"}, [("phone_number", "invalid_phone_number")]),
        (
            {"password": "anshu_singh", "password2": "anshu_singh"},
            [("password", "password_too_similar")],
        ),
        ({"password2": "CustomerGas@2025"}, [("password2", "password_mismatch")]),
        (
            {"password": "", "password2": ""},
            [("password", "string_too_short"), ("password2", "string_too_short")],
        ),
        ({"is_staff": True}, [("is_staff", "extra_forbidden")]),
    ],
)
def test_it_names_what_is_wrong(
    changed: dict[str, Any], expected: list[tuple[str, str]], anyone: Api, db: None
) -> None:
    assert field_errors(anyone.post("register/", ANSHU | changed)) == expected
    assert not User.objects.exists()


def test_an_address_is_unique_in_any_case(anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    answer = anyone.post(
        "register/", ANSHU | {"username": "another", "email": "Anshu.SINGH@gmail.com"}
    )
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("email", "taken", "This email address is already taken.")),
    )


def test_a_registered_representative_is_not_approved(anyone: Api, db: None, api: Any) -> None:
    anyone.post("register/", ABHISHEK)
    user = User.objects.get()
    assert (user.is_approved, user.is_staff, user.is_superuser, user.groups.count()) == (
        False,
        False,
        False,
        0,
    )
    assert Actor(user).role is Role.PENDING_SUPPORT
    refused = api(user).get("requests/")
    assert (refused.status_code, refused.json()) == (403, APPROVAL_REQUIRED)


def test_it_approves_at_once_where_the_setting_says_so(
    anyone: Api, db: None, api: Any, settings: Any
) -> None:
    settings.SUPPORT_AUTO_APPROVE = True
    assert anyone.post("register/", ABHISHEK).json()["is_approved"] is True
    user = User.objects.get()
    assert (user.is_staff, list(user.groups.values_list("name", flat=True))) == (True, ["Support"])
    assert api(user).get("requests/").status_code == 200


def test_it_approves_no_customer_by_that_setting(anyone: Api, db: None, settings: Any) -> None:
    settings.SUPPORT_AUTO_APPROVE = True
    assert anyone.post("register/", ANSHU).json()["is_approved"] is False
    assert not User.objects.get().is_staff


def test_addresses_of_support_have_an_allowed_domain(anyone: Api, db: None, settings: Any) -> None:
    settings.SUPPORT_EMAIL_DOMAINS = ["gasutility.com", "gasutility.in"]
    answer = anyone.post("register/", ABHISHEK | {"email": "boss@gmail.com"})
    result = (
        "email",
        "wrong_domain",
        "Use a work email address that ends in gasutility.com or gasutility.in.",
        {"values": ["gasutility.com", "gasutility.in"]},
    )
    assert (answer.status_code, answer.json()) == (422, invalid(result))
    assert (
        anyone.post("register/", ABHISHEK | {"email": "boss@sub.gasutility.com"}).status_code == 422
    )
    assert (
        anyone.post("register/", ABHISHEK | {"email": "Abhishek@GasUtility.COM"}).status_code == 201
    )
    assert anyone.post("register/", ANSHU).status_code == 201


def test_registrations_of_one_address_are_limited(
    anyone: Api, db: None, settings: Settings
) -> None:
    settings.REGISTER_LIMIT = 2
    result = [
        anyone.post("register/", ANSHU | {"username": f"user{n}", "email": f"user{n}@example.com"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in result] == [201, 201, 429]
    assert 0 < int(result[2].headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("wrong", [{}, {"phone_number": "12"}], ids=["sound", "faulty"])
@pytest.mark.parametrize(
    "known", [{"username": "customer"}, {"email": "customer@example.com"}], ids=["name", "address"]
)
def test_errors_that_reveal_accounts_are_limited(
    known: dict[str, str], wrong: dict[str, str], anyone: Api, customer: User, noon: None
) -> None:
    result = [anyone.post("register/", ANSHU | known | wrong).status_code for _ in range(40)]
    assert result == [422] * 20 + [429] * 20
    assert (
        anyone.post("register/", ANSHU).status_code == 429
    )  # which would reveal that no one has it


def test_they_are_limited_for_unknown_names_too(anyone: Api, customer: User, noon: None) -> None:
    result = [
        anyone.post("register/", ANSHU | {"username": f"user{n}", "phone_number": "12"}).status_code
        for n in range(40)
    ]
    assert result == [422] * 20 + [429] * 20


def test_a_body_without_a_name_is_not_counted(anyone: Api, db: None, noon: None) -> None:
    answers = [
        anyone.post("register/", body)
        for body in [{}, {"user_type": "x"}, {"username": " "}, []] * 10
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert anyone.post("register/", ANSHU).status_code == 201


def test_it_counts_mistakes_and_accounts_apart(anyone: Api, db: None, noon: None) -> None:
    mistakes = [
        anyone.post("register/", ANSHU | {"password2": f"other{n}"}).status_code for n in range(19)
    ]
    made = [
        anyone.post(
            "register/", ANSHU | {"username": f"user{n}", "email": f"user{n}@example.com"}
        ).status_code
        for n in range(21)
    ]
    assert (set(mistakes), made) == ({422}, [201] * 20 + [429])


def test_it_has_no_limit_where_the_setting_is_zero(
    anyone: Api, db: None, settings: Settings
) -> None:
    settings.REGISTER_LIMIT = 0
    answers = [
        anyone.post("register/", ANSHU | {"username": f"user{n}", "email": f"user{n}@example.com"})
        for n in range(22)
    ]
    assert {answer.status_code for answer in answers} == {201}


def test_it_limits_to_twenty_an_hour_where_nothing_is_set() -> None:
    assert [
        (limit.limit, limit.window) for limit in (registration.REGISTRATIONS, registration.REFUSALS)
    ] == [(20, 3600)] * 2


def test_it_mails_the_proof_of_the_address(anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    assert mail.outbox == []
    run_worker()
    assert [(item.to, item.subject) for item in mail.outbox] == [
        (["anshu.singh@gmail.com"], "Confirm your email address")
    ]


def test_it_writes_the_accounts_history(anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    row = User.history.get()
    assert (row.history_type, row.username, hasattr(row, "password")) == ("+", "anshu_singh", False)
