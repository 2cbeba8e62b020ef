"""The parts of a report: what was asked for, and the table that the answer is."""

import datetime as dt
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gasutil.errors import FieldError, Invalid
from gasutil.reports.team_history import TeamHistory

MAX_PERIOD_DAYS = 366
# Of a period: the days beside it are calculated as well.
EARLIEST_DAY, LATEST_DAY = dt.date(1970, 1, 1), dt.date(9000, 1, 1)
READ_REPORTS = "gasutil.view_requestupdate"
DAY = "day"  # the key of a report with a row for each day
REQUEST_LIST, UPDATE_LIST = "requests/", "request-updates/"


@dataclass(frozen=True, kw_only=True)
class ReportQuery:
    """The period and the filters of a report, and the time at which it was asked for."""

    start: dt.date
    end: dt.date  # exclusive
    now: dt.datetime
    request_type: str = ""
    team: int | None = None
    # What is read once for this question and for that of the period before
    shared: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Raise `Invalid` for a period that no report has."""
        if self.start < EARLIEST_DAY:
            text = _("The first possible day is %(min)s.") % {"min": EARLIEST_DAY}
            raise Invalid([FieldError("from", "too_early", text, {"min": str(EARLIEST_DAY)})])
        if self.end > LATEST_DAY:
            text = _("The last possible day is %(max)s.") % {"max": LATEST_DAY}
            raise Invalid([FieldError("to", "too_late", text, {"max": str(LATEST_DAY)})])
        if self.end <= self.start:
            raise Invalid([FieldError("to", "before_from", _("The period ends before it begins."))])
        if (self.end - self.start).days > MAX_PERIOD_DAYS:
            text = _("A period has at most %(max)d days.") % {"max": MAX_PERIOD_DAYS}
            raise Invalid([FieldError("to", "period_too_long", text, {"max": MAX_PERIOD_DAYS})])

    @property
    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        """Return the period as times."""
        return midnight(self.start), midnight(self.end)

    @property
    def previous(self) -> "ReportQuery":
        """Return the same for the period of the same length before this one."""
        return replace(self, start=self.start - (self.end - self.start), end=self.start)

    def once(self, name: str, read: Callable[[], Any]) -> Any:
        """Return what is the same for both periods; read it the first time."""
        if name not in self.shared:
            self.shared[name] = read()
        return self.shared[name]

    def includes(self, request_type: str, at: dt.datetime) -> bool:
        """Return whether the filters include a type at a time; a team can change its types."""
        if self.request_type and request_type != self.request_type:
            return False
        return self.team is None or self.team_history.has(self.team, request_type, at)

    @property
    def team_history(self) -> TeamHistory:
        """Return which request types the teams had."""
        history: TeamHistory = self.once("team history", TeamHistory)
        return history


@dataclass(frozen=True)
class Count:
    """A count, and the IDs of the rows that it counts; their number is the count."""

    ids: frozenset[int]
    path: str = UPDATE_LIST

    @property
    def value(self) -> int:
        """Return the count."""
        return len(self.ids)


@dataclass(frozen=True, kw_only=True)
class ReportDefinition:
    """A report: its name, its title, its columns and keys, and what reads it.

    `keys` are the columns that tell its rows apart. `totals` are its counts that add up over its
    rows: a chart shows them for each value of `chart_by`, by default the first key.
    """

    name: str
    title: str | Promise
    keys: Sequence[str]
    columns: Sequence[str]
    read: Callable[[ReportQuery], list[dict[str, Any]]]
    totals: Sequence[str] = ()
    chart_by: str = ""

    def key_of(self, row: Mapping[str, Any]) -> list[Any]:
        """Return the values that tell a row from the others."""
        return [row[name] for name in self.keys]


STATISTICS = ("median", "p90", "worst")


@dataclass
class Durations:
    """Lengths of time, and their statistics in minutes with one decimal."""

    values: list[dt.timedelta] = field(default_factory=list)

    def statistics(self) -> dict[str, float | None]:
        """Return the median, the nearest-rank 90th percentile and the maximum."""
        lengths = sorted(length.total_seconds() for length in self.values)
        if not lengths:
            return dict.fromkeys(STATISTICS)
        nearest = lengths[math.ceil(0.9 * len(lengths)) - 1]
        median = statistics.median(lengths)
        return {
            name: round(seconds / 60, 1)
            for name, seconds in (("median", median), ("p90", nearest), ("worst", lengths[-1]))
        }


def share(part: int, whole: int) -> float | None:
    """Return a share with four decimals; None of nothing."""
    return round(part / whole, 4) if whole else None


def count(ids: Iterable[int], path: str = UPDATE_LIST) -> Count:
    """Return the count of rows."""
    return Count(frozenset(ids), path)


def zone() -> ZoneInfo:
    """Return the operator's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def midnight(day: dt.date) -> dt.datetime:
    """Return when a day begins in the operator's time zone."""
    return dt.datetime.combine(day, dt.time(), zone())
