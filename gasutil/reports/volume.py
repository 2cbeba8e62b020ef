"""The report on volume: what was opened and closed each day, and what was open at its end."""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from django.db.models import Q

from gasutil.deadlines import HAPPENED_AT
from gasutil.models import OPEN_STATUSES, Event, RequestUpdate, ServiceRequest, Status
from gasutil.reports.periods import ONE_DAY
from gasutil.reports.rounds import BEGAN_AT
from gasutil.reports.tables import DAY, REQUEST_LIST, ReportQuery, count, midnight, zone

COLUMNS_OF_VOLUME = (
    *(DAY, "opened", "resolved", "cancelled", "backlog", "unverified"),
    *("median_age", "oldest_age"),
)


class StatusChange(NamedTuple):
    """A change of status: the request, the update, when it happened, and the statuses."""

    request: int
    update: int
    at: dt.datetime
    before: str | None
    status: str


class OpenedRequest(NamedTuple):
    """The facts of a request that a day's figures need."""

    request: int
    began_at: dt.datetime
    request_type: str
    is_unverified: bool
    is_open: bool


def read_volume(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each day of the period that has begun, by two queries."""
    start, end = question.bounds
    moved = RequestUpdate.objects.filter(
        Q(event=Event.CREATED) | Q(changed__contains="status"), history_date__gte=start
    ).order_by()
    columns = ("id", "history_id", HAPPENED_AT, "previous_status", "status")
    changes = sorted(
        map(StatusChange._make, moved.values_list(*columns)), key=lambda row: row[2:0:-1]
    )
    requests = ServiceRequest.objects.filter(Q(is_open=True) | Q(pk__in=moved.values("id")))
    columns_of_request = ("pk", BEGAN_AT, "request_type", "is_unverified", "is_open")
    facts = {row[0]: OpenedRequest._make(row) for row in requests.values_list(*columns_of_request)}
    rows = list(_days(question, changes, facts, min(end, question.now)))
    return rows[::-1]


def _days(
    question: ReportQuery,
    changes: Sequence[StatusChange],
    facts: dict[int, OpenedRequest],
    until: dt.datetime,
) -> Iterator[dict[str, Any]]:
    """Yield the days, the newest first: what was open follows from what is open and what changed.

    `changes` are in the order of their times.
    """
    is_open = {pk for pk, row in facts.items() if row.is_open}
    received: dict[dt.date, list[OpenedRequest]] = defaultdict(list)
    for row in facts.values():
        received[row.began_at.astimezone(zone()).date()].append(row)
    left = list(changes)
    day = question.end - ONE_DAY
    while day >= question.start:
        begin, end = midnight(day), min(midnight(day + ONE_DAY), question.now)
        if begin < until:
            while left and left[-1].at >= end:
                _undo(left.pop(), is_open)
            closed = _closed_since(begin, left)
            yield _figures(question, day, end, received[day], closed, facts, is_open)
        day -= ONE_DAY


def _closed_since(begin: dt.datetime, changes: Sequence[StatusChange]) -> list[StatusChange]:
    """Return the changes since a time that closed a request."""
    since = takewhile(lambda change: change.at >= begin, reversed(changes))
    return [change for change in since if change.before in OPEN_STATUSES]


def _undo(change: StatusChange, is_open: set[int]) -> None:
    """Take back a change."""
    if change.before in OPEN_STATUSES:
        is_open.add(change.request)
    else:
        is_open.discard(change.request)


def _figures(
    question: ReportQuery,
    day: dt.date,
    end: dt.datetime,
    received: Sequence[OpenedRequest],
    closed: Sequence[StatusChange],
    facts: Mapping[int, OpenedRequest],
    is_open: Collection[int],
) -> dict[str, Any]:
    def counts(pk: int, at: dt.datetime, *, unverified: bool = False) -> bool:
        row = facts[pk]
        return row.is_unverified == unverified and question.includes(row.request_type, at)

    opened, unverified = (
        [row.request for row in received if counts(row.request, row.began_at, unverified=wanted)]
        for wanted in (False, True)
    )
    resolved, cancelled = (
        [row.update for row in closed if row.status == status and counts(row.request, row.at)]
        for status in (Status.RESOLVED, Status.CANCELLED)
    )
    backlog = [pk for pk in is_open if facts[pk].began_at < end and counts(pk, end)]
    ages = [(end - facts[pk].began_at).total_seconds() / 60 for pk in backlog]
    return {
        DAY: day.isoformat(),
        "opened": count(opened, REQUEST_LIST),
        "resolved": count(resolved),
        "cancelled": count(cancelled),
        "backlog": count(backlog, REQUEST_LIST),
        "unverified": count(unverified, REQUEST_LIST),
        "median_age": round(statistics.median(ages), 1) if ages else None,
        "oldest_age": round(max(ages), 1) if ages else None,
    }
