"""The changes in the history of a request, field by field, for the API and the console."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from gasutil import access
from gasutil.access import Actor
from gasutil.models import ServiceRequest

TRACKED = (
    "status",
    "priority",
    "assigned_to",
    "request_type",
    "respond_by",
    "resolve_by",
    "resolved_at",
    "incident",
)


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """The old and the new value of a field."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One row of a request's history with the fields it changed."""

    update: Any
    changes: list[FieldChange]


def history_of(actor: Actor, obj: ServiceRequest) -> list[HistoryRow]:
    """Return the history of a request, the oldest row first, in one query."""
    return _compared(
        [None, *access.log_of(actor, obj).select_related("history_user", "assigned_to")]
    )


def changes_of(log: "QuerySet[Any]", ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return rows of a request's log, field by field.

    Each entry has the user, the time, the channel, and the old and new values.
    """
    rows = log.filter(history_id__in=ids)
    return (
        [_entry(row) for row in _compared([log.filter(history_id__lt=min(ids)).last(), *rows])]
        if ids
        else []
    )


def _compared(rows: Iterable[Any]) -> list[HistoryRow]:
    """Return successive rows with the changes since the row before.

    The first row is only compared with.
    """
    return [
        HistoryRow(update=row, changes=list(changes_between(before, row)))
        for before, row in pairwise(rows)
    ]


def _entry(entry: HistoryRow) -> dict[str, Any]:
    row = entry.update
    return {
        "id": row.history_id,
        "event": row.event,
        "changed_at": row.history_date,
        "changed_by": row.history_user_id,
        "channel": row.channel,
        "notes": row.notes,
        "is_internal": row.is_internal,
        "changes": [
            {"field": change.field, "from": _plain(change.old), "to": _plain(change.new)}
            for change in entry.changes
        ],
    }


def changes_between(before: Any, row: Any) -> Iterator[FieldChange]:
    """Return the changes from one row of a request's history to the next.

    The first row has no row before it.
    """
    was = tracked(before) if before else {}
    for name, new in tracked(row).items():
        if was.get(name) != new:
            yield FieldChange(field=name, old=was.get(name), new=new)


def tracked(row: Any) -> dict[str, Any]:
    """Return the tracked fields of a request, or of a row of its history."""
    return {name: getattr(row, row._meta.get_field(name).attname) for name in TRACKED}


def _plain(value: Any) -> Any:
    return (
        value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        if isinstance(value, dt.datetime)
        else value
    )
