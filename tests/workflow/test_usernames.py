"""Usernames that look like an email address.

One can log in only as the account that has this address.
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from gasutil.access import Actor
from gasutil.models import User
from gasutil.notify.links import email_token
from gasutil.workflow import email_confirmations, imports, profiles
from tests.support.imports import A_ROW, bring, by
from tests.support.people import PASSWORD, make_user


def errors_of(manager: User, name: str) -> list[Any]:
    """Return the errors of importing a request for a customer of this name."""
    return [
        error.field for error in imports.stored_errors(bring(manager, A_ROW | {"customer": name}))
    ]


@pytest.fixture
def own(db: None) -> User:
    """A customer whose username is their address."""
    return make_user("own@example.com", email="own@example.com", email_confirmed=True)


def move(user: User, email: str = "moved@example.com", *, is_confirmed: bool) -> None:
    profiles.update_profile(actor=Actor(user), email=email)
    if is_confirmed:
        email_confirmations.confirm_email(
            email_token(User.objects.get(pk=user.pk)), password=PASSWORD
        )


def test_it_names_the_account(own: User, manager: User) -> None:
    assert errors_of(manager, "own@example.com") == []


def test_it_does_while_a_change_is_pending(own: User, manager: User) -> None:
    move(own, is_confirmed=False)
    assert errors_of(manager, "own@example.com") == []
    assert errors_of(manager, "moved@example.com") == [
        "customer"
    ]  # which no one has proved to be theirs


def test_it_does_not_after_the_change(own: User, manager: User) -> None:
    move(own, is_confirmed=True)
    assert errors_of(manager, "own@example.com") == ["customer"]
    assert errors_of(manager, "moved@example.com") == []


def test_the_next_owner_of_the_address_gets_their_requests(own: User, manager: User) -> None:
    move(own, is_confirmed=True)
    owner = make_user("owner", email="own@example.com")
    assert errors_of(manager, "own@example.com") == ["customer"]  # two matches
    User.objects.filter(pk=owner.pk).update(email_confirmed=True)
    table = bring(manager, A_ROW | {"customer": "own@example.com"})
    imports.confirm(table.pk, actor=by(manager))
    assert owner.service_requests.count() == 1


def test_a_username_that_is_no_address_still_names_its_account(
    customer: User, manager: User
) -> None:
    move(customer, is_confirmed=True)
    assert errors_of(manager, "customer") == []


@pytest.mark.parametrize("make", ["create_user", "create_superuser"])
def test_the_manager_of_accounts_checks_it(make: str, db: None) -> None:
    with pytest.raises(ValidationError, match="must be your own"):
        getattr(User.objects, make)("victim@example.com", "mine@example.com", PASSWORD)
    getattr(User.objects, make)("Mine@example.com", "mine@example.com", PASSWORD)


def test_createsuperuser_says_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    known = {"email": "mine@example.com", "interactive": False}
    with pytest.raises(CommandError, match="must be your own"):
        call_command("createsuperuser", username="victim@example.com", **known)
    call_command("createsuperuser", username="mine@example.com", verbosity=0, **known)


@pytest.mark.usefixtures("elsewhere")
def test_prepare_takes_an_address_as_username(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "boss@example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "other@example.com")
    with pytest.raises(CommandError, match="must be your own"):
        call_command("prepare", no_demo=True)
    monkeypatch.delenv("DJANGO_SUPERUSER_EMAIL")
    call_command("prepare", no_demo=True)
    assert User.objects.get(is_superuser=True).email == "boss@example.com"
