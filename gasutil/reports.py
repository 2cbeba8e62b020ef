"""Read-only accounts of what happened, for the API and the console; `figures.py` counts."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from gasutil import access
from gasutil.access import Actor
from gasutil.models import ServiceRequest

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
    return _compared([None, *access.log_of(actor, obj).select_related("history_user", "assigned_to")])


def changes_of(log: "QuerySet[Any]", ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return successive rows of a request's log field by field: who, when, by which door, from what to what."""
    rows = log.filter(history_id__in=ids)
    return [_entry(one) for one in _compared([log.filter(history_id__lt=min(ids)).last(), *rows])] if ids else []


def _compared(rows: Iterable[Any]) -> list[Story]:
    """Return successive rows with what each has otherwise than the one before it; the first is only compared with."""
    return [Story(update=row, changes=list(changes_between(before, row))) for before, row in pairwise(rows)]


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
