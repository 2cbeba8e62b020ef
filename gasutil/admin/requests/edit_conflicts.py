"""Edit conflicts: the changes by others since the user opened a request, beside the user's own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString

from gasutil import request_history
from gasutil.admin.base.formatting import FIELDS, Names, first_line, time_ago
from gasutil.admin.requests.timeline import QUIET, author_of, what_happened
from gasutil.models import RequestUpdate, ServiceRequest
from gasutil.request_history import FieldChange

MAX_CHANGES = 8  # the newest


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The old and current value of a field, its author, and the user's own value."""

    label: str
    then: str
    now: str
    who: str
    when: SafeString | str
    mine: str


@dataclass(frozen=True, kw_only=True)
class ConflictingChange:
    """One change by another user."""

    who: str
    sentence: str
    when: SafeString | str
    note: str
    is_internal: bool


@dataclass(frozen=True, kw_only=True)
class EditConflict:
    """All changes by others, and the version that they led to."""

    pk: int
    version: int
    differences: list[Difference]
    changes: list[ConflictingChange]


def edit_conflict(
    pk: int, seen: int, *, wanted: Mapping[str, Any], now: dt.datetime
) -> EditConflict:
    """Return the changes since a version of a request, beside the user's own."""
    rows = list(
        RequestUpdate.objects.filter(id=pk, version__gte=seen)
        .select_related("history_user", "machine_account")
        .order_by("history_id")
    )
    if not rows:  # a version that never was
        return EditConflict(
            pk=pk,
            version=ServiceRequest.objects.values_list("version", flat=True).get(pk=pk),
            differences=[],
            changes=[],
        )
    later = rows[1:]
    return EditConflict(
        pk=pk,
        version=rows[-1].version,
        differences=_differences(rows, wanted, now),
        changes=[_conflicting_change(row, now) for row in later[: -MAX_CHANGES - 1 : -1]],
    )


def _differences(rows: list[Any], wanted: Mapping[str, Any], now: dt.datetime) -> list[Difference]:
    changed = {
        change.field: row
        for before, row in pairwise(rows)
        for change in request_history.changes_between(before, row)
    }
    fields = [
        name
        for name in request_history.TRACKED
        if name in wanted or (name in changed and name not in QUIET)
    ]
    values = {name: tuple(_value(row, name) for row in (rows[0], rows[-1])) for name in fields}
    spoken = [FieldChange(field=name, old=old, new=new) for name, (old, new) in values.items()]
    names = Names.of(
        spoken + [FieldChange(field=name, old=None, new=value) for name, value in wanted.items()]
    )
    return [
        Difference(
            label=str(FIELDS[name]),
            then=names.display(name, old),
            now=names.display(name, new),
            who=author_of(changed[name]) if name in changed else "",
            when=time_ago(changed[name].history_date, now) if name in changed else "",
            mine=names.display(name, wanted[name]) if name in wanted else "",
        )
        for name, (old, new) in values.items()
    ]


def _value(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def _conflicting_change(row: Any, now: dt.datetime) -> ConflictingChange:
    return ConflictingChange(
        who=author_of(row),
        sentence=what_happened(row)[0],
        when=time_ago(row.history_date, now),
        note=first_line(row.notes, 160),
        is_internal=row.is_internal,
    )
