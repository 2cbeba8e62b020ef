"""Approve and revoke support accounts; revoking returns their open requests to the queue."""

from typing import NamedTuple

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict, NotAllowed
from gasutil.groups import SUPPORT
from gasutil.identity.security_log import failures_recorded, record_event
from gasutil.languages import stored_language
from gasutil.models import SecurityEventType, ServiceRequest, User, UserType
from gasutil.workflow import accounts, requests

BATCH_SIZE = 100  # requests a query


def approve(pk: int, *, actor: Actor) -> User:
    """Approve a support account, for the API and the console; never the actor's own.

    Raises `NotAllowed` and `Conflict`.
    """
    with (
        failures_recorded(SecurityEventType.APPROVAL, user=actor.user, target=pk),
        transaction.atomic(),
    ):
        user = _for_approval(pk, actor)
        if user.is_approved:
            raise Conflict(_("%(user)s is already approved.") % {"user": user})
        if not user.email_confirmed:
            message = _(
                "%(user)s must confirm the email address %(email)s before you can approve the"
                " account."
            )
            raise Conflict(message % {"user": user, "email": user.email})
        user = accounts.update_account(
            pk, actor, gettext_noop("Approved"), is_approved=True, is_staff=True
        )
        user.groups.add(Group.objects.get(name=SUPPORT))
        record_event(SecurityEventType.APPROVAL, user=actor.user, account=user)
    return user


def reject(pk: int, *, actor: Actor) -> User:
    """Deactivate a support account that waits for approval; it can be activated again."""
    with (
        failures_recorded(SecurityEventType.APPROVAL, user=actor.user, target=pk),
        transaction.atomic(),
    ):
        user = _for_approval(pk, actor)
        if user.is_approved or not user.is_active:
            raise Conflict(_("%(user)s does not wait for approval.") % {"user": user})
        return accounts.update_account(pk, actor, gettext_noop("Rejected"), is_active=False)


class Withdrawn(NamedTuple):
    """The former representative, and the number of open requests returned to the queue."""

    user: User
    handed_back: int


def withdraw_approval(pk: int, *, actor: Actor) -> Withdrawn:
    """Withdraw the approval of a support account, and requeue its open requests.

    An actor can't withdraw their own.
    """
    with (
        failures_recorded(SecurityEventType.APPROVAL_WITHDRAWAL, user=actor.user, target=pk),
        transaction.atomic(),
    ):
        user = _for_approval(pk, actor)
        if not user.is_approved:
            raise Conflict(_("%(user)s is not approved.") % {"user": user})
        user = accounts.update_account(
            pk, actor, gettext_noop("Approval withdrawn"), is_approved=False, is_staff=False
        )
        user.groups.clear()
        record_event(SecurityEventType.APPROVAL_WITHDRAWAL, user=actor.user, account=user)
        return Withdrawn(user, hand_back(user, actor=actor))


def hand_back(user: User, *, actor: Actor) -> int:
    """Return the open requests of a former representative to the queue; return their number.

    The system does it: a manager who puts an account in order acknowledges no report by it.
    """
    with stored_language():
        message = _(
            "%(actor)s changed the account of %(user)s, who can no longer have requests."
        ) % {
            "user": user,
            "actor": actor.user,
        }
    held, count = (
        ServiceRequest.objects.filter(is_open=True, assigned_to=user)
        .order_by("pk")
        .values_list("pk", flat=True),
        0,
    )
    with transaction.atomic():
        while some := list(held[:BATCH_SIZE]):
            count += len(
                [
                    requests.assign(
                        pk, actor=SYSTEM, assigned_to=None, notes=message, is_internal=True
                    )
                    for pk in some
                ]
            )
    return count


def _for_approval(pk: int, actor: Actor) -> User:
    if actor.user is None or not actor.user.has_perm("gasutil.approve_support"):
        raise NotAllowed(_("Only a manager can do this."))
    if actor.id == pk:
        raise NotAllowed(_("You can't approve your own account."))
    user = (
        User.objects.select_for_update()
        .filter(pk=pk, user_type=UserType.SUPPORT, is_superuser=False)
        .first()
    )
    if user is None:
        raise Conflict(_("This is not a support representative's account."))
    return user
