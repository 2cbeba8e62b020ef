"""A page for each report, and its CSV file."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gasutil.admin.reports import emails
from gasutil.admin.reports.forms import ReportForm
from gasutil.admin.reports.report_tables import chart_of, table_of
from gasutil.models import ReportFrequency
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.comparison import compare
from gasutil.reports.csv_file import CONTENT_TYPE, csv_of, file_name
from gasutil.reports.labels import period_title, total_text
from gasutil.reports.periods import PERIODS
from gasutil.reports.tables import ReportDefinition, ReportQuery, zone

PERIOD_LABELS = {
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "this_quarter": gettext_lazy("This quarter"),
    "this_year": gettext_lazy("This year"),
}
FILTERS = ("request_type", "team", "compare")


def urls(guard: Callable[..., Any]) -> list[URLPattern]:
    """Return the addresses: the first report, and a page and a file for each."""
    pages = [
        path(
            f"reports/{report.name}/{address}",
            guard(partial(view, report=report)),
            name=page_name(report, part),
        )
        for report in REPORTS_BY_NAME.values()
        for address, part, view in (
            ("", "", require_http_methods(["GET", "HEAD", "POST"])(report_page)),
            ("csv/", "csv", require_safe(download_csv)),
        )
    ]
    return [
        path("reports/", guard(require_safe(first_report)), name="reports"),
        path("reports/emails/", guard(emails.report_emails), name="report_emails"),
        *pages,
    ]


def page_name(report: ReportDefinition, part: str = "") -> str:
    """Return the name of the address of a report's page."""
    return "_".join(filter(None, ("report", report.name, part)))


def first_report(request: HttpRequest) -> HttpResponse:
    """Redirect to the first report."""
    emails.require_reader(request)
    return HttpResponseRedirect(first_url())


def first_url() -> str:
    """Return the URL of the first report."""
    return _url(next(iter(REPORTS_BY_NAME.values())))


def report_page(request: HttpRequest, report: ReportDefinition) -> HttpResponse:
    """Show a report; on POST, subscribe to it."""
    emails.require_reader(request)
    form = ReportForm.of(request)
    if request.method == "POST":
        return emails.add_subscription(request, report, form)
    return _show(request, report, form)


def _show(request: HttpRequest, report: ReportDefinition, form: ReportForm) -> HttpResponse:
    question = form.question()
    shown = {
        **admin.site.each_context(request),
        "title": report.title,
        "form": form,
        "tabs": [
            (other.title, _url(other, query=form.asked()), other == report)
            for other in REPORTS_BY_NAME.values()
        ],
        "periods": _periods(report, form),
        "frequencies": ReportFrequency.choices,
        **(_result(report, form, question) if question else {}),
    }
    return render(request, "gasutil/report_page.html", shown)


def download_csv(request: HttpRequest, report: ReportDefinition) -> HttpResponse:
    """Return a report as the CSV file that the API returns."""
    emails.require_reader(request)
    form = ReportForm.of(request)
    question = form.question()
    if question is None:
        return _show(request, report, form)
    disposition = f'attachment; filename="{file_name(report, question)}"'
    return HttpResponse(
        csv_of(report, report.read(question)),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": disposition},
    )


def _result(report: ReportDefinition, form: ReportForm, question: ReportQuery) -> dict[str, Any]:
    comparison = compare(report, question, with_previous=form.compares)
    totals = [total_text(total, has_before=form.compares) for total in comparison.totals()]
    previous = question.previous
    return {
        "days": period_title(question.start, question.end),
        "days_before": period_title(previous.start, previous.end) if form.compares else "",
        "table": table_of(comparison),
        "totals": totals,
        "chart": chart_of(comparison, ", ".join(totals)),
        "csv_url": _url(report, "csv", form.asked()),
    }


def _periods(report: ReportDefinition, form: ReportForm) -> list[tuple[Any, str, bool]]:
    """Return the links to the periods, with the filters of the page."""
    today = form.now.astimezone(zone()).date()
    filters = {name: value for name, value in form.asked().items() if name in FILTERS}
    return [
        (
            PERIOD_LABELS[name],
            _url(report, query={"period": name, **filters}),
            days(today) == form.period,
        )
        for name, days in PERIODS.items()
    ]


def _url(report: ReportDefinition, part: str = "", query: Mapping[str, str] | None = None) -> str:
    address = reverse(f"admin:{page_name(report, part)}")
    return f"{address}?{urlencode(query)}" if query else address
