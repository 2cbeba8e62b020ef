"""The reports as JSON and as CSV."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from gasutil import access
from gasutil.access import Actor
from gasutil.api.framework.errors import PREFIX
from gasutil.api.framework.fields import CalendarDay
from gasutil.errors import NotFound
from gasutil.reports.catalogue import REPORTS_BY_NAME, figure
from gasutil.reports.csv_file import CONTENT_TYPE, csv_of, file_name
from gasutil.reports.tables import READ_REPORTS, Count, ReportDefinition, ReportQuery, zone

QUERY: Mapping[str, Any] = {
    "from": (
        CalendarDay | None,
        Field(None, description="The first day, by default the first of this month."),
    ),
    "to": (
        CalendarDay | None,
        Field(None, description="The day after the last one, by default tomorrow."),
    ),
    "request_type": (
        str,
        Field("", max_length=64, description="Only requests of this type."),
    ),
    "team": (
        int | None,
        Field(None, ge=1, le=2**63 - 1, description="Only the request types of this team."),
    ),
    "format": (
        Literal["", "json", "csv"],
        Field("", description="`json` or `csv`; without it, `Accept` decides."),
    ),
}


class ReportCount(Schema):
    """A count, and the URL of the list that it counts."""

    value: int = Field(description="The count.", examples=[12])
    rows: str = Field(
        description="The URL of the list; its length is the value.",
        examples=["/api/v1/request-updates/?figure=WyJ2b2x1bWUiXQ"],
    )


class ReportName(Schema):
    """A report that can be read."""

    name: str = Field(description="The name in the URL.", examples=["milestones"])
    title: str = Field(description="The title for people.", examples=["Milestones"])


class ReportNames(Schema):
    """The reports."""

    results: list[ReportName] = Field(description="The reports.")


class ReportTable(Schema):
    """A report: its period, its columns and its rows."""

    name: str = Field(description="The name in the URL.", examples=["volume"])
    title: str = Field(description="The title for people.", examples=["Volume"])
    from_: dt.date = Field(alias="from", description="The first day.", examples=["2026-11-01"])
    to: dt.date = Field(description="The day after the last one.", examples=["2026-12-01"])
    rows: list[dict[str, ReportCount | int | float | str | None]] = Field(
        description="The rows: a value for each column. Counts are objects.",
        examples=[[{"day": "2026-11-01", "opened": {"value": 0, "rows": f"{PREFIX}requests/"}}]],
    )


def list_reports(*, actor: Actor) -> dict[str, Any]:
    """List the reports."""
    _require_manager(actor)
    results = [
        {"name": report.name, "title": str(report.title)} for report in REPORTS_BY_NAME.values()
    ]
    return {"results": results}


def get_report(
    *, name: str, actor: Actor, request: HttpRequest, **asked: Any
) -> dict[str, Any] | HttpResponse:
    """Return a report as JSON, or as CSV with `format=csv` or `Accept: text/csv`."""
    _require_manager(actor)
    report, now = REPORTS_BY_NAME.get(name), timezone.now()
    if report is None:
        raise NotFound
    today = now.astimezone(zone()).date()
    question = ReportQuery(
        start=asked["from"] or today.replace(day=1),
        end=asked["to"] or today + dt.timedelta(days=1),
        now=now,
        request_type=asked["request_type"],
        team=asked["team"],
    )
    rows = report.read(question)
    if (asked["format"] or _accepted(request)) == "csv":
        return _as_csv(report, question, rows)
    return {
        "name": name,
        "title": str(report.title),
        "from": question.start,
        "to": question.end,
        "rows": [_as_json(report, question, row) for row in rows],
    }


def _require_manager(actor: Actor) -> None:
    access.require_permission(actor, READ_REPORTS, _("Only managers can read reports."))


def _accepted(request: HttpRequest) -> str:
    preferred = request.get_preferred_type(["application/json", "text/csv"])
    return "csv" if preferred == "text/csv" else "json"


def _as_json(
    report: ReportDefinition, question: ReportQuery, row: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        name: {
            "value": value.value,
            "rows": f"{PREFIX}{value.path}?figure={figure(report, question, row, name)}",
        }
        if isinstance(value, Count)
        else value
        for name, value in row.items()
    }


def _as_csv(
    report: ReportDefinition, question: ReportQuery, rows: Sequence[Mapping[str, Any]]
) -> HttpResponse:
    disposition = f'attachment; filename="{file_name(report, question)}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(csv_of(report, rows), content_type=CONTENT_TYPE, headers=headers)
