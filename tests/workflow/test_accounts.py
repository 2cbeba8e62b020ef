"""A verb of an account does not undo changes that are made at the same time."""

from typing import Any

import pytest
from django.db import IntegrityError, connection

from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid
from gasutil.models import User
from gasutil.notify.links import email_token, reset_proof
from gasutil.workflow import approval, email_confirmations, passwords
from tests.support.people import PASSWORD

NEW = "Other-Flame-2027"


def test_a_password_change_keeps_a_concurrent_deactivation(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = User.set_password

    def deactivated_while_hashing(user: User, password: Any) -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        hashed(user, password)

    monkeypatch.setattr(User, "set_password", deactivated_while_hashing)
    passwords.change_password(
        actor=Actor(customer), old_password=PASSWORD, password=NEW, password2=NEW
    )

    stored = User.objects.get(pk=customer.pk)
    assert stored.check_password(NEW)
    assert not stored.is_active
    result = User.history.filter(id=customer.pk).latest()
    assert (result.history_change_reason, result.is_active) == ("Password changed", False)


def test_a_link_to_a_new_password_works_once_also_at_the_same_time(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid, token = reset_proof(customer)
    hashed = User.set_password

    def used_while_hashing(user: User, password: Any) -> None:
        hashed(user, password)
        monkeypatch.setattr(User, "set_password", hashed)
        passwords.reset_password(uid=uid, token=token, password=NEW, password2=NEW)

    monkeypatch.setattr(User, "set_password", used_while_hashing)
    with pytest.raises(Invalid) as refused:
        passwords.reset_password(
            uid=uid, token=token, password="Third-Flame-2028", password2="Third-Flame-2028"
        )
    assert [error.code for error in refused.value.errors] == ["invalid_token"]
    assert User.objects.get(pk=customer.pk).check_password(NEW)
    assert (
        User.history.filter(id=customer.pk, history_change_reason="Password reset by email").count()
        == 1
    )


def test_a_link_to_a_new_password_is_invalid_after_a_deactivation(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid, token = reset_proof(customer)
    hashed = User.set_password

    def deactivated_while_hashing(user: User, password: Any) -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        hashed(user, password)

    monkeypatch.setattr(User, "set_password", deactivated_while_hashing)
    with pytest.raises(Invalid):
        passwords.reset_password(uid=uid, token=token, password=NEW, password2=NEW)
    assert User.objects.get(pk=customer.pk).check_password(PASSWORD)


def test_a_link_confirms_the_address_it_was_mailed_to_and_no_later_one(customer: User) -> None:
    token = email_token(customer)
    User.objects.filter(pk=customer.pk).update(email="boss@example.com")
    with pytest.raises(Invalid):
        email_confirmations.confirm_email(token)
    assert not User.objects.get(pk=customer.pk).email_confirmed


def test_no_one_is_approved_twice(manager: User, support: User) -> None:
    with pytest.raises(Conflict, match="Support Example is already approved"):
        approval.approve(support.pk, actor=Actor(manager))
    assert not User.history.filter(id=support.pk, history_change_reason="Approved").exists()


def test_a_missing_approval_cannot_be_withdrawn(manager: User, pending: User) -> None:
    with pytest.raises(Conflict, match="Pending Example is not approved"):
        approval.withdraw_approval(pending.pk, actor=Actor(manager))
    assert not User.history.filter(
        id=pending.pk, history_change_reason="Approval withdrawn"
    ).exists()


def test_several_accounts_can_have_no_address(db: None) -> None:
    for username in ("one", "other"):
        User.objects.create_user(username=username, password=PASSWORD)
    User.objects.create_user(username="first", email="somebody@example.com")
    with pytest.raises(IntegrityError):
        User.objects.create_user(username="second", email="Somebody@Example.com")


def test_an_address_is_found_by_an_index(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no index that is without regard to case for what Django asks it.")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "user_email" in User.objects.filter(email__iexact="somebody@example.com").explain()
