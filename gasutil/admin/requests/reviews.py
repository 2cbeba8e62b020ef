"""The reviews of closed requests: a list for managers, which leads to the tickets."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from gasutil import deadlines
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_minutes, time_ago
from gasutil.admin.base.http import pk_of
from gasutil.admin.base.model_admin import DeskAdmin, DeskChangeList
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.requests.clocks import reasons_of
from gasutil.models import Review, ReviewOutcome, ServiceRequest
from gasutil.proof import proof_status

OVERDUE, ALL = "overdue", "all"


class ReviewList(DeskChangeList):
    """A page of reviews, with the proof of the history of each request."""

    result_list: list[Any]

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then how much of each history is signed, in two queries."""
        super().get_results(request)
        reviews = list(self.result_list)
        signed = proof_status.signed_rows([review.service_request_id for review in reviews])
        for review in reviews:
            review.signed = signed.get(review.service_request_id)
        self.result_list = reviews


class ReviewStateFilter(DropdownFilter):
    """Filter by the state; without a choice, to those that wait."""

    title = gettext_lazy("state")
    parameter_name = "state"
    all_option = ("", gettext_lazy("Waiting"))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        ended = [choice for choice in ReviewOutcome.choices if choice[0] != ReviewOutcome.OPEN]
        return [(OVERDUE, _("Overdue")), *ended, (ALL, _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the reviews in a state."""
        value = self.value()
        if value == ALL:
            return queryset
        if value == OVERDUE:
            return queryset & Review.objects.overdue(timezone.now())
        return queryset.filter(outcome=value or ReviewOutcome.OPEN)


@admin.register(Review)
class ReviewAdmin(ReadOnly, DeskAdmin):
    """The closed requests that wait for a manager, the first deadline first."""

    list_display = ("about", "why", "closed", "due", "proof", "result")
    list_display_links = None
    list_filter = (ReviewStateFilter, ("reason", ChoicesDropdownFilter))
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = (
        "service_request__request_type",
        "service_request__assigned_to",
        "reviewer",
    )
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ReviewList]:
        """Return the list class that reads the proofs."""
        return ReviewList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the order: by deadline, or the newest first for those that have ended."""
        is_waiting = request.GET.get("state", "") in ("", OVERDUE)
        return ("due_at", "id") if is_waiting else ("-ended_at", "-id")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the ticket: a review has no page of its own."""
        review = Review.objects.filter(pk=pk_of(object_id)).first()
        if review is None or not self.has_view_permission(request):
            raise Http404
        return redirect("admin:gasutil_servicerequest_change", review.service_request_id)

    @display(description=gettext_lazy("Request"))
    def about(self, review: Review) -> SafeString:
        """Return the reference, linked to the ticket, its history, and its type."""
        obj = review.service_request
        return format_html(
            '<a class="link reference" href="{}">{}</a> <a class="story-link" href="{}">{}</a>'
            '<span class="quiet">{}</span>',
            reverse("admin:gasutil_servicerequest_change", args=[obj.pk]),
            obj.reference,
            reverse("admin:gasutil_servicerequest_story", args=[obj.pk]),
            _("Full history"),
            obj.request_type.localised_name,
        )

    @display(description=gettext_lazy("Why"))
    def why(self, review: Review) -> SafeString:
        """Return the reason, and the missed deadlines."""
        return format_html(
            '{}<br><span class="quiet">{}</span>',
            review.get_reason_display(),
            missed_deadlines(review.service_request),
        )

    @display(description=gettext_lazy("Closed"))
    def closed(self, review: Review) -> SafeString:
        """Return how and when the request was closed, and its assignee."""
        obj = review.service_request
        how = "" if obj.is_open else obj.get_status_display()
        return format_html(
            '{} {}<br><span class="quiet">{}</span>',
            how,
            time_ago(review.opened_at, timezone.now()),
            obj.assigned_to or _("Unassigned"),
        )

    @display(description=gettext_lazy("Review until"))
    def due(self, review: Review) -> SafeString:
        """Return the deadline, and whether it is over."""
        now = timezone.now()
        is_late = review.outcome == ReviewOutcome.OPEN and review.due_at < now
        return format_html(
            "{}{}",
            datetime_minutes(review.due_at),
            format_html(' <span class="chip chip-danger">{}</span>', _("Overdue"))
            if is_late
            else "",
        )

    @display(description=gettext_lazy("History"))
    def proof(self, review: Any) -> str:
        """Return how many rows of the history are in the signed log."""
        return signed_text(review.signed) if review.signed else EMPTY_VALUE

    @display(description=gettext_lazy("Result"))
    def result(self, review: Review) -> SafeString | str:
        """Return how the review ended, by whom and when."""
        if review.outcome == ReviewOutcome.OPEN:
            return _("Waiting")
        own = _("their own work") if review.is_own_work else ""
        who = ", ".join(str(part) for part in (review.reviewer, own) if part)
        return format_html(
            '{} {}<br><span class="quiet">{}</span>',
            review.get_outcome_display(),
            time_ago(review.ended_at, timezone.now()),
            who,
        )


def missed_deadlines(obj: ServiceRequest, *, with_reasons: bool = False) -> str:
    """Return the deadlines that a closed request has missed, each with the reason given."""
    labels = deadlines.labels_of(obj)
    late = [
        milestone
        for milestone in deadlines.milestones_of(obj)
        if milestone.is_breached(milestone.due_at)
    ]
    reasons = reasons_of(obj, {item.name: item.due_at for item in late}) if with_reasons else {}
    names = ", ".join(
        f"{labels[milestone.name]} ({reasons.get(milestone.name) or _('no reason given')})"
        if with_reasons
        else labels[milestone.name]
        for milestone in late
    )
    return _("missed: %(names)s") % {"names": names} if names else _("no deadline missed")


def signed_text(signed: proof_status.SignedRows) -> str:
    """Return how many rows of a history are in the signed log."""
    params = {"signed": signed.signed, "rows": signed.rows}
    return _("%(signed)s of %(rows)s entries signed") % params
