"""The change history: every row of the log of every request, for managers to read and for nobody to change."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from gasutil import access, reports
from gasutil.admin.filters import PeriodFilter, PersonFilter
from gasutil.admin.queue import CappedPaginator
from gasutil.admin.readonly import ReadOnly
from gasutil.admin.site import actor_of
from gasutil.admin.timeline import QUIET, what_happened
from gasutil.admin.wording import Names, moment
from gasutil.models import Event, RequestUpdate, ServiceRequest
from gasutil.search import REFERENCE, search_requests


class UpdateList(ChangeList):
    """A page of the log, with what each row changed and the request it belongs to: three queries for all of them."""

    result_list: list[Any]

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then what its rows are compared with."""
        super().get_results(request)
        rows = list(self.result_list)
        before = {row.pk: row for row in RequestUpdate.objects.filter(pk__in=[row.previous_id for row in rows if row.previous_id])}
        tickets = ServiceRequest.objects.only("reference").in_bulk({row.id for row in rows})
        for row in rows:
            row.ticket = tickets.get(row.id)
            told = [] if row.event == Event.CREATED else reports.changes_between(before.get(row.previous_id), row)
            row.told = [change for change in told if change.field not in QUIET]
        names = Names.of(change for row in rows for change in row.told)
        for row in rows:
            row.words = [names.word(change) for change in row.told]
        self.result_list = rows


@admin.register(RequestUpdate)
class RequestUpdateAdmin(ReadOnly, ModelAdmin):
    """The log of all requests."""

    list_display = ("when", "reference", "who", "what", "changes", "said", "channel")
    list_display_links = None
    list_filter = (
        ("history_user", PersonFilter),
        ("event", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("is_internal", BooleanRadioFilter),
        ("history_date", PeriodFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = ("history_user",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    ordering = ("-history_id",)
    search_fields = ("reference",)  # only says that there is a search; `get_search_results` does it
    search_help_text = "Reference, such as SR-7KQ-2M4-TDX"
    sortable_by = ()
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the log, each row with the id of the one before it on the same request."""
        earlier = RequestUpdate.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
        rows: QuerySet[Any] = access.visible_to(actor_of(request), RequestUpdate)
        compared: QuerySet[Any] = rows.annotate(previous_id=Subquery(earlier.values("history_id")[:1]))
        return compared

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[UpdateList]:
        """Return the list that says what changed."""
        return UpdateList

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Find the rows of one request, by its reference."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if not REFERENCE.fullmatch(term):
            return queryset.none(), False
        rows = search_requests(access.visible_to(actor_of(request), ServiceRequest), term)
        return queryset.filter(id__in=list(rows.values_list("pk", flat=True)[:1])), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the ticket that a row belongs to: a row has no page of its own."""
        if not self.has_view_permission(request):
            raise Http404
        row = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        if row is None:
            raise Http404
        return redirect(reverse("admin:gasutil_servicerequest_change", args=[row.id]) + f"#update-{row.pk}")

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say that there is no such page: this is the history."""
        raise Http404

    @display(description="When")
    def when(self, row: Any) -> str | SafeString:
        """Return when it happened, exactly, and how long ago on a second line."""
        at = f"{timezone.localtime(row.history_date):%d %b %Y, %H:%M:%S}"
        return format_html('{}<br><span class="quiet">{}</span>', at, moment(row.history_date, timezone.now()))

    @display(description="Request")
    def reference(self, row: Any) -> str | SafeString:
        """Return the reference, and the way to the ticket."""
        if row.ticket is None:
            return "—"
        link = reverse("admin:gasutil_servicerequest_change", args=[row.id])
        shown = format_html('<a class="link reference" href="{}#update-{}">{}</a>', link, row.pk, row.ticket.reference)
        return format_html(
            '{} <a class="story-link" href="{}">{}</a>',
            shown,
            reverse("admin:gasutil_servicerequest_story", args=[row.id]),
            _("Whole story"),
        )

    @display(description="Who")
    def who(self, row: Any) -> str:
        """Return who did it."""
        return str(row.history_user or "The system")

    @display(description="What happened")
    def what(self, row: Any) -> str:
        """Return what the row means."""
        return what_happened(row)[0].capitalize()

    @display(description="From → to")
    def changes(self, row: Any) -> SafeString:
        """Return what changed, from what to what."""
        line = '<li><span class="change-label">{}</span> <del>{}</del> <span aria-label="became">→</span> <ins>{}</ins></li>'
        return format_html('<ul class="changes">{}</ul>', format_html_join("", line, ((one.label, one.old, one.new) for one in row.words)))

    @display(description="Notes")
    def said(self, row: Any) -> SafeString:
        """Return what was said, and whether it was internal."""
        chip = format_html('<span class="chip chip-internal">{}</span> ', "Internal") if row.is_internal else ""
        return format_html('<span class="said">{}{}</span>', chip, row.notes)
