"""Start the clocks of open requests that were filed before request types had limits.

Without clocks they never alarm. The clocks count from the upgrade, not from when the requests were
filed: otherwise all of them would be late at once. Supervisors are notified of all of them in one
mail, and later of those that are late together.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from gasutil import clock_starts
from gasutil.models import (
    EMERGENCIES,
    OPEN_STATUSES,
    Backlog,
    Channel,
    Event,
    Notice,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    Status,
    UserType,
)
from gasutil.notify import deliveries, notices

BATCH_SIZE = 500
# So that no more are escalated at once than the worker can do between two signs of life.
ALARMS_PER_SECOND = 10
# The log is in English
BACKLOG_NOTES = (
    "An update of the service desk started the clocks of this request. They count from now."
)
CLOCK_FIELDS = [
    "milestones",
    "respond_by",
    "resolve_by",
    "due_at",
    "escalate_at",
    "is_breached",
    "version",
    "updated_at",
]
CHANGED = "respond_by,resolve_by"
# What shows that a support representative has looked at a request, and what begins a new round of
# it.
LOOKED = Q(history_user__user_type=UserType.SUPPORT) & (
    Q(event=Event.ASSIGNED, assigned_to=F("history_user"))
    | Q(event__in=[Event.MILESTONE, Event.ATTACHED])
    | Q(event=Event.COMMENTED, is_internal=False)
    | Q(status=Status.IN_PROGRESS, previous_status=Status.PENDING)
)
REOPENED = Q(previous_status=Status.RESOLVED, status__in=OPEN_STATUSES)


def start_clocks(now: dt.datetime | None = None) -> Backlog | None:
    """Start the clocks of the open requests that have none, in batches.

    Return what there was, or None.

    A request that has clocks keeps them, so this can be done any number of times. An emergency
    always needs them; any other request that was filed under a type without limits, when types
    could have some, has none by design.
    """
    now = now or timezone.now()
    types = {each.code: each for each in RequestType.objects.select_related("calendar")}
    with_limits = [each for each in types.values() if each.limits]
    without_clocks = ServiceRequest.objects.filter(is_open=True, due_at=None, milestones=[])
    for rows in (
        without_clocks.filter(EMERGENCIES),
        without_clocks.exclude(EMERGENCIES).filter(schema_version=0, request_type__in=with_limits),
    ):
        last = 0
        while batch := _start_batch(rows.filter(pk__gt=last), types, now):
            last = batch[-1].pk
    return _notify()


def _start_batch(
    rows: QuerySet[ServiceRequest], types: Mapping[str, RequestType], now: dt.datetime
) -> Sequence[ServiceRequest]:
    """Start the clocks of some requests, and return the requests.

    This has a transaction of its own, and writes a row in the log for each request.
    """
    with transaction.atomic():
        batch = list(rows.select_for_update(of=("self",)).order_by("pk")[:BATCH_SIZE])
        if not batch:
            return batch
        backlog = Backlog.objects.filter(notified_at=None).last() or Backlog.objects.create(
            started_at=now
        )
        looked_at = _looked_at([obj.pk for obj in batch])
        for number, obj in enumerate(batch, backlog.emergencies + backlog.others):
            delay = dt.timedelta(seconds=number // ALARMS_PER_SECOND)
            clock_starts.begin_late(
                obj,
                types[obj.request_type_id],
                backlog.started_at,
                acknowledged_at=looked_at.get(obj.pk),
                delay=delay,
            )
            obj.version, obj.updated_at = obj.version + 1, now
        ServiceRequest.objects.bulk_update(batch, CLOCK_FIELDS)
        RequestUpdate.objects.bulk_create(_row(obj, now) for obj in batch)
        emergencies = sum(obj.is_pressing for obj in batch)
        backlog.emergencies, backlog.others = (
            backlog.emergencies + emergencies,
            backlog.others + len(batch) - emergencies,
        )
        backlog.save(update_fields=["emergencies", "others"])
    return batch


def _looked_at(ids: Sequence[int]) -> Mapping[int, dt.datetime]:
    """Return the times at which requests were first acknowledged in their current round.

    The times come from the history.
    """
    result: dict[int, dt.datetime] = {}
    rows = RequestUpdate.objects.filter(LOOKED | REOPENED, id__in=ids).order_by("history_id")
    for pk, previous, status, at in rows.values_list(
        "id", "previous_status", "status", "history_date"
    ):
        if previous == Status.RESOLVED and status in OPEN_STATUSES:
            result.pop(pk, None)
        else:
            result.setdefault(pk, at)
    return result


def _row(obj: ServiceRequest, now: dt.datetime) -> RequestUpdate:
    copied = {field.attname: getattr(obj, field.attname) for field in RequestUpdate.tracked_fields}
    return RequestUpdate(
        **copied,
        customer_id=obj.customer_id,
        history_date=now,
        history_type="~",
        event=Event.COMMENTED,
        notes=BACKLOG_NOTES,
        is_internal=True,
        previous_status=obj.status,
        channel=Channel.SYSTEM,
        changed=CHANGED,
    )


def _notify() -> Backlog | None:
    """Notify each supervisor, once, of the requests whose clocks were started."""
    with transaction.atomic():
        backlog = Backlog.objects.select_for_update().filter(notified_at=None).last()
        if backlog is not None:
            backlog.notified_at = timezone.now()
            backlog.save(update_fields=["notified_at"])
            for user in notices.supervisors():
                deliveries.send_to(user.pk, Notice.BACKLOG_STARTED)
    return backlog
