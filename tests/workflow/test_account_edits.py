"""Staff change accounts by verbs, each with a reason in the history."""

import pytest

from gasutil.access import Actor
from gasutil.errors import Invalid
from gasutil.models import EmailChange, SecurityEvent, ServiceRequest, User
from gasutil.workflow import account_edits, requests


def last(user: User) -> tuple[str, User]:
    """Return the reason and the author of the newest row of an account's history."""
    row = user.history.latest()
    return row.history_change_reason, row.history_user


@pytest.mark.parametrize(("is_active", "reason"), [(False, "Deactivated"), (True, "Activated")])
def test_a_change_of_activation_says_so(
    is_active: bool, reason: str, customer: User, manager: User
) -> None:
    User.objects.filter(pk=customer.pk).update(is_active=not is_active)
    edited = account_edits.edit(customer.pk, actor=Actor(manager), is_active=is_active)
    assert (edited.user.is_active, edited.handed_back, *last(customer)) == (
        is_active,
        0,
        reason,
        manager,
    )


@pytest.mark.parametrize("change", [{"is_active": False}, {"user_type": "customer"}])
def test_the_requests_of_a_former_representative_go_back(
    change: dict[str, object], support: User, manager: User, connection: ServiceRequest
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    assert account_edits.edit(support.pk, actor=Actor(manager), **change).handed_back == 1
    assert ServiceRequest.objects.get(pk=connection.pk).assigned_to is None


def test_only_the_fields_that_were_given_change(customer: User, manager: User) -> None:
    User.objects.filter(pk=customer.pk).update(first_name="Changed since")
    user = account_edits.edit(customer.pk, actor=Actor(manager), address="9 Street").user
    assert (user.address, user.first_name, *last(user)) == (
        "9 Street",
        "Changed since",
        "Edited",
        manager,
    )
    assert not EmailChange.objects.exists()


def test_a_new_address_is_unconfirmed_and_the_old_one_is_notified(
    customer: User, manager: User
) -> None:
    before = customer.email
    user = account_edits.edit(customer.pk, actor=Actor(manager), email="new@example.org").user
    assert (user.email, user.email_confirmed) == ("new@example.org", False)
    assert EmailChange.objects.get().old_email == before
    assert (
        SecurityEvent.objects.filter(event="email_change", user=manager, account=customer).count()
        == 1
    )


def test_an_address_that_was_taken_since_is_an_error(
    customer: User, neighbour: User, manager: User
) -> None:
    with pytest.raises(Invalid) as error:
        account_edits.edit(customer.pk, actor=Actor(manager), email=neighbour.email)
    assert [(field_error.field, field_error.code) for field_error in error.value.errors] == [
        ("email", "taken")
    ]
    assert User.objects.get(pk=customer.pk).email == customer.email


def test_a_new_account_has_its_author(manager: User) -> None:
    user = account_edits.create_account(
        User(username="asha", email="asha@example.org"), actor=Actor(manager)
    )
    assert (user.email_confirmed, *last(user)) == (False, "Added", manager)
