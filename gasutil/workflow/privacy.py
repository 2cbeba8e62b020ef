"""The verbs of personal data: a copy for the person, and its erasure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotFound
from gasutil.identity.security_log import failures_recorded, record_event
from gasutil.identity.throttling import RateLimit
from gasutil.models import (
    Effect,
    Erasure,
    ErasureReason,
    Login,
    Notice,
    SecurityEventType,
    ServiceRequest,
    User,
    UserType,
)
from gasutil.notify import links
from gasutil.notify.deliveries import send_to
from gasutil.privacy import breach, redaction, register
from gasutil.privacy.export import personal_data
from gasutil.workflow.accounts import update_account
from gasutil.workflow.passwords import require_password
from gasutil.workflow.transitions import REOPEN_WITHIN

PERSONAL_EXPORTS = RateLimit("personal-exports", "PERSONAL_EXPORT_LIMIT", 60 * 60)
EXPORT_PERMISSION = "gasutil.export_user"
ERASE_PERMISSION = "gasutil.erase_customer"
WAIT = dt.timedelta(days=7)  # until then, the person can undo an erasure
ERASURE_REQUESTED = gettext_noop("Erasure requested")
ERASURE_UNDONE = gettext_noop("Erasure undone")


@dataclass(frozen=True, kw_only=True)
class ErasurePlan:
    """When a person's data can be erased, and what delays it.

    Args:
        at: the earliest time; it moves when a request of the person changes.
        reopenable_until: until when the person can reopen a request, or None.
        open_requests: the requests that have to be closed first.
        disputes: those of them that dispute a bill or a reading.
    """

    at: dt.datetime
    reopenable_until: dt.datetime | None
    open_requests: Sequence[ServiceRequest]
    disputes: Sequence[ServiceRequest]


def export_own_data(*, actor: Actor) -> dict[str, Any]:
    """Return all personal data of the caller.

    It has the profile, the requests with their updates and files, logins and notices.
    """
    access.require(actor, ANY_ACCOUNT)
    PERSONAL_EXPORTS.count(actor.key)
    user = User.objects.get(pk=actor.person.pk)
    record_event(SecurityEventType.EXPORT, user=user, is_required=True, what="personal data")
    return personal_data(user)


def export_customer_data(pk: int, *, actor: Actor) -> dict[str, Any]:
    """Return all personal data of a customer, for a representative who gives them the copy.

    Raises `PermissionRequired` without the permission to export accounts, and `NotFound` for what
    is no customer.
    """
    access.require(actor, access.REPRESENTATIVES)
    access.require_permission(actor, EXPORT_PERMISSION)
    user = _customer(pk)
    record_event(
        SecurityEventType.EXPORT,
        user=actor.user,
        account=user,
        is_required=True,
        what="personal data",
    )
    return personal_data(user)


def list_affected(basis: str, value: str, period: breach.BreachPeriod, *, actor: Actor) -> str:
    """Return the persons affected by a breach as a CSV table, and record that it was made.

    Raises `PermissionRequired` without the permission to export accounts, and `Invalid`.
    """
    access.require(actor, access.STAFF)
    access.require_permission(actor, EXPORT_PERMISSION)
    rows = breach.affected(basis, value, period)
    record_event(
        SecurityEventType.EXPORT,
        user=actor.user,
        is_required=True,
        what="affected persons",
        basis=basis,
        rows=rows.count(),
    )
    return breach.as_csv(rows)


# --- Erasure
# --------------------------------------------------------------------------------------------------
def request_own_erasure(*, actor: Actor, password: str) -> None:
    """Ask for the erasure of all personal data of the caller, a customer.

    All logins end now, and no one can log in any more. Redaction follows after 7 days, and not
    before every request is closed, can't be reopened and no dispute is open. Until then, the link
    of the mail undoes it.
    """
    access.require(actor, access.CUSTOMERS)
    user = User.objects.get(pk=actor.person.pk)
    require_password(user, password, SecurityEventType.ERASURE)
    request_erasure(user, ErasureReason.OWN, actor=actor)


def erase_customer(pk: int, reason: str, *, actor: Actor) -> Erasure:
    """Ask for the erasure of a customer, for a representative whom they asked.

    Raises `PermissionRequired` without the permission, and `NotFound` for what is no customer.
    """
    access.require(actor, access.REPRESENTATIVES)
    access.require_permission(actor, ERASE_PERMISSION)
    return request_erasure(_customer(pk), ErasureReason(reason), actor=actor)


def _customer(pk: int) -> User:
    user = User.objects.filter(
        pk=pk, user_type=UserType.CUSTOMER, is_staff=False, is_superuser=False
    ).first()
    if user is None:
        raise NotFound
    return user


def request_erasure(user: User, reason: ErasureReason, *, actor: Actor) -> Erasure:
    """Store that a person's data are to be erased, end their logins and mail the link to undo it.

    One that waits stays as it is.
    """
    now = timezone.now()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        erasure = Erasure.objects.filter(user=user, undone_at=None).first()
        if erasure is not None:
            return erasure
        by = None if actor.user == user else actor.user
        erasure = Erasure.objects.create(
            user=user, reason=reason, requested_by=by, requested_at=now, not_before=now + WAIT
        )
        generation = user.session_generation + 1
        update_account(user.pk, actor, ERASURE_REQUESTED, session_generation=generation)
        Login.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
        account = None if by is None else user
        record_event(SecurityEventType.ERASURE, user=actor.user, account=account, reason=reason)
        if user.settled_email:
            send_to(user.pk, Notice.ERASURE_REQUESTED)
    return erasure


def undo_erasure(token: str) -> User:
    """Take back an erasure that waits, by the link of the mail."""
    try:
        pk = signing.loads(token, salt=links.ERASURE_SALT)
    except signing.BadSignature:
        pk = None
    with failures_recorded(SecurityEventType.ERASURE_UNDO), transaction.atomic():
        erasure = Erasure.objects.waiting().select_for_update().filter(pk=pk).first()
        if erasure is None:
            message = _("This link is not valid or has expired.")
            raise Invalid([FieldError("token", "invalid_token", message)])
        user = _undo(erasure, Actor(erasure.user))
        record_event(SecurityEventType.ERASURE_UNDO, user=user)
    return user


def undo_customer_erasure(pk: int, *, actor: Actor) -> User:
    """Take back an erasure that waits, for a representative whom the customer asked.

    Raises `PermissionRequired` without the permission, and `Conflict` if none waits.
    """
    access.require(actor, access.REPRESENTATIVES)
    access.require_permission(actor, ERASE_PERMISSION)
    with transaction.atomic():
        erasure = Erasure.objects.waiting().select_for_update().filter(user=pk).first()
        if erasure is None:
            raise Conflict(_("No erasure of this account is planned."))
        user = _undo(erasure, actor)
        record_event(SecurityEventType.ERASURE_UNDO, user=actor.user, account=user)
    return user


def _undo(erasure: Erasure, actor: Actor) -> User:
    """Take back an erasure; whether the account is active stays as it is."""
    Erasure.objects.filter(pk=erasure.pk).update(undone_at=timezone.now())
    user = User.objects.select_for_update().get(pk=erasure.user_id)
    return update_account(user.pk, actor, ERASURE_UNDONE, is_active=user.is_active)


def plan(user: User, not_before: dt.datetime, now: dt.datetime) -> ErasurePlan:
    """Return when a person's data can be erased, and what delays it."""
    requests = ServiceRequest.objects.filter(customer=user)
    latest = requests.aggregate(resolved=Max("resolved_at"), changed=Max("updated_at"))
    reopenable = latest["resolved"] and latest["resolved"] + REOPEN_WITHIN
    settled = latest["changed"] and latest["changed"] + _stored_responses()
    still_open = list(requests.filter(is_open=True).select_related("request_type").order_by("pk"))
    return ErasurePlan(
        at=max(time for time in (not_before, reopenable, settled) if time),
        reopenable_until=reopenable if reopenable and reopenable > now else None,
        open_requests=still_open,
        disputes=[obj for obj in still_open if obj.request_type.effect == Effect.DISPUTE],
    )


def _stored_responses() -> dt.timedelta:
    """Return for how long responses to calls are stored, which name the person."""
    return dt.timedelta(hours=settings.IDEMPOTENCY_HOURS)


def obstacles(user: User, now: dt.datetime) -> list[str]:
    """Return why a person's data can't be erased yet, as codes; an empty list if they can."""
    requests = ServiceRequest.objects.filter(customer=user)
    stored_since = now - _stored_responses()
    result = {
        "open": requests.filter(is_open=True).exists(),  # disputes are requests
        "reopenable": requests.filter(resolved_at__gte=now - REOPEN_WITHIN).exists(),
        "recent": requests.filter(updated_at__gte=stored_since).exists(),
        "uncovered": redaction.has_uncovered_rows(user),
    }
    return [code for code, is_found in result.items() if is_found]


def erase_due(now: dt.datetime | None = None) -> int:
    """Erase the people whose time to undo is over and whom nothing keeps; return how many."""
    now, count = now or timezone.now(), 0
    for erasure in Erasure.objects.due(now).select_related("user"):
        if not obstacles(erasure.user, now):
            count += _erase(erasure, now)
    return count


def _erase(erasure: Erasure, now: dt.datetime) -> bool:
    """Erase one person, unless another worker did or it was undone; register it first."""
    with transaction.atomic():
        locked = Erasure.objects.waiting().select_for_update().filter(pk=erasure.pk).first()
        if locked is None:
            return False
        register.register(erasure.user, erasure.reason, now)
        redaction.redact(erasure.user, now)
        Erasure.objects.filter(pk=erasure.pk).update(erased_at=now)
    return True


def replay_erasures(now: dt.datetime | None = None) -> int:
    """Erase again whom a restored backup has brought back; return how many.

    The register says who. It doesn't wait for anything but the tree: it was decided before.
    """
    now, count = now or timezone.now(), 0
    for entry in register.registered_erasures():
        user = User.objects.filter(pk=entry.user).first()
        if user is None or user.date_joined.isoformat() != entry.joined_at:
            continue
        if Erasure.objects.filter(user=user, erased_at__isnull=False).exists():
            continue
        erasure, _is_new = Erasure.objects.get_or_create(
            user=user,
            undone_at=None,
            defaults={"reason": entry.reason, "not_before": now, "requested_at": now},
        )
        count += _erase(erasure, now)
    return count
