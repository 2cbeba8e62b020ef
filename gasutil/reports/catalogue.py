"""The reports that there are, and the links from their counts to the rows behind them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.errors import FieldError, Invalid
from gasutil.models import ServiceRequest
from gasutil.reports import (
    attendance,
    breaches,
    emergency_response,
    escalations,
    milestones,
    people,
    reopened,
    volume,
    yearly_return,
)
from gasutil.reports.labels import column_of, period_title
from gasutil.reports.tables import (
    DAY,
    REQUEST_LIST,
    UPDATE_LIST,
    Count,
    ReportDefinition,
    ReportQuery,
)

CountedT = TypeVar("CountedT", bound="QuerySet[Any]")
FIGURE_SALT = "gasutil.reports"
REPORTS_BY_NAME: Mapping[str, ReportDefinition] = {
    report.name: report
    for report in (
        ReportDefinition(
            name="milestones",
            title=gettext_lazy("Milestones"),
            keys=("request_type", "milestone"),
            columns=milestones.COLUMNS_OF_MILESTONES,
            read=milestones.read_milestones,
            totals=("met", "late", "missed"),
            chart_by="milestone",
        ),
        ReportDefinition(
            name="emergency-response",
            title=gettext_lazy("Emergency response"),
            keys=("day_class",),
            columns=emergency_response.COLUMNS_OF_RESPONSE,
            read=emergency_response.read_emergency_response,
            totals=emergency_response.TOTALS,
        ),
        ReportDefinition(
            name="volume",
            title=gettext_lazy("Volume"),
            keys=(DAY,),
            columns=volume.COLUMNS_OF_VOLUME,
            read=volume.read_volume,
            totals=("opened", "resolved", "cancelled"),
        ),
        ReportDefinition(
            name="people",
            title=gettext_lazy("People"),
            keys=("person", "team"),
            columns=people.COLUMNS_OF_PEOPLE,
            read=people.read_people,
            totals=(people.RESOLVED_COUNT, people.REOPENED_COUNT),
        ),
        ReportDefinition(
            name="escalations",
            title=gettext_lazy("Escalations"),
            keys=("milestone",),
            columns=escalations.COLUMNS_OF_ESCALATIONS,
            read=escalations.read_escalations,
            totals=("acknowledged", "unacknowledged"),
        ),
        ReportDefinition(
            name="breaches",
            title=gettext_lazy("Missed deadlines"),
            keys=("milestone", "reason"),
            columns=breaches.COLUMNS_OF_BREACHES,
            read=breaches.read_breaches,
            totals=("late", "missed"),
            chart_by="reason",
        ),
        ReportDefinition(
            name="attendance",
            title=gettext_lazy("Attendance"),
            keys=("request_type",),
            columns=attendance.COLUMNS_OF_ATTENDANCE,
            read=attendance.read_attendance,
            totals=attendance.TOTALS_OF_ATTENDANCE,
        ),
        ReportDefinition(
            name="reopened",
            title=gettext_lazy("Reopened"),
            keys=("request_type",),
            columns=reopened.COLUMNS_OF_REOPENED,
            read=reopened.read_reopened,
            totals=("resolved", "reopened"),
        ),
        ReportDefinition(
            name="yearly-return",
            title=gettext_lazy("Yearly return"),
            keys=("request_type",),
            columns=yearly_return.COLUMNS_OF_RETURN,
            read=yearly_return.read_yearly_return,
            totals=yearly_return.RETURN_OUTCOMES,
        ),
    )
}


def figure(
    report: ReportDefinition, question: ReportQuery, row: Mapping[str, Any], column: str
) -> str:
    """Return the value of the parameter that makes a list the rows of a count."""
    period = [question.start.isoformat(), question.end.isoformat(), question.now.isoformat()]
    filters = [question.request_type, question.team]
    return signing.dumps(
        [report.name, *period, *filters, report.key_of(row), column], salt=FIGURE_SALT
    )


def only_counted(rows: CountedT, value: str) -> CountedT:
    """Keep the rows that a count counts.

    Raise `Invalid` for a value that is not from a report on rows of this kind.
    """
    cell = _count(*parse_figure(value))
    path = REQUEST_LIST if rows.model is ServiceRequest else UPDATE_LIST
    if cell is not None and cell.path != path:
        raise _invalid()
    return rows.filter(pk__in=cell.ids if cell else [])


class Figure(NamedTuple):
    """A count of a report: the question, the key of its row, and its column."""

    report: ReportDefinition
    question: ReportQuery
    key: list[Any]
    column: str


def parse_figure(value: str) -> Figure:
    """Return the count that a parameter names; raise `Invalid` for a foreign one."""
    try:
        name, start, end, now, request_type, team, key, column = signing.loads(
            value, salt=FIGURE_SALT
        )
        report = REPORTS_BY_NAME[name]
    except (signing.BadSignature, ValueError, KeyError) as error:
        raise _invalid() from error
    question = ReportQuery(
        start=dt.date.fromisoformat(start),
        end=dt.date.fromisoformat(end),
        now=dt.datetime.fromisoformat(now),
        request_type=request_type,
        team=team,
    )
    return Figure(report, question, key, column)


def figure_title(value: str) -> str:
    """Return the report, the column and the period of a count."""
    report, question, _key, column = parse_figure(value)
    days = period_title(question.start, question.end)
    return f"{report.title}: {column_of(column).label}, {days}"


def _count(
    report: ReportDefinition, question: ReportQuery, key: list[Any], column: str
) -> Count | None:
    """Return a count, calculated again; None if nothing is left of it."""
    return next((row[column] for row in report.read(question) if report.key_of(row) == key), None)


def _invalid() -> Invalid:
    text = _("Use the URL of a count in a report.")
    return Invalid([FieldError("figure", "invalid_figure", text)])
