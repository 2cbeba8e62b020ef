"""Addresses and usernames in the console's account forms: limited, and checked as in the API."""

from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from gasutil.models import User
from tests.support.console import form, page
from tests.support.people import PASSWORD, make_user
from tests.support.worker import run_worker

ADD = "/admin/gasutil/user/add/"


def new(number: int, **changed: str) -> dict[str, str]:
    person = {
        "username": f"new{number}",
        "user_type": "customer",
        "first_name": "N",
        "last_name": "W",
        "email": f"new{number}@example.com",
    }
    password = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    return {**person, "phone_number": "07890 123456", "address": "x", **password, **changed}


def errors(answer: Any) -> dict[str, list[str]]:
    return {} if answer.status_code == 302 else dict(answer.context["adminform"].form.errors)


# --- Limits
# --------------------------------------------------------------------------------------------------
def test_new_accounts_are_limited(root: User, console, settings: Settings) -> None:
    settings.STAFF_EMAIL_LIMIT = 2
    client = console(root)
    answers = [client.post(ADD, new(number)) for number in range(3)]
    assert [list(errors(answer)) for answer in answers] == [[], [], ["email"]]
    assert "Too many attempts" in errors(answers[2])["email"][0]


def test_asking_for_known_addresses_is_limited(
    manager: User, customer: User, neighbour: User, console, settings: Settings
) -> None:
    settings.STAFF_EMAIL_LIMIT = 2
    client = console(manager)
    text = [
        errors(client.post(page(customer), form(customer, email="Neighbour@example.com")))["email"]
        for _ in range(4)
    ]
    assert text[:2] == [["This email address is already taken."]] * 2
    assert all(texts[0].startswith("Too many attempts") and len(texts) == 1 for texts in text[2:])


def test_changes_of_one_account_are_limited(
    manager: User, customer: User, console, settings: Settings
) -> None:
    settings.EMAIL_CHANGE_LIMIT = 2
    client = console(manager)
    answers = [
        client.post(page(customer), form(customer, email=f"new{number}@example.com"))
        for number in range(3)
    ]
    assert [list(errors(answer)) for answer in answers] == [[], [], ["email"]]


def test_mails_to_one_address_are_limited(manager: User, console, settings: Settings) -> None:
    settings.EMAIL_CHANGE_LIMIT = 3
    client, users = console(manager), [make_user(f"person{number}") for number in range(5)]
    for user in users:
        client.post(page(user), form(user, email="victim@example.com"))
        client.post(page(user), form(user))
        User.objects.filter(pk=user.pk).update(previous_email="", previous_email_key=None)
    run_worker()
    assert len([item for item in mail.outbox if item.to == ["victim@example.com"]]) <= 3


def test_what_changes_no_address_is_not_counted(
    manager: User, customer: User, console, settings: Settings
) -> None:
    settings.STAFF_EMAIL_LIMIT = settings.EMAIL_CHANGE_LIMIT = 1
    client = console(manager)
    assert [
        client.post(page(customer), form(customer, address=f"{number} New Street")).status_code
        for number in range(3)
    ] == [302] * 3


# --- The rules
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "email",
    [
        "CUSTOMER@EXAMPLE.COM",
        "customer@e\N{SOFT HYPHEN}xample.com",
        "cust\N{FULLWIDTH LATIN SMALL LETTER O}mer@example.com",
    ],
)
def test_one_mailbox_is_one_account(email: str, root: User, customer: User, console) -> None:
    answer = console(root).post(ADD, new(1, email=email))
    assert answer.status_code == 200
    assert not User.objects.filter(username="new1").exists()


@pytest.mark.parametrize(
    ("username", "is_accepted"),
    [("new1@example.com", True), ("NEW1@example.com", True), ("customer@example.com", False)],
)
def test_a_username_that_is_an_address_is_the_accounts_own(
    username: str, is_accepted: bool, root: User, console
) -> None:
    answer = console(root).post(ADD, new(1, username=username))
    assert errors(answer) == (
        {}
        if is_accepted
        else {
            "username": [
                "A username that looks like an email address must be your own email address."
            ]
        }
    )
    assert User.objects.filter(username=username).exists() is is_accepted


def test_a_changed_username_is_checked_as_well(root: User, customer: User, console) -> None:
    answer = console(root).post(page(customer), form(customer, username="victim@example.com"))
    assert list(errors(answer)) == ["username"]


@pytest.mark.parametrize("who", ["root", "manager"])
def test_an_address_can_be_changed_whatever_the_username_is(
    who: str, customer: User, console, request: pytest.FixtureRequest
) -> None:
    User.objects.filter(pk=customer.pk).update(username="customer@example.com")
    customer.refresh_from_db()
    answer = console(request.getfixturevalue(who)).post(
        page(customer), form(customer, email="new@example.com")
    )
    assert errors(answer) == {}
