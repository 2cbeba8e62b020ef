"""The milestones of the requests of a period, in each of their rounds.

The update that began the round stands for it in lists: a request has one for each round.
"""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Coalesce

from gasutil.deadlines import HAPPENED_AT, MILESTONES, Milestone
from gasutil.models import OPEN_STATUSES, Event, Priority, RequestUpdate, ServiceRequest, Status
from gasutil.reports.tables import ReportQuery

BEGAN_AT = Coalesce("received_at", "created_at")  # of a request
REQUEST_COLUMNS = (
    *("pk", "request_type", "status", "is_unverified", "is_emergency", "priority", "milestones"),
)
BEGINS = (
    Q(event=Event.CREATED)
    | Q(previous_status=Status.RESOLVED, status__in=OPEN_STATUSES)
    | Q(changed__contains="priority", priority=Priority.EMERGENCY)
)
NO_UPDATE = Q(history_id__isnull=True)
Starts = Mapping[int, list[tuple[dt.datetime, int]]]  # of rounds: their times and updates


class Facts(NamedTuple):
    """The facts of a request that tell where it is counted."""

    request_type: str
    is_unverified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMilestone:
    """A milestone in one round of a request. `update` is the ID of the update that began it."""

    request: int
    update: int
    request_type: str
    name: str
    received_at: dt.datetime
    began_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None
    ended_at: dt.datetime | None
    is_unverified: bool
    is_emergency: bool

    def is_counted(self, now: dt.datetime) -> bool:
        """Return whether it was met, or due before its clock ended."""
        return self.met_at is not None or self.due_at <= (self.ended_at or now)

    @property
    def is_met(self) -> bool:
        """Return whether it was met in time."""
        return self.met_at is not None and self.met_at <= self.due_at

    @property
    def is_late(self) -> bool:
        """Return whether it was met, but late."""
        return self.met_at is not None and self.met_at > self.due_at

    @property
    def length(self) -> dt.timedelta | None:
        """Return the time that it took: from when the round began."""
        return self.met_at - self.began_at if self.met_at else None


def milestones_in(question: ReportQuery) -> Iterator[RoundMilestone]:
    """Yield the counted milestones of the requests received in the period, by two queries."""
    for item in rounds_in(question):
        at = item.met_at or item.due_at
        if item.is_counted(question.now) and question.includes(item.request_type, at):
            yield item


def rounds_in(question: ReportQuery, starts: Starts | None = None) -> Iterator[RoundMilestone]:
    """Yield all milestones of the requests received in the period, by two queries.

    Those of one request and name follow each other in the order of the rounds. `starts` saves a
    query where `updates_in` has read them.
    """
    if starts is None:
        starts, _none = updates_in(question)
    for row in requests_in(question):
        yield from _of_request(row, starts.get(row["pk"], []))


def facts_of(question: ReportQuery) -> dict[int, Facts]:
    """Return the facts of the requests received in the period, by their IDs."""
    return {
        row["pk"]: Facts(row["request_type"], row["is_unverified"]) for row in requests_in(question)
    }


def updates_in(
    question: ReportQuery, wanted: Q = NO_UPDATE, columns: Sequence[str] = ()
) -> tuple[Starts, list[tuple[Any, ...]]]:
    """Return what began the rounds of the period's requests, and other updates, by one query.

    A wanted update is `(request, update, time, *columns)`; they are in the order of the log.
    """
    rows = RequestUpdate.objects.filter(
        BEGINS | wanted, id__in=received_in(question).values("pk")
    ).order_by("history_id")
    rows = rows.annotate(begins=_flag(BEGINS), is_wanted=_flag(wanted))
    names = ("begins", "is_wanted", "id", "history_id", HAPPENED_AT, *columns)
    starts: dict[int, list[tuple[dt.datetime, int]]] = defaultdict(list)
    result = []
    for begins, is_wanted, *values in rows.values_list(*names).iterator():
        request, update, at = values[:3]
        if begins:
            starts[request].append((at, update))
        if is_wanted:
            result.append(tuple(values))
    for times in starts.values():
        times.sort()
    return starts, result


def _flag(condition: Q) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(condition, output_field=BooleanField())


def requests_in(question: ReportQuery) -> list[dict[str, Any]]:
    """Return the columns of the requests received in the period; they are read once."""

    def read() -> list[dict[str, Any]]:
        rows = received_in(question).annotate(began=BEGAN_AT)
        return list(rows.values(*REQUEST_COLUMNS, "began"))

    result: list[dict[str, Any]] = question.once(f"requests since {question.start}", read)
    return result


def received_in(question: ReportQuery) -> "QuerySet[ServiceRequest]":
    """Return the requests received in the period.

    A request is recorded after it is received, so an index finds where to begin.
    """
    start, end = question.bounds
    rows = ServiceRequest.objects.annotate(received=BEGAN_AT).order_by()
    rows = rows.filter(created_at__gte=start, received__gte=start, received__lt=end)
    return rows.filter(request_type__code=question.request_type) if question.request_type else rows


def _of_request(
    row: Mapping[str, Any], starts: list[tuple[dt.datetime, int]]
) -> Iterator[RoundMilestone]:
    if not starts:
        return
    for milestone in MILESTONES.validate_python(row["milestones"]):
        for began, due, met, ended in _rounds(milestone, row["began"]):
            index = bisect_right(starts, began, key=lambda start: start[0])
            yield RoundMilestone(
                request=row["pk"],
                update=starts[max(index - 1, 0)][1],
                request_type=row["request_type"],
                name=milestone.name,
                received_at=row["began"],
                began_at=began,
                due_at=due,
                met_at=met,
                ended_at=ended,
                is_unverified=row["is_unverified"],
                is_emergency=row["is_emergency"] or row["priority"] == Priority.EMERGENCY,
            )


def _rounds(
    milestone: Milestone, began: dt.datetime
) -> Iterator[tuple[dt.datetime, dt.datetime, dt.datetime | None, dt.datetime | None]]:
    """Yield when a milestone began, was due, was met and ended, in each round."""
    for past in milestone.past:
        yield began, past.due_at, past.met_at, past.stopped_at
        began = past.next_began_at
    yield began, milestone.due_at, milestone.met_at, milestone.stopped_at
