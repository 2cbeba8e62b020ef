from typing import Any

import pytest
from django.core import mail

from gasutil.models import User
from tests.support.api import Api
from tests.support.problems import NO_TOKEN, field_errors, invalid, not_allowed
from tests.support.worker import run_worker

FIELDS = (
    "id username email email_confirmed first_name last_name phone_number address user_type"
    " is_approved date_joined language muted_notices"
)


def test_it_shows_the_users_own(api: Any, customer: User) -> None:
    answer = api(customer).get("profile/")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": customer.pk,
        "username": "customer",
        "email": "customer@example.com",
        "email_confirmed": False,
        "first_name": "Customer",
        "last_name": "Example",
        "phone_number": "+917890123456",
        "address": "1 customer Street",
        "user_type": "customer",
        "is_approved": False,
        "date_joined": customer.date_joined.isoformat().replace("+00:00", "Z"),
        "language": "en",
        "muted_notices": [],
    }


@pytest.mark.parametrize("who", ["pending", "support"])
def test_it_is_open_to_support_approved_or_not(
    who: str, api: Any, request: pytest.FixtureRequest
) -> None:
    answer = api(request.getfixturevalue(who)).get("profile/")
    assert (answer.status_code, answer.json()["is_approved"], list(answer.json())) == (
        200,
        who == "support",
        FIELDS.split(),
    )


def test_it_needs_a_token(anyone: Api, db: None) -> None:
    for method in ("GET", "PUT", "PATCH"):
        answer = anyone(method, "profile/", None if method == "GET" else {"first_name": "x"})
        assert (answer.status_code, answer.json(), answer.headers["WWW-Authenticate"]) == (
            401,
            NO_TOKEN,
            "Bearer",
        )


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    "changed",
    [
        {"email": "new@example.com", "phone_number": "+919876543210"},
        {"first_name": "New", "last_name": "Name", "address": "12, Green Valley, Pune - 411001"},
        {"address": ""},
        {"language": "hi", "muted_notices": ["assigned", "replied"]},
        {},
    ],
)
def test_both_methods_accept_any_subset(
    method: str, changed: dict[str, str], api: Any, customer: User
) -> None:
    before = api(customer).get("profile/").json()
    answer = api(customer)(method, "profile/", changed)
    assert (answer.status_code, answer.json()) == (200, before | changed)
    assert api(customer).get("profile/").json() == before | changed


@pytest.mark.parametrize("who", ["pending", "support"])
def test_it_lets_support_change_how_they_are_reached(
    who: str, api: Any, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    answer = api(user).put(
        "profile/", {"email": "desk@example.com", "phone_number": "+912212345678"}
    )
    assert (answer.status_code, answer.json()["email"], answer.json()["phone_number"]) == (
        200,
        "desk@example.com",
        "+912212345678",
    )


@pytest.mark.parametrize("who", ["pending", "support"])
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"first_name": "Boss"}, "first_name"),
        ({"address": "A beach"}, "address"),
        (
            {
                "first_name": "Boss",
                "last_name": "Big",
                "address": "A beach",
                "phone_number": "+912212345678",
            },
            "address, first_name, last_name",
        ),
    ],
)
def test_name_and_office_of_support_are_changed_by_administrators(
    who: str, changed: dict[str, str], named: str, api: Any, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    answer = api(user).patch("profile/", changed)
    result = not_allowed(
        f"Support representatives can't change their own {named}. Ask an administrator."
    )
    assert (answer.status_code, answer.json()) == (403, result)
    assert User.objects.get(pk=user.pk).phone_number == "+917890123456"


@pytest.mark.parametrize("who", ["customer", "support"])
@pytest.mark.parametrize(
    "field",
    [
        "username",
        "user_type",
        "is_approved",
        "is_staff",
        "is_superuser",
        "id",
        "email_confirmed",
        "password",
    ],
)
def test_other_fields_cannot_be_changed(
    field: str, who: str, api: Any, request: pytest.FixtureRequest
) -> None:
    answer = api(request.getfixturevalue(who)).put("profile/", {field: "support"})
    assert (answer.status_code, answer.json()) == (
        422,
        invalid((field, "extra_forbidden", "There is no field with this name.")),
    )


@pytest.mark.parametrize("who", ["customer", "pending", "support"])
def test_everyone_chooses_their_mails_and_language(
    who: str, api: Any, request: pytest.FixtureRequest
) -> None:
    chosen = {"language": "hi", "muted_notices": ["customer_wrote", "on_hold", "customer_wrote"]}
    answer = api(request.getfixturevalue(who)).patch("profile/", chosen)
    assert (answer.status_code, answer.json()["language"]) == (200, "hi")
    assert answer.json()["muted_notices"] == ["on_hold", "customer_wrote"]


@pytest.mark.parametrize("notice", ["received", "escalated", "password_reset", "anything"])
def test_essential_mails_cannot_be_turned_off(notice: str, api: Any, customer: User) -> None:
    assert field_errors(
        api(customer).patch("profile/", {"muted_notices": ["assigned", notice]})
    ) == [("muted_notices", "enum")]


def test_it_rejects_a_list_longer_than_in_the_schema(api: Any, customer: User) -> None:
    assert field_errors(api(customer).patch("profile/", {"muted_notices": ["on_hold"] * 100})) == [
        ("muted_notices", "too_long")
    ]


def test_it_rejects_an_unknown_language(api: Any, customer: User) -> None:
    assert field_errors(
        api(customer).patch("profile/", {"language": "tlh", "muted_notices": "assigned"})
    ) == [
        ("language", "enum"),
        ("muted_notices", "list_type"),
    ]


def test_it_reports_all_errors_at_once(api: Any, customer: User, neighbour: User) -> None:
    answer = api(customer).patch(
        "profile/",
        {
            "email": "Neighbour@Example.com",
            "phone_number": "x",
            "first_name": None,
            "nickname": "x",
        },
    )
    assert answer.json() == invalid(
        ("first_name", "string_type", "Enter text."),
        ("phone_number", "invalid_phone_number", "Enter a valid phone number."),
        ("nickname", "extra_forbidden", "There is no field with this name."),
        ("email", "taken", "This email address is already taken."),
    )


def test_it_rejects_the_address_of_another_account(
    api: Any, customer: User, neighbour: User
) -> None:
    answer = api(customer).patch("profile/", {"email": "NEIGHBOUR@example.com"})
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("email", "taken", "This email address is already taken.")),
    )


def test_the_users_own_address_is_accepted(api: Any, customer: User) -> None:
    User.objects.update(email_confirmed=True)
    answer = api(customer).patch("profile/", {"email": "customer@example.com"})
    assert (answer.status_code, answer.json()["email_confirmed"]) == (200, True)
    run_worker()
    assert mail.outbox == []


def test_it_asks_for_a_new_address_to_be_confirmed(api: Any, customer: User) -> None:
    User.objects.update(email_confirmed=True)
    answer = api(customer).patch("profile/", {"email": "new@example.com"})
    assert (answer.json()["email"], answer.json()["email_confirmed"]) == ("new@example.com", False)
    run_worker()
    assert sorted((item.to[0], item.subject) for item in mail.outbox) == [
        ("customer@example.com", "Your email address has been changed"),
        ("new@example.com", "Confirm your email address"),
    ]


def test_addresses_of_support_have_an_allowed_domain(
    api: Any, support: User, settings: Any
) -> None:
    settings.SUPPORT_EMAIL_DOMAINS = ["example.com"]
    assert field_errors(api(support).patch("profile/", {"email": "me@gmail.com"})) == [
        ("email", "wrong_domain")
    ]


def test_its_history_shows_who_changed_what(api: Any, customer: User) -> None:
    api(customer).patch("profile/", {"first_name": "New"})
    row = User.history.latest("history_id")
    assert (row.first_name, row.history_user, row.history_change_reason) == (
        "New",
        customer,
        "Profile changed",
    )


def test_it_writes_no_history_where_nothing_changes(api: Any, customer: User) -> None:
    rows = User.history.count()
    api(customer).patch("profile/", {"first_name": "Customer"})
    api(customer).put("profile/", {})
    assert User.history.count() == rows


@pytest.mark.parametrize("method", ["put", "patch"])
def test_null_clears_what_can_be_empty(method: str, api: Any, customer: User) -> None:
    sent = {"last_name": None, "address": None, "muted_notices": None}
    answer = getattr(api(customer), method)("profile/", sent)
    assert {name: answer.json()[name] for name in sent} == {
        "last_name": "",
        "address": "",
        "muted_notices": [],
    }
