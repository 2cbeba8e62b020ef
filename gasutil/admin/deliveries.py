"""What has gone out to whom: quietly on the ticket, and all of it for managers, who can have a thing sent again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from gasutil import access
from gasutil.admin import preferences
from gasutil.admin.filters import ByIdFilter, PeriodFilter, PersonFilter
from gasutil.admin.queue import CappedPaginator
from gasutil.admin.readonly import ReadOnly
from gasutil.admin.site import actor_of, pk_of
from gasutil.admin.word_forms import SafeDialogForm, go, show
from gasutil.admin.wording import NOTHING, moment, span
from gasutil.errors import Conflict, DeskError
from gasutil.models import Delivery, DeliveryState, ServiceRequest
from gasutil.notify import deliveries
from gasutil.search import REFERENCE, search_requests

STATE_COLOURS: Mapping[str, str] = {
    DeliveryState.WAITING: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "warning",
    DeliveryState.GIVEN_UP: "danger",
    DeliveryState.SKIPPED: "",
}
ICONS: Mapping[str, str] = {
    DeliveryState.WAITING: "schedule_send",
    DeliveryState.SENT: "mark_email_read",
    DeliveryState.FAILED: "sync_problem",
    DeliveryState.GIVEN_UP: "unsubscribe",
    DeliveryState.SKIPPED: "notifications_off",
}
SENTENCES: Mapping[str, Any] = {
    DeliveryState.WAITING: gettext_lazy("{way} to {who} is on its way"),
    DeliveryState.SENT: gettext_lazy("{way} to {who} sent {when}"),
    DeliveryState.FAILED: gettext_lazy("{way} to {who} failed, tries again {when}: {why}"),
    DeliveryState.GIVEN_UP: gettext_lazy("{way} to {who} given up: {why}"),
    DeliveryState.SKIPPED: gettext_lazy("{way} to {who} not sent: {why}"),
}
AGAIN = {
    "title": gettext_lazy("Send again"),
    "description": gettext_lazy("It goes out once more, now, to the recipient's present address, as things are by now."),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Send again"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What has become of telling somebody of one line of a ticket's story."""

    icon: str
    is_bad: bool
    sentence: SafeString


def told(obj: ServiceRequest, now: dt.datetime) -> Mapping[int, list[Told]]:
    """Return by the line that it tells of what has gone out of a request to whom, in one query."""
    groups: dict[Any, list[Delivery]] = defaultdict(list)
    for one in Delivery.objects.filter(service_request=obj).select_related("user", "webhook").order_by("id"):
        groups[one.update_id, one.channel, one.state, one.last_error].append(one)
    found: dict[int, list[Told]] = defaultdict(list)
    for (update_id, *_alike), group in groups.items():
        found[update_id].append(_told(group, obj, now))
    return found


def _told(group: list[Delivery], obj: ServiceRequest, now: dt.datetime) -> Told:
    """Say what has become of deliveries of one line that have fared alike."""
    one = group[-1]
    when = moment(one.sent_at, now) if one.state == DeliveryState.SENT else until(one.next_at, now)
    who = ", ".join(_("the customer") if each.user_id == obj.customer_id else each.recipient for each in group)
    sentence = format_html(str(SENTENCES[one.state]), way=one.get_channel_display(), who=who, when=when, why=one.why)
    return Told(icon=ICONS[one.state], is_bad=one.state in (DeliveryState.FAILED, DeliveryState.GIVEN_UP), sentence=sentence)


def until(at: dt.datetime | None, now: dt.datetime) -> str:
    """Return in how long something is to be."""
    seconds = 0 if at is None else (at - now).total_seconds()
    return _("in %(time)s") % {"time": span(seconds)} if seconds >= 60 else _("in a moment")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    """Everything that has gone out, is to go out, or did not."""

    list_display = ("made", "what", "recipient", "state_label", "attempts", "said")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("notice", ChoicesDropdownFilter),
        ("user", PersonFilter),
        ("webhook", ByIdFilter),
        ("created_at", PeriodFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = ("user", "webhook", "service_request", "update")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    search_fields = ("address",)  # only says that there is a search; `get_search_results` does it
    search_help_text = gettext_lazy("Reference, or the whole address")
    sortable_by = ()
    actions = ("send_these_again",)
    actions_detail = ("send_again",)
    fieldsets = (
        (None, {"fields": ("reference", "about", "channel", "recipient", "address")}),
        (gettext_lazy("How it stands"), {"fields": ("standing", "attempts", "said", "next_at", "sent_at", "created_at")}),
        (gettext_lazy("Sent again"), {"fields": ("times_again", "resent_by")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the page of one's own notices."""
        return [
            path("my-notices/", self.admin_site.admin_view(preferences.my_notices), name="my_notices"),
            *super().get_urls(),
        ]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str) -> tuple[QuerySet[Delivery], bool]:
        """Find what went out of one request, or to one address."""
        term = search_term.strip()
        if REFERENCE.fullmatch(term):
            actor = actor_of(request)
            rows = search_requests(actor, access.visible_to(actor, ServiceRequest), term)
            return queryset.filter(service_request__in=list(rows.values_list("pk", flat=True)[:1])), False
        return (queryset.filter(Q(address__iexact=term) | Q(user__email__iexact=term)) if term else queryset), False

    # --- Sending again ---

    def has_resend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether somebody may have a delivery sent again."""
        return bool(request.user.has_perm("gasutil.resend_delivery"))

    @action(description=gettext_lazy("Send again"), url_path="send-again", icon="replay", permissions=["resend"], dialog=AGAIN)
    def send_again(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Have one delivery sent again."""
        try:
            one = deliveries.send_again(pk_of(object_id), actor=actor_of(request))
        except DeskError as error:
            form.refuse(error)
            return show(request, AGAIN, form, AGAIN["form_submit_text"])
        messages.success(request, _("It goes out again."))
        return go(request, reverse("admin:gasutil_delivery_change", args=[one.pk]))

    @admin.action(description=gettext_lazy("Send again"), permissions=["resend"])
    def send_these_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Have the chosen deliveries sent again, unless there are too many of them."""
        chosen = list(queryset.values_list("pk", flat=True)[: settings.BULK_LIMIT + 1])
        try:
            number = deliveries.send_these_again(chosen, actor=actor_of(request))
        except Conflict as error:
            messages.error(request, error.message)
            return
        messages.success(request, ngettext("%(number)s goes out again.", "%(number)s go out again.", number) % {"number": number})

    # --- Columns ---

    @display(description=gettext_lazy("When"))
    def made(self, one: Delivery) -> str | SafeString:
        """Return how long ago it was planned."""
        return format_html('<span class="nowrap">{}</span>', moment(one.created_at, timezone.now()))

    @display(description=gettext_lazy("What"))
    def what(self, one: Delivery) -> SafeString:
        """Return what it tells, above the request that it tells of."""
        return format_html('{}<br><span class="quiet">{}</span>', self.about(one), self.reference(one))

    @display(description=gettext_lazy("Request"))
    def reference(self, one: Delivery) -> str | SafeString:
        """Return the reference, and the way to the line that it tells of."""
        if one.service_request is None:
            return NOTHING
        link = reverse("admin:gasutil_servicerequest_change", args=[one.service_request_id])
        return format_html('<a class="link reference" href="{}#update-{}">{}</a>', link, one.update_id, one.service_request.reference)

    @display(description=gettext_lazy("Recipient"))
    def recipient(self, one: Delivery) -> str | SafeString:
        """Return who is told, above where."""
        address = one.address or (one.user.email if one.user else "")
        return format_html('{}<br><span class="quiet">{}</span>', one.recipient, address) if one.recipient != address else address

    @display(description=gettext_lazy("What"))
    def about(self, one: Delivery) -> str:
        """Return what it tells."""
        if one.notice:
            return one.get_notice_display()
        return one.update.get_event_display() if one.update else _("A test")

    @display(description=gettext_lazy("State"), label=dict(STATE_COLOURS))
    def state_label(self, one: Delivery) -> tuple[str, str]:
        """Return how it stands, in its colour."""
        return one.state, one.get_state_display()

    @display(description=gettext_lazy("State"))
    def standing(self, one: Delivery) -> str:
        """Return how it stands, in words alone."""
        return one.get_state_display()

    @display(description=gettext_lazy("How it went"))
    def said(self, one: Delivery) -> SafeString:
        """Return when it was sent; or what went wrong, and when it is tried next."""
        if one.state == DeliveryState.SENT:
            return format_html('<span class="said">{}</span>', format_html(_("sent {when}"), when=moment(one.sent_at, timezone.now())))
        again = until(one.next_at, timezone.now()) if one.state == DeliveryState.FAILED else ""
        return format_html('<span class="said">{}</span>', " · ".join(filter(None, (again, one.why))))

    @display(description=gettext_lazy("Times sent again"))
    def times_again(self, one: Delivery) -> int:
        """Return how often somebody has had it sent again."""
        return one.sendings - 1
