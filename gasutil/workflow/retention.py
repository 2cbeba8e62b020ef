"""Retention: the personal data of a closed request are erased after the months of its type.

Its customer is notified 48 hours before. What changes until then takes the plan back: a request
that is opened again or gets a message, another open request of the customer, or a longer time.

The history of each erased request says so. A caller without an account is known by their requests
alone: the account that stands for them is erased with the last of these, and its history says so.
"""

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gasutil.datetimes import months_before
from gasutil.models import Event, Notice, RequestType, RequestUpdate, ServiceRequest, User
from gasutil.models.accounts import UNCLAIMED_PREFIX
from gasutil.notify.deliveries import send_to
from gasutil.privacy import redaction

NOTICE_PERIOD = dt.timedelta(hours=48)
BATCH_SIZE = 200


class DueRequests(NamedTuple):
    """How many requests of a type are over their time now, and 48 hours later."""

    request_type: RequestType
    now: int
    soon: int


def count_due(now: dt.datetime | None = None) -> list[DueRequests]:
    """Return how many requests of each type with a retention are due."""
    now = now or timezone.now()
    return [
        DueRequests(
            request_type,
            _old_requests(request_type, now).count(),
            _old_requests(request_type, now + NOTICE_PERIOD).count(),
        )
        for request_type in _types()
    ]


def apply(now: dt.datetime | None = None) -> int:
    """Announce what is due in 48 hours, erase what was announced; return how many requests."""
    now, count = now or timezone.now(), 0
    _planned().filter(request_type__retention_months=None).update(redaction_at=None)
    for request_type in _types():
        still_old = _old_requests(request_type, now + NOTICE_PERIOD)
        planned = _planned().filter(request_type=request_type)
        planned.exclude(pk__in=still_old.values("pk")).update(redaction_at=None)
        while _announce_batch(request_type, now):
            pass
        while redacted := _redact_batch(request_type, now):
            count += redacted
    while _redact_caller_batch(now):
        pass
    return count


def _types() -> "QuerySet[RequestType]":
    return RequestType.objects.exclude(retention_months=None).order_by("code")


def _planned() -> "QuerySet[ServiceRequest]":
    return ServiceRequest.objects.filter(redaction_at__isnull=False, redacted_at=None)


def _old_requests(request_type: RequestType, at: dt.datetime) -> "QuerySet[ServiceRequest]":
    """Return the closed requests of a type that are over their time at a time.

    Those of customers with an open request, or an open dispute, wait for it.
    """
    still_open = ServiceRequest.objects.filter(customer=OuterRef("customer"), is_open=True)
    return ServiceRequest.objects.filter(
        ~Exists(still_open),
        request_type=request_type,
        is_open=False,
        redacted_at=None,
        updated_at__lte=months_before(at, request_type.retention_months or 0),
    )


@transaction.atomic
def _announce_batch(request_type: RequestType, now: dt.datetime) -> int:
    """Plan the erasure of some requests, and notify their customers; return how many."""
    rows = _old_requests(request_type, now + NOTICE_PERIOD).filter(redaction_at=None)
    locked = rows.select_for_update(skip_locked=True).order_by("customer", "pk")
    result = list(locked.values_list("pk", "customer")[:BATCH_SIZE])
    pks = [pk for pk, _customer in result]
    ServiceRequest.objects.filter(pk__in=pks).update(redaction_at=now + NOTICE_PERIOD)
    for user in User.objects.filter(pk__in={customer for _pk, customer in result}):
        if user.settled_email:
            send_to(user.pk, Notice.RETENTION)
    return len(result)


@transaction.atomic
def _redact_batch(request_type: RequestType, now: dt.datetime) -> int:
    """Erase some requests whose time has come; return how many.

    Rows that are not in the provable history yet have to wait for it.
    """
    rows = _old_requests(request_type, now).filter(redaction_at__lte=now).order_by("pk")
    pks = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH_SIZE])
    if not pks or redaction.has_uncovered_requests(pks):
        return 0
    redaction.redact_requests(pks, now)
    return len(pks)


@transaction.atomic
def _redact_caller_batch(now: dt.datetime) -> int:
    """Erase some callers who have no account and no request with personal data; return how many.

    Those whose rows are not in the provable history yet have to wait for it.
    """
    rows = _settled_callers().select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    callers = list(rows[:BATCH_SIZE])
    if not callers or redaction.has_uncovered_accounts([user.pk for user in callers]):
        return 0
    redaction.redact_callers(callers, now)
    return len(callers)


def _settled_callers() -> "QuerySet[User]":
    """Return the callers whose requests, their own or claimed ones, are all erased."""
    own = ServiceRequest.objects.filter(customer=OuterRef("pk"))
    was_claimed = RequestUpdate.objects.filter(id=OuterRef("pk"), event=Event.CLAIMED)
    claimed = ServiceRequest.objects.filter(
        Exists(was_claimed), customer=OuterRef("history_user_id")
    )
    claims = User.history.filter(
        Exists(claimed),
        ~Exists(claimed.filter(redacted_at=None)),
        id=OuterRef("pk"),
        history_change_reason=redaction.CLAIMED,
    )
    callers = User.objects.filter(is_unclaimed=True, username__startswith=UNCLAIMED_PREFIX)
    return callers.filter(
        Q(Exists(own), ~Exists(own.filter(redacted_at=None))) | Q(~Exists(own), Exists(claims))
    )
