"""The changes in the history of a request, field by field."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

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
        [
            None,
            *access.log_of(actor, obj.pk).select_related(
                "history_user", "machine_account", "assigned_to"
            ),
        ]
    )


def _compared(rows: Iterable[Any]) -> list[HistoryRow]:
    """Return successive rows with the changes since the row before.

    The first row is only compared with.
    """
    return [
        HistoryRow(update=row, changes=list(changes_between(before, row)))
        for before, row in pairwise(rows)
    ]


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


def changes_as_json(was: Mapping[str, Any], is_now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes between two states of the tracked fields, as an update has them.

    The state before the first row is empty.
    """
    return {
        name: {"from": _as_json(was.get(name)), "to": _as_json(new)}
        for name, new in is_now.items()
        if was.get(name) != new
    }


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return value
