"""Alarms of requests whose clocks an upgrade has started.

Supervisors receive one mail for those that are late, not one for each.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from gasutil.models import URGENT_FIRST, Backlog, Delivery, Notice, ServiceRequest, User
from gasutil.notify import links

PERIOD = dt.timedelta(minutes=10)  # a person receives one such mail in this time
MAX_LISTED = 20  # requests in a mail


def is_of_backlog(update: Any, obj: ServiceRequest) -> bool:
    """Return whether an escalation is about a clock that an upgrade has started."""
    return any(each["name"] == update.subject and each.get("is_backlog") for each in obj.milestones)


def backlog_notify_at(user: User, update: Any, now: dt.datetime) -> dt.datetime | None:
    """Return the time to mail a user about an escalation.

    None if an unsent mail, or the last one, includes it.
    """
    last = (
        Delivery.objects.filter(user=user, notice=Notice.BACKLOG_LATE)
        .exclude(update=update)
        .order_by("-pk")
        .first()
    )
    if last is None or last.created_at <= now - PERIOD:
        return now
    if last.next_at is not None or _due_at(update) <= last.created_at:
        return None
    return last.created_at + PERIOD


def _due_at(update: Any) -> dt.datetime:
    """Return the deadline that an escalation is about."""
    milestones = ServiceRequest.objects.values_list("milestones", flat=True).get(pk=update.id)
    due = next((each["due_at"] for each in milestones if each["name"] == update.subject), None)
    return update.history_date if due is None else dt.datetime.fromisoformat(due)


def late(now: dt.datetime) -> Iterator[ServiceRequest]:
    """Yield the late requests of the backlog, the most urgent first.

    They have a clock of the backlog that has run out and that no one has acknowledged.
    """
    backlog = Backlog.objects.last()
    if backlog is None:
        return
    rows = ServiceRequest.objects.filter(
        is_open=True, due_at__lte=now, created_at__lt=backlog.started_at
    ).select_related("request_type")
    for obj in rows.order_by(*URGENT_FIRST).iterator(chunk_size=500):
        if any(_is_late(each, now) for each in obj.milestones):
            yield obj


def _is_late(milestone: Mapping[str, Any], now: dt.datetime) -> bool:
    """Return whether a stored milestone of the backlog was missed, and is not acknowledged."""
    is_running = not (milestone.get("met_at") or milestone.get("stopped_at"))
    is_due = dt.datetime.fromisoformat(milestone["due_at"]) <= now
    return bool(
        milestone.get("is_backlog") and is_running and milestone.get("escalate_at") and is_due
    )


def is_any_late(now: dt.datetime) -> bool:
    """Return whether there is such a request."""
    return next(late(now), None) is not None


def late_context(update: Any, now: dt.datetime) -> dict[str, Any]:
    """Return the requests that the mail about late requests lists."""
    rows = late(max(now, update.history_date))
    listed = list(islice(rows, MAX_LISTED))
    return {
        "listed": listed,
        "number": len(listed) + sum(1 for _ in rows),
        "link": _queue("overdue"),
    }


def started_context(user: User, delivery: Delivery) -> dict[str, Any]:
    """Return the context of the mail about the start of the clocks."""
    return {"backlog": Backlog.objects.last() or Backlog(), "link": _queue("emergencies")}


def _queue(view: str) -> str:
    return f"{links.absolute_url('admin:gasutil_servicerequest_changelist')}?view={view}"
