"""The change history: every history row of every request, read-only for managers."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display

from gasutil import access, request_history
from gasutil.admin.base.active_filters import ActiveFilter, active_filters
from gasutil.admin.base.export_columns import HISTORY_EXPORT, select_references
from gasutil.admin.base.exports import Exported
from gasutil.admin.base.filters import FigureFilter, PeriodFilter, PersonFilter
from gasutil.admin.base.formatting import EMPTY_VALUE, Names, time_ago
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin, DeskChangeList
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.requests import saved_views
from gasutil.admin.requests.timeline import (
    QUIET,
    author_is_unknown,
    author_of,
    what_happened,
)
from gasutil.admin.requests.update_filters import ChangeFilter, RelativePeriodFilter
from gasutil.models import NEWEST_FIRST, Event, RequestUpdate, SavedViewPage, ServiceRequest
from gasutil.search.terms import find_reference


class UpdateList(DeskChangeList):
    """A page of the log, with the changes of each row and the request it belongs to.

    Three queries read these for all rows.
    """

    result_list: list[Any]

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then the rows that its rows are compared with."""
        super().get_results(request)
        rows = list(self.result_list)
        before = {
            row.pk: row
            for row in RequestUpdate.objects.filter(
                pk__in=[row.previous_id for row in rows if row.previous_id]
            )
        }
        tickets = ServiceRequest.objects.only("reference").in_bulk({row.id for row in rows})
        for row in rows:
            row.ticket = tickets.get(row.id)
            result = (
                []
                if row.event == Event.CREATED
                else request_history.changes_between(before.get(row.previous_id), row)
            )
            row.shown_changes = [change for change in result if change.field not in QUIET]
        names = Names.of(change for row in rows for change in row.shown_changes)
        for row in rows:
            row.words = [names.word(change) for change in row.shown_changes]
        self.result_list = rows

    @property
    def filters_in_words(self) -> list[ActiveFilter]:
        """Return the active filters in words, for the page."""
        return active_filters(self)


@admin.register(RequestUpdate)
class RequestUpdateAdmin(ReadOnly, Exported, DeskAdmin):
    """The log of all requests."""

    list_display = ("when", "reference", "who", "what", "text")
    list_display_links = None
    list_filter = (
        ("history_user", PersonFilter),
        ChangeFilter,
        ("event", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("is_internal", BooleanRadioFilter),
        RelativePeriodFilter,
        ("history_date", PeriodFilter),
        FigureFilter,
    )
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_before_template = "gasutil/active_filters.html"
    import_export_change_list_template = "gasutil/update_list.html"
    list_select_related = ("history_user", "machine_account")
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = NEWEST_FIRST
    search_fields = ("reference",)  # only says that there is a search; `get_search_results` does it
    search_help_text = _("Reference, for example SR-7KQ-2M4-TDX")
    sortable_by = ()
    actions = None
    resource_classes = (HISTORY_EXPORT,)
    export_rows = staticmethod(select_references)

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of saved views."""
        return [*saved_views.urls(self.admin_site, SavedViewPage.HISTORY), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the saved views of it."""
        shown = saved_views.list_context(request, SavedViewPage.HISTORY)
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the log, each row with the id of the one before it on the same request."""
        earlier = RequestUpdate.objects.filter(
            id=OuterRef("id"), history_id__lt=OuterRef("history_id")
        ).order_by("-history_id")
        rows: QuerySet[Any] = access.visible_to(actor_of(request), RequestUpdate)
        compared: QuerySet[Any] = rows.annotate(
            previous_id=Subquery(earlier.values("history_id")[:1])
        )
        return compared

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[UpdateList]:
        """Return the list class that shows the changes."""
        return UpdateList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the rows of one request, by its reference."""
        term = search_term.strip()
        if not term:
            return queryset, False
        reference = find_reference(term)
        if not reference:
            return queryset.none(), False
        rows = access.visible_to(actor_of(request), ServiceRequest).filter(reference=reference)
        return queryset.filter(id__in=list(rows.values_list("pk", flat=True)[:1])), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the ticket of a row: a row has no page of its own."""
        if not self.has_view_permission(request):
            raise Http404
        row = self.get_queryset(request).filter(pk=pk_of(object_id)).first()
        if row is None:
            raise Http404
        return redirect(
            reverse("admin:gasutil_servicerequest_change", args=[row.id]) + f"#update-{row.pk}"
        )

    @display(description=_("When"))
    def when(self, row: Any) -> str | SafeString:
        """Return the exact time, above its age."""
        at = date_format(timezone.localtime(row.history_date), "d M Y, H:i:s")
        return format_html(
            '{}<br><span class="quiet">{}</span>', at, time_ago(row.history_date, timezone.now())
        )

    @display(description=_("Request"))
    def reference(self, row: Any) -> str | SafeString:
        """Return the reference, linked to the line of the ticket's timeline."""
        if row.ticket is None:
            return EMPTY_VALUE
        link = reverse("admin:gasutil_servicerequest_change", args=[row.id])
        shown = format_html(
            '<a class="link reference" href="{}#update-{}">{}</a>',
            link,
            row.pk,
            row.ticket.reference,
        )
        return format_html(
            '{} <a class="story-link" href="{}">{}</a>',
            shown,
            reverse("admin:gasutil_servicerequest_story", args=[row.id]),
            _("Full history"),
        )

    @display(description=_("Who"))
    def who(self, row: Any) -> SafeString:
        """Return the author and the channel."""
        entry_point = "" if author_is_unknown(row) else row.get_channel_display()
        return format_html('{}<br><span class="quiet">{}</span>', author_of(row), entry_point)

    @display(description=_("What changed"))
    def what(self, row: Any) -> SafeString:
        """Return the event and its changes, with old and new values."""
        sentence, icon = what_happened(row)
        head = (
            '<p class="update-line"><span class="material-symbols-outlined" aria-hidden="true">'
            '{}</span> {}</p><ul class="changes">{}</ul>'
        )
        line = (
            '<li><span class="change-label">{}</span> <del>{}</del> <span class="became"'
            ' aria-label="{}">→</span> <ins>{}</ins></li>'
        )
        changes = format_html_join(
            "", line, ((word.label, word.old, _("became"), word.new) for word in row.words)
        )
        return format_html(head, icon, sentence[:1].upper() + sentence[1:], changes)

    @display(description=_("Notes"))
    def text(self, row: Any) -> SafeString:
        """Return the note, and whether it is internal."""
        chip = (
            format_html('<span class="chip chip-internal">{}</span> ', _("Internal"))
            if row.is_internal
            else ""
        )
        return format_html('{}<span class="row-text" dir="auto">{}</span>', chip, row.notes)
