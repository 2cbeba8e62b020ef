"""Incidents: the page shows all reports of an incident, and sends messages to all reporters."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from unfold.decorators import display

from gasutil import access
from gasutil.admin.base.dialog_forms import NoteForm, htmx_redirect, render_dialog
from gasutil.admin.base.formatting import STATUS_COLOURS, danger, in_words, time_ago
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.requests.clocks import next_due
from gasutil.errors import DeskError
from gasutil.models import (
    URGENT_FIRST,
    Event,
    Incident,
    RequestUpdate,
    ServiceRequest,
    UserType,
)
from gasutil.workflow import incidents

COMMENT_VERB, CLOSE_VERB, REOPEN_VERB = "comment", "close", "reopen"
CLOSING = {
    "title": _("Close incident"),
    "description": _(
        "Your note resolves all reports that can be resolved. An emergency stays open unless "
        "its last outcome is “Made safe” or “Not a leak”."
    ),
}
MAX_REPORTS_SHOWN = 200


class CloseForm(NoteForm):
    """The message to everyone whose report is resolved."""

    is_internal = None  # type: ignore[assignment]  # reporters receive the reason why their report is closed


@admin.register(Incident)
class IncidentAdmin(ReadOnly, DeskAdmin):
    """The list of incidents, with links to their pages."""

    list_display = ("headline", "state", "open_reports", "all_reports", "age")
    list_display_links = ("headline",)
    list_filter = (("closed_at", admin.EmptyFieldListFilter),)
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    search_fields = ("reference", "title")
    search_help_text = _("Reference or title")
    sortable_by = ()
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Incident | None = None) -> bool:
        """Return whether the user is staff."""
        return actor_of(request).is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the user is staff."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        """Return the incidents with their number of reports."""
        rows: QuerySet[Incident] = super().get_queryset(request)
        return rows.annotate(
            n_all=Count("reports"), n_open=Count("reports", filter=Q(reports__is_open=True))
        )

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each verb."""
        verbs = [
            path(
                f"<int:object_id>/{verb}/",
                self.admin_site.admin_view(
                    require_http_methods(["GET", "HEAD", "POST"])(partial(view, self))
                ),
                name=f"gasutil_incident_{verb}",
            )
            for verb, view in ((COMMENT_VERB, comment), (CLOSE_VERB, close))
        ]
        again = path(
            f"<int:object_id>/{REOPEN_VERB}/",
            self.admin_site.admin_view(require_POST(partial(reopen_closed, self))),
            name=f"gasutil_incident_{REOPEN_VERB}",
        )
        return [*verbs, again, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an incident; each change has its own URL."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        obj = find_incident(self, request, object_id)
        request.current_app = self.admin_site.name
        page = {
            **self.admin_site.each_context(request),
            **incident_context(obj, timezone.now()),
            "may_work": actor_of(request).person.has_perm(access.WORK),
            "opts": self.opts,
            "original": obj,
            "title": obj.reference,
            "preserved_filters": self.get_preserved_filters(request),
        }
        return TemplateResponse(request, "gasutil/incident.html", page)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Raise `Http404`: the page of the incident shows its history."""
        raise Http404

    @display(description=_("Incident"), header=True)
    def headline(self, obj: Incident) -> list[str | SafeString]:
        """Return the title, above the reference."""
        return [obj.title, format_html('<span class="reference">{}</span>', obj.reference)]

    @display(description=_("State"), label={"open": "warning", "closed": "success"})
    def state(self, obj: Incident) -> tuple[str, str]:
        """Return whether the incident is open or closed."""
        return ("closed", _t("Closed")) if obj.closed_at else ("open", _t("Open"))

    @display(description=_("Open reports"))
    def open_reports(self, obj: Any) -> str:
        """Return the number of open reports."""
        return ngettext("%(number)d open", "%(number)d open", obj.n_open) % {"number": obj.n_open}

    @display(description=_("Reports"))
    def all_reports(self, obj: Any) -> str:
        """Return the number of reports."""
        return _reports(obj.n_all)

    @display(description=_("Opened"))
    def age(self, obj: Incident) -> str | SafeString:
        """Return the age."""
        return time_ago(obj.created_at, timezone.now())


def find_incident(model_admin: IncidentAdmin, request: HttpRequest, pk: str | int) -> Incident:
    """Return an incident; raise `Http404`."""
    obj = (
        Incident.objects.filter(pk=pk_of(pk)).first()
        if model_admin.has_view_permission(request)
        else None
    )
    if obj is None:
        raise Http404
    return obj


def incident_context(obj: Incident, now: dt.datetime) -> dict[str, Any]:
    """Return the context of the page of an incident."""
    reports = list(
        ServiceRequest.objects.filter(incident=obj)
        .select_related("customer", "request_type")
        .order_by("-is_open", *URGENT_FIRST)[:MAX_REPORTS_SHOWN]
    )
    rows = [
        {
            "ticket": report,
            "colour": STATUS_COLOURS[report.status],
            "due": next_due(report, now),
            "danger": danger(report),
        }
        for report in reports
    ]
    return {
        "incident": obj,
        "rows": rows,
        "n_open": sum(report.is_open for report in reports),
        "opened": time_ago(obj.created_at, now),
        "closed": time_ago(obj.closed_at, now),
        "lines": _lines(obj, [report.pk for report in reports], now),
        "composer": NoteForm(request=None, auto_id="composer_%s"),
        "comment_url": _url(obj.pk, COMMENT_VERB),
        "close_url": _url(obj.pk, CLOSE_VERB),
        "reopen_url": _url(obj.pk, REOPEN_VERB),
    }


def _lines(obj: Incident, reports: Sequence[int], now: dt.datetime) -> list[dict[str, Any]]:
    """Return what happened to the incident, and what staff wrote on its reports, newest first.

    A message to many reports is one line.
    """
    changes: list[Any] = list(obj.history.select_related("history_user", "machine_account"))
    lines = [{"row": row, "what": _what(row), "notes": ""} for row in changes]
    messages_by_text: dict[tuple[Any, ...], list[Any]] = {}
    written = RequestUpdate.objects.filter(
        id__in=reports,
        event=Event.COMMENTED,
        incident=obj,
        history_user__user_type=UserType.SUPPORT,
    ).select_related("history_user", "machine_account")
    for row in written.order_by("-history_id")[:MAX_REPORTS_SHOWN]:
        key = (row.history_user_id, row.is_internal, row.notes)
        messages_by_text.setdefault(key, []).append(row)
    for (*_author, notes), rows in messages_by_text.items():
        what = _t("wrote on %(reports)s") % {"reports": _reports(len(rows))}
        lines.append({"row": rows[0], "what": what, "notes": notes})
    lines.sort(key=lambda line: line["row"].history_date, reverse=True)
    return [line | {"when": time_ago(line["row"].history_date, now)} for line in lines]


def comment(model_admin: IncidentAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """Comment on every open report of an incident."""
    obj = find_incident(model_admin, request, object_id)
    form = NoteForm(
        request=request,
        auto_id="composer_%s",
        data=request.POST if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            rows = incidents.comment(obj.pk, actor=actor_of(request), **form.arguments())
        except DeskError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _t("Message added to %(reports)s.") % {"reports": _reports(len(rows))}
            )
            return htmx_redirect(request, _url(obj.pk))
    shown = {
        "composer": form,
        "comment_url": request.path,
        "composer_label": _t("Write to all open reports"),
    }
    return render(request, "gasutil/composer.html", shown)


def close(model_admin: IncidentAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the dialog that closes an incident, or close it and show the result."""
    obj = find_incident(model_admin, request, object_id)
    form = CloseForm(request=request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = incidents.close(
                obj.pk, actor=actor_of(request), notes=form.cleaned_data["notes"]
            )
        except DeskError as error:
            form.refuse(error)
        else:
            params = {"reference": obj.reference, "reports": _reports(len(done.resolved))}
            text = (
                _t("%(reference)s closed, and %(reports)s resolved.")
                if done.resolved
                else _t("%(reference)s is closed.")
            )
            messages.success(request, text % params)
            for report, why in done.kept:
                messages.warning(
                    request,
                    _t("%(reference)s stays open. %(why)s")
                    % {
                        "reference": report.reference,
                        "why": in_words(why),
                    },
                )
            return htmx_redirect(request, _url(obj.pk))
    return render_dialog(request, CLOSING, form, _t("Close incident"))


def reopen_closed(model_admin: IncidentAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """Open a closed incident again."""
    obj = find_incident(model_admin, request, object_id)
    try:
        incidents.reopen_incident(obj.pk, actor=actor_of(request))
    except DeskError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _t("%(reference)s reopened.") % {"reference": obj.reference})
    return HttpResponseRedirect(_url(obj.pk))


def _reports(number: int) -> str:
    return ngettext("%(number)d report", "%(number)d reports", number) % {"number": number}


def _what(row: Any) -> str:
    texts = {
        "Opened": _t("opened the incident"),
        "Closed": _t("closed the incident"),
        "Reopened": _t("reopened the incident"),
    }
    return texts.get(row.history_change_reason, _t("changed this"))


def _url(pk: int, verb: str = "change") -> str:
    return reverse(f"admin:gasutil_incident_{verb}", args=[pk])
