"""Read-only figures and accounts of what happened, for the API and the console."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from gasutil import access
from gasutil.access import Actor
from gasutil.models import OPEN_STATUSES, Event, Priority, RequestUpdate, ServiceRequest, Status

TRACKED = ("status", "priority", "assigned_to", "request_type", "respond_by", "resolve_by", "resolved_at", "incident")


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field's old and new value."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class Story:
    """One row of a request's history with the fields it changed."""

    update: Any
    changes: list[FieldChange]


def story(actor: Actor, obj: ServiceRequest) -> list[Story]:
    """Return everything that happened to a request, the oldest first, in one query."""
    rows = access.log_of(actor, obj).select_related("history_user", "assigned_to")
    return [Story(update=row, changes=list(changes_between(before, row))) for before, row in pairwise([None, *rows])]


def changes_of(actor: Actor, obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return a request's history field by field: who, when, by which door, from what to what."""
    return [_entry(one) for one in story(actor, obj)]


def _entry(one: Story) -> dict[str, Any]:
    row = one.update
    return {
        "id": row.history_id,
        "event": row.event,
        "changed_at": row.history_date,
        "changed_by": row.history_user_id,
        "channel": row.channel,
        "notes": row.notes,
        "is_internal": row.is_internal,
        "changes": [{"field": change.field, "from": _plain(change.old), "to": _plain(change.new)} for change in one.changes],
    }


def changes_between(before: Any, row: Any) -> Iterator[FieldChange]:
    """Return what one row of a request's history has otherwise than the row before it, or than nothing."""
    was = tracked(before) if before else {}
    for name, new in tracked(row).items():
        if was.get(name) != new:
            yield FieldChange(field=name, old=was.get(name), new=new)


def tracked(row: Any) -> dict[str, Any]:
    """Return what a request, or a row of its history, has in the fields whose changes are told."""
    return {name: getattr(row, row._meta.get_field(name).attname) for name in TRACKED}


def _plain(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if isinstance(value, dt.datetime) else value


# --- Figures ------------------------------------------------------------------------------------------------------
DAYS = 14  # that the days' figures go back
REMEMBERED = 20  # seconds, so that a hundred who look cost no more than one
KEY = "dashboard"


def dashboard(*, actor: Actor) -> dict[str, Any]:
    """Return the figures of the desk: what is open, what is late, and how the last fortnight went.

    They are those of a moment ago. `kept_in_time` is the share of what was resolved in these days by the time promised.
    """
    known: Mapping[str, Any] | None = cache.get(KEY)
    if known is None:
        known = _figures(timezone.now())
        cache.set(KEY, known, REMEMBERED)
    mine = ServiceRequest.objects.filter(assigned_to=actor.id, status__in=OPEN_STATUSES).count() if actor.id else 0
    return {**known, "mine": mine}


def _figures(now: dt.datetime) -> dict[str, Any]:
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=DAYS - 1)
    still_open = ServiceRequest.objects.filter(is_open=True)
    counted = still_open.aggregate(
        open=Count("pk"),
        emergencies=Count("pk", filter=Q(priority=Priority.EMERGENCY)),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        unassigned=Count("pk", filter=Q(assigned_to=None)),
        on_hold=Count("pk", filter=Q(status=Status.ON_HOLD)),
    )
    resolved = ServiceRequest.objects.filter(updated_at__gte=since, resolved_at__gte=since)  # the first has the index
    in_time = resolved.aggregate(all=Count("pk"), kept=Count("pk", filter=Q(resolve_by=None) | Q(resolved_at__lte=F("resolve_by"))))
    by_type = still_open.values("request_type").annotate(open=Count("pk")).order_by("-open", "request_type")
    escalated = RequestUpdate.objects.filter(event=Event.ESCALATED, history_date__gte=now - dt.timedelta(days=1))
    return {
        **counted,
        "escalated_today": escalated.values("id").distinct().count(),
        "kept_in_time": in_time["kept"] / in_time["all"] if in_time["all"] else None,
        "by_type": list(by_type),
        "days": _days(since, ServiceRequest.objects.filter(created_at__gte=since), resolved),
    }


def _days(since: dt.datetime, opened: Any, resolved: Any) -> list[dict[str, Any]]:
    """Return how many requests were opened and resolved on each day."""
    found = [
        dict(rows.annotate(day=TruncDate(column)).order_by().values_list("day").annotate(Count("pk")))
        for column, rows in (("created_at", opened), ("resolved_at", resolved))
    ]
    days = [since.date() + dt.timedelta(days=number) for number in range(DAYS)]
    return [{"day": day, "opened": found[0].get(day, 0), "resolved": found[1].get(day, 0)} for day in days]
