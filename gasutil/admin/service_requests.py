"""The queue of service requests. Nobody edits a row as a form: what happens to it happens through the ticket page's verbs."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from gasutil import access
from gasutil.admin import bulk, grants, imports, intake, queue, tickets
from gasutil.admin.clocks import next_due
from gasutil.admin.dialogs import DIALOGS
from gasutil.admin.exports import REQUESTS, Exported
from gasutil.admin.filters import AssigneeFilter, PeriodFilter
from gasutil.admin.readonly import ReadOnly
from gasutil.admin.site import actor_of
from gasutil.admin.wording import NOTHING, PRIORITY_COLOURS, STATUS_COLOURS, first_line, moment
from gasutil.models import ServiceRequest
from gasutil.search import search_requests


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnly, Exported, ModelAdmin):
    """The queue, and the way to each ticket."""

    list_display = ("headline", "due", "status_label", "priority_label", "customer_name", "assignee", "age")
    list_display_links = ("headline",)
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("request_type", RelatedDropdownFilter),
        ("priority", ChoicesDropdownFilter),
        AssigneeFilter,
        ("created_at", PeriodFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_before_template = "gasutil/take_next.html"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = queue.CappedPaginator
    search_fields = ("reference",)  # only says that there is a search; `get_search_results` does it
    search_help_text = "Reference, description or address"
    sortable_by = ("due", "age")
    actions = bulk.ACTIONS
    resource_classes = (REQUESTS,)
    import_export_change_list_template = "gasutil/queue_list.html"

    def has_view_permission(self, request: HttpRequest, obj: ServiceRequest | None = None) -> bool:
        """Return whether somebody works requests: the role says so, as it does in the API."""
        return actor_of(request).is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody works requests."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each verb, named as the verb is."""
        verbs = [
            path(
                f"<int:object_id>/{verb}/",
                self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(partial(tickets.do, verb=verb))),
                name=f"gasutil_servicerequest_{verb}",
            )
            for verb in DIALOGS
        ]
        files = [
            path(f"files/<int:pk>/{name}/", self.admin_site.admin_view(require_safe(view)), name=f"gasutil_attachment_{name}")
            for name, view in (("download", tickets.download_file), ("thumbnail", tickets.show_thumbnail))
        ]
        take = path("take-next/", self.admin_site.admin_view(require_POST(tickets.take_next)), name="gasutil_servicerequest_take_next")
        return [take, *verbs, *files, *intake.urls(self), *imports.urls(self), *grants.urls(self), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue, with the ways in that somebody may use."""
        shown = {"may_file": intake.may(request), "may_import": imports.may(request)}
        response: HttpResponse = super().changelist_view(request, shown | (extra_context or {}))
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceRequest]:
        """Return the rows of the view that somebody looks at, out of those he may see."""
        actor = actor_of(request)
        rows = access.visible_to(actor, ServiceRequest).select_related("request_type", "customer", "assigned_to")
        return rows.filter(queue.VIEWS[queue.view_of(request)].condition(actor))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the order of the view."""
        return queue.VIEWS[queue.view_of(request)].ordering

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[queue.QueueChangeList]:
        """Return the list that knows of views."""
        return queue.QueueChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ServiceRequest], search_term: str
    ) -> tuple[QuerySet[ServiceRequest], bool]:
        """Search as the API does."""
        return (search_requests(queryset, search_term.strip()) if search_term.strip() else queryset), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a ticket."""
        return self.ticket_view(request, object_id)

    def ticket_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a ticket; whatever changes it has an address of its own."""
        return _ticket(request, self, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say that there is no such page: the ticket tells its own history."""
        raise Http404

    @display(description="Request", header=True)
    def headline(self, obj: ServiceRequest) -> list[str | SafeString]:
        """Return what it is about, above its reference and type."""
        chip = (
            format_html(' <span class="chip chip-emergency {}">Emergency</span>', "mark" if obj.is_open else "") if obj.is_pressing else ""
        )
        return [
            first_line(obj.description),
            format_html('<span class="reference">{}</span>{} <span class="kind">{}</span>', obj.reference, chip, obj.request_type.name),
        ]

    @display(description="Due", ordering="queue_at")
    def due(self, obj: ServiceRequest) -> str | SafeString:
        """Return what it has to come to next, and when."""
        return next_due(obj, timezone.now())

    @display(description="Status", label=dict(STATUS_COLOURS))
    def status_label(self, obj: ServiceRequest) -> tuple[str, str]:
        """Return the status, in its colour."""
        return obj.status, obj.get_status_display()

    @display(description="Priority", label=dict(PRIORITY_COLOURS))
    def priority_label(self, obj: ServiceRequest) -> tuple[str, str]:
        """Return the priority, in its colour."""
        return obj.priority, obj.get_priority_display()

    @display(description="Customer")
    def customer_name(self, obj: ServiceRequest) -> str:
        """Return who asked."""
        return str(obj.customer)

    @display(description="Assignee")
    def assignee(self, obj: ServiceRequest) -> str | SafeString:
        """Return who works on it."""
        return (
            str(obj.assigned_to)
            if obj.assigned_to
            else format_html('<span class="quiet">{}</span>', "Unassigned" if obj.is_open else NOTHING)
        )

    @display(description="Age", ordering="-created_at")
    def age(self, obj: ServiceRequest) -> str | SafeString:
        """Return how long ago it was filed."""
        return moment(obj.created_at, timezone.now(), ago=False)


@require_safe
def _ticket(request: HttpRequest, model_admin: ServiceRequestAdmin, object_id: str) -> HttpResponse:
    actor = actor_of(request)
    obj = tickets.find(actor, object_id)
    site = model_admin.admin_site
    request.current_app = site.name
    page = {
        **site.each_context(request),
        **tickets.context(actor, obj),
        "opts": model_admin.opts,
        "original": obj,
        "title": obj.reference,
        "preserved_filters": model_admin.get_preserved_filters(request),
    }
    return TemplateResponse(request, "gasutil/ticket.html", page)
