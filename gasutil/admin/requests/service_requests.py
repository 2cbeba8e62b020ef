"""The queue of service requests.

No form edits a row: requests change through the verbs of the ticket page.
"""

import datetime as dt
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from gasutil import access
from gasutil.admin.base.export_columns import REQUEST_EXPORT, with_columns
from gasutil.admin.base.exports import Exported
from gasutil.admin.base.filters import (
    AssigneeFilter,
    DangerFilter,
    DueFilter,
    EmergencyFilter,
    FigureFilter,
    FiledFilter,
    IncidentFilter,
    LateFilter,
    ReopenedFilter,
    RepliedFilter,
    TeamFilter,
    TypeFilter,
)
from gasutil.admin.base.formatting import (
    EMPTY_VALUE,
    STATUS_COLOURS,
    customer_replied,
    danger,
    first_line,
    time_ago,
    unverified,
)
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.requests import (
    bulk,
    imports,
    intake,
    live_state,
    presence,
    queue,
    row_preview,
    saved_views,
    ticket_page,
    tickets,
)
from gasutil.admin.requests.clocks import next_due
from gasutil.admin.requests.dialogs import DIALOGS
from gasutil.models import Priority, SavedViewPage, ServiceRequest
from gasutil.models.identifiers import format_phone_number
from gasutil.search.query import search_requests


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnly, Exported, DeskAdmin):
    """The queue, with links to the tickets."""

    list_display = ("headline", "due", "status_label", "customer_name", "assignee", "age")
    list_display_links = ("headline",)
    list_filter = (
        ("status", ChoicesDropdownFilter),
        TypeFilter,
        ("priority", ChoicesDropdownFilter),
        AssigneeFilter,
        TeamFilter,
        LateFilter,
        DueFilter,
        EmergencyFilter,
        DangerFilter,
        RepliedFilter,
        ReopenedFilter,
        IncidentFilter,
        ("created_at", FiledFilter),
        FigureFilter,
    )
    linked_by = ("customer__id__exact",)
    list_filter_submit = True
    list_filter_sheet = True
    list_per_page = 50
    list_fullwidth = True
    list_before_template = "gasutil/queue_found.html"
    list_sections = (row_preview.RowPreview,)
    show_full_result_count = False
    paginator = CappedPaginator
    search_fields = ("reference",)  # only says that there is a search; `get_search_results` does it
    search_help_text = gettext_lazy("Reference, phone, name, address or text")
    sortable_by = ("due", "age")
    actions = bulk.ACTIONS
    resource_classes = (REQUEST_EXPORT,)
    export_rows = staticmethod(with_columns)
    import_export_change_list_template = "gasutil/queue_list.html"

    def has_view_permission(self, request: HttpRequest, obj: ServiceRequest | None = None) -> bool:
        """Return whether the user is staff, by their role, as in the API."""
        return actor_of(request).is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the user is staff."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each verb, named as the verb is."""
        verbs = [
            path(
                f"<int:object_id>/{verb}/",
                self.admin_site.admin_view(
                    require_http_methods(["GET", "HEAD", "POST"])(partial(tickets.do, verb=verb))
                ),
                name=f"gasutil_servicerequest_{verb}",
            )
            for verb in DIALOGS
        ]
        files = [
            path(
                f"files/<int:pk>/{name}/",
                self.admin_site.admin_view(require_safe(view)),
                name=f"gasutil_attachment_{name}",
            )
            for name, view in (
                ("download", tickets.download_file),
                ("thumbnail", tickets.show_thumbnail),
                ("preview", tickets.show_preview),
            )
        ]
        return [
            *self._queue_urls(),
            *saved_views.urls(self.admin_site, SavedViewPage.REQUESTS),
            *verbs,
            *files,
            *intake.urls(self),
            *imports.urls(self),
            *super().get_urls(),
        ]

    def _queue_urls(self) -> list[URLPattern]:
        views = (
            ("take-next/", "take_next", require_POST(tickets.take_next)),
            ("live/", "live", require_safe(live_state.live_state)),
            ("<int:object_id>/take/", "take", require_POST(tickets.take)),
            ("<int:object_id>/peek/", "peek", require_safe(row_preview.row_preview)),
            ("<int:object_id>/story/", "story", require_safe(ticket_page.story)),
            ("<int:object_id>/proof/", "proof", require_safe(ticket_page.proof)),
            ("<int:object_id>/replies/", "replies", require_safe(tickets.replies)),
            ("<int:object_id>/presence/", "presence", require_POST(presence.beat)),
        )
        return [
            path(where, self.admin_site.admin_view(view), name=f"gasutil_servicerequest_{name}")
            for where, name, view in views
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceRequest]:
        """Return the rows of the chosen view that the user may see."""
        actor = actor_of(request)
        rows = access.visible_to(actor, ServiceRequest).select_related(
            "request_type", "customer", "assigned_to"
        )
        return rows.filter(queue.QUEUE_VIEWS[queue.view_of(request.GET)].condition(actor))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the order of the view."""
        return queue.QUEUE_VIEWS[queue.view_of(request.GET)].ordering

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[queue.QueueChangeList]:
        """Return the list class with views."""
        return queue.QueueChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ServiceRequest], search_term: str
    ) -> tuple[QuerySet[ServiceRequest], bool]:
        """Search as the API does."""
        if not search_term.strip():
            return queryset, False
        return search_requests(actor_of(request), queryset, search_term), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the bulk actions, for those who can work on requests."""
        actions: dict[str, Any] = super().get_actions(request)
        return actions if _may_work(request) else {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue, with the saved views, and the actions that the user may take."""
        shown = {
            **saved_views.list_context(request, SavedViewPage.REQUESTS),
            "may_file": intake.may_file(request),
            "may_import": imports.may_import(request),
            "may_work": _may_work(request),
        }
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a ticket."""
        return self.ticket_view(request, object_id)

    def ticket_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a ticket; each change has its own URL."""
        return _ticket(request, self, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Raise `Http404`: the ticket shows its own history."""
        raise Http404

    @display(description=gettext_lazy("Request"))
    def headline(self, obj: ServiceRequest) -> SafeString:
        """Return the subject, above reference, urgency and type.

        It carries the data for the page's scripts.
        """
        return format_html(
            '<span class="row-title" dir="auto" data-pk="{}" data-version="{}">{}</span><span'
            ' class="row-meta"><span class="reference">{}</span>{}{} {}<span'
            ' class="kind">{}</span></span>',
            *(obj.pk, obj.version, first_line(obj.summary, 140), obj.reference),
            *(_pressing(obj), danger(obj)),
            *(customer_replied(obj.customer_wrote_at, timezone.now()), obj.request_type),
        )

    @display(
        description=gettext_lazy("Due"), ordering=F("due_at").asc(nulls_last=True)
    )  # what the index `request_due` carries
    def due(self, obj: ServiceRequest) -> str | SafeString:
        """Return the next milestone and its deadline.

        Or the time of the resolution, and whether it was in time.
        """
        now = timezone.now()
        return next_due(obj, now) if obj.is_open or not obj.resolved_at else _resolved(obj, now)

    @display(description=gettext_lazy("Status"), label=dict(STATUS_COLOURS))
    def status_label(self, obj: ServiceRequest) -> tuple[str, str]:
        """Return the status, in its colour."""
        return obj.status, obj.get_status_display()

    @display(description=gettext_lazy("Customer"))
    def customer_name(self, obj: ServiceRequest) -> SafeString:
        """Return the customer, above their phone number."""
        number = format_phone_number(obj.customer.phone_number)
        return format_html(
            '<span class="row-line">{}</span><span class="row-meta phone">{}</span>',
            str(obj.customer),
            number,
        )

    @display(description=gettext_lazy("Assignee"))
    def assignee(self, obj: ServiceRequest) -> SafeString:
        """Return the assignee."""
        if obj.assigned_to:
            return format_html('<span class="row-line">{}</span>', str(obj.assigned_to))
        return format_html(
            '<span class="quiet">{}</span>', _("Unassigned") if obj.is_open else EMPTY_VALUE
        )

    @display(description=gettext_lazy("Age"), ordering="-created_at")
    def age(self, obj: ServiceRequest) -> str | SafeString:
        """Return the age."""
        return time_ago(obj.created_at, timezone.now(), ago=False)


def _resolved(obj: ServiceRequest, now: dt.datetime) -> SafeString:
    is_late = obj.resolve_by and obj.resolved_at and obj.resolved_at > obj.resolve_by
    return format_html(
        '<span class="clock {}"><span class="material-symbols-outlined"'
        ' aria-hidden="true">{}</span> {}</span><span class="clock-of">{}</span>',
        *("was-late" if is_late else "is-quiet", "assignment_late" if is_late else "check_circle"),
        time_ago(obj.resolved_at, now),
        _("late") if is_late else _("on time") if obj.resolve_by else "",
    )


def _pressing(obj: ServiceRequest) -> SafeString | str:
    """Return the urgency of a request that is not normal: an icon, a label and a colour."""
    if obj.is_pressing:
        mark = "mark" if obj.is_open else ""
        icon = '<span class="material-symbols-outlined" aria-hidden="true">emergency_home</span>'
        return format_html(
            ' <span class="chip chip-emergency {}">' + icon + " {}</span>{}",
            mark,
            _("Emergency"),
            unverified(obj),
        )
    if obj.priority == Priority.NORMAL:
        return ""
    style = "chip-high" if obj.priority == Priority.HIGH else ""
    return format_html(' <span class="chip {}">{}</span>', style, obj.get_priority_display())


def _may_work(request: HttpRequest) -> bool:
    return actor_of(request).person.has_perm(access.WORK)  # which the page has read already


@require_safe
def _ticket(request: HttpRequest, model_admin: ServiceRequestAdmin, object_id: str) -> HttpResponse:
    obj = tickets.find_request(actor_of(request), object_id)
    site = model_admin.admin_site
    request.current_app = site.name
    page = {
        **site.each_context(request),
        **ticket_page.ticket_context(request, obj),
        "opts": model_admin.opts,
        "original": obj,
        "title": obj.reference,
        "preserved_filters": model_admin.get_preserved_filters(request),
    }
    return TemplateResponse(request, "gasutil/ticket.html", page)
