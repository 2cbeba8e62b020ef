"""The subscriptions to reports: the form on the page of a report, and the page that lists them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gasutil.admin.base.filters import choices
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.reports.forms import ReportForm
from gasutil.errors import DeskError, Invalid
from gasutil.models import Notice, ReportSubscription, User
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.tables import READ_REPORTS, ReportDefinition
from gasutil.workflow import report_subscriptions


@require_http_methods(["GET", "HEAD", "POST"])
def report_emails(request: HttpRequest) -> HttpResponse:
    """Show the user's subscriptions, or end one."""
    require_reader(request)
    actor = actor_of(request)
    if request.method == "POST":
        report_subscriptions.end_subscription(pk_of(request.POST.get("end", "")), actor=actor)
        messages.success(request, _("You no longer receive this report."))
        return redirect("admin:report_emails")
    shown = {
        **admin.site.each_context(request),
        "title": _("Reports by email"),
        "subscriptions": _subscriptions(actor.person),
        "is_muted": Notice.REPORT in actor.person.muted_notices,
        "address": actor.person.email,
    }
    return render(request, "gasutil/report_emails.html", shown)


def add_subscription(
    request: HttpRequest, report: ReportDefinition, form: ReportForm
) -> HttpResponse:
    """Subscribe to a report with the filters of its page."""
    given = form.asked()
    try:
        report_subscriptions.subscribe_to_report(
            actor=actor_of(request),
            report=report.name,
            frequency=request.POST.get("frequency", ""),
            request_type=given.get("request_type", ""),
            team=pk_of(given["team"]) if "team" in given else None,
        )
        messages.success(request, _("You will receive this report. The first email comes soon."))
    except DeskError as error:
        errors = error.errors if isinstance(error, Invalid) else []
        texts = [problem.message for problem in errors] or [error.message]
        messages.error(request, " ".join(texts))
    return redirect("admin:report_emails")


def require_reader(request: HttpRequest) -> None:
    """Raise `PermissionDenied` for a user who may not read reports."""
    if not may_read(request):
        raise PermissionDenied


def may_read(request: HttpRequest) -> bool:
    """Return whether the user may read reports."""
    return request.user.has_perm(READ_REPORTS)


def _subscriptions(user: User) -> list[dict[str, Any]]:
    rows = ReportSubscription.objects.filter(user=user, report__in=REPORTS_BY_NAME)
    return [
        {
            "pk": row.pk,
            "title": REPORTS_BY_NAME[row.report].title,
            "frequency": row.get_frequency_display(),
            "filters": _filter_names(row.request_type, row.team_id),
        }
        for row in rows
    ]


def _filter_names(request_type: str, team: int | None) -> list[str]:
    """Return the names of the filters."""
    known = choices()
    return [
        dict(known[what]).get(value, value)
        for what, value in (("type", request_type), ("team", str(team or "")))
        if value
    ]
