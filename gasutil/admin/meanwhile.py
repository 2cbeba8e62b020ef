"""What others have done to a request since somebody opened it: both versions, for whoever was slower."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString

from gasutil import reports
from gasutil.admin.timeline import QUIET, author_of, what_happened
from gasutil.admin.wording import FIELDS, Names, first_line, moment
from gasutil.models import RequestUpdate, ServiceRequest
from gasutil.reports import FieldChange

TOLD = 8  # things at most, the newest


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field: what it was, what it is now and by whom, and what it is to become."""

    label: str
    then: str
    now: str
    who: str
    when: SafeString | str
    mine: str


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing that has happened meanwhile."""

    who: str
    sentence: str
    when: SafeString | str
    said: str
    is_internal: bool


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """Everything that has happened meanwhile, and the version that it has come to."""

    pk: int
    version: int
    differences: list[Difference]
    news: list[News]


def meanwhile(pk: int, seen: int, *, wanted: Mapping[str, Any], now: dt.datetime) -> Meanwhile:
    """Return what has happened to a request since a version of it, beside what somebody wants it to become."""
    rows = list(RequestUpdate.objects.filter(id=pk, version__gte=seen).select_related("history_user").order_by("history_id"))
    if not rows:  # a version that never was
        return Meanwhile(pk=pk, version=ServiceRequest.objects.values_list("version", flat=True).get(pk=pk), differences=[], news=[])
    later = rows[1:]
    return Meanwhile(
        pk=pk,
        version=rows[-1].version,
        differences=_differences(rows, wanted, now),
        news=[_news(row, now) for row in later[: -TOLD - 1 : -1]],
    )


def _differences(rows: list[Any], wanted: Mapping[str, Any], now: dt.datetime) -> list[Difference]:
    changed = {change.field: row for before, row in pairwise(rows) for change in reports.changes_between(before, row)}
    fields = [name for name in reports.TRACKED if name in wanted or (name in changed and name not in QUIET)]
    values = {name: tuple(_value(row, name) for row in (rows[0], rows[-1])) for name in fields}
    spoken = [FieldChange(field=name, old=old, new=new) for name, (old, new) in values.items()]
    names = Names.of(spoken + [FieldChange(field=name, old=None, new=value) for name, value in wanted.items()])
    return [
        Difference(
            label=str(FIELDS[name]),
            then=names.say(name, old),
            now=names.say(name, new),
            who=author_of(changed[name]) if name in changed else "",
            when=moment(changed[name].history_date, now) if name in changed else "",
            mine=names.say(name, wanted[name]) if name in wanted else "",
        )
        for name, (old, new) in values.items()
    ]


def _value(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def _news(row: Any, now: dt.datetime) -> News:
    return News(
        who=author_of(row),
        sentence=what_happened(row)[0],
        when=moment(row.history_date, now),
        said=first_line(row.notes, 160),
        is_internal=row.is_internal,
    )
