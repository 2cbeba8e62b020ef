"""Deliveries: a line on the ticket, and a list for managers, who can send them again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from gasutil import access
from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.filters import ByIdFilter, PeriodFilter, PersonFilter
from gasutil.admin.base.formatting import EMPTY_VALUE, duration, time_ago
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.errors import Conflict, DeskError
from gasutil.models import Delivery, DeliveryState, ServiceRequest
from gasutil.notify import deliveries
from gasutil.search.terms import find_reference

STATE_COLOURS: Mapping[str, str] = {
    DeliveryState.WAITING: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "warning",
    DeliveryState.GIVEN_UP: "danger",
    DeliveryState.SKIPPED: "",
}
DELIVERY_ICONS: Mapping[str, str] = {
    DeliveryState.WAITING: "schedule_send",
    DeliveryState.SENT: "mark_email_read",
    DeliveryState.FAILED: "sync_problem",
    DeliveryState.GIVEN_UP: "unsubscribe",
    DeliveryState.SKIPPED: "notifications_off",
}
DELIVERY_SENTENCES: Mapping[str, Any] = {
    DeliveryState.WAITING: gettext_lazy("{way} to {who} queued"),
    DeliveryState.SENT: gettext_lazy("{way} to {who} sent {when}"),
    DeliveryState.FAILED: gettext_lazy("{way} to {who} failed, next retry {when}: {why}"),
    DeliveryState.GIVEN_UP: gettext_lazy("{way} to {who} failed permanently: {why}"),
    DeliveryState.SKIPPED: gettext_lazy("{way} to {who} not sent: {why}"),
}
AGAIN = {
    "title": gettext_lazy("Send again"),
    "description": gettext_lazy(
        "The message is sent again to the recipient's current address, with current information."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Send again"),
}


@dataclass(frozen=True, kw_only=True)
class SentNotice:
    """The state of the notifications of one line of a ticket's timeline."""

    icon: str
    is_bad: bool
    sentence: SafeString


def sent_notices(obj: ServiceRequest, now: dt.datetime) -> Mapping[int, list[SentNotice]]:
    """Return the deliveries of a request by the id of their history row, in one query."""
    groups: dict[Any, list[Delivery]] = defaultdict(list)
    for delivery in (
        Delivery.objects.filter(service_request=obj)
        .select_related("user", "webhook")
        .order_by("id")
    ):
        groups[delivery.update_id, delivery.channel, delivery.state, delivery.last_error].append(
            delivery
        )
    result: dict[int, list[SentNotice]] = defaultdict(list)
    for (update_id, *_alike), group in groups.items():
        result[update_id].append(_sent_notice(group, obj, now))
    return result


def _sent_notice(group: list[Delivery], obj: ServiceRequest, now: dt.datetime) -> SentNotice:
    """Describe the deliveries of one line that have the same state."""
    delivery = group[-1]
    when = (
        time_ago(delivery.sent_at, now)
        if delivery.state == DeliveryState.SENT
        else until(delivery.next_at, now)
    )
    who = ", ".join(
        _("the customer") if each.user_id == obj.customer_id else each.recipient for each in group
    )
    sentence = format_html(
        str(DELIVERY_SENTENCES[delivery.state]),
        way=delivery.get_channel_display(),
        who=who,
        when=when,
        why=delivery.why,
    )
    return SentNotice(
        icon=DELIVERY_ICONS[delivery.state],
        is_bad=delivery.state in (DeliveryState.FAILED, DeliveryState.GIVEN_UP),
        sentence=sentence,
    )


def until(at: dt.datetime | None, now: dt.datetime) -> str:
    """Return the time until something happens."""
    seconds = 0 if at is None else (at - now).total_seconds()
    return _("in %(time)s") % {"time": duration(seconds)} if seconds >= 60 else _("in a moment")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, DeskAdmin):
    """The log of deliveries: sent, queued and failed."""

    list_display = ("made", "what", "recipient", "state_label", "attempts", "text")
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
    paginator = CappedPaginator
    search_fields = ("address",)  # only says that there is a search; `get_search_results` does it
    search_help_text = gettext_lazy("Reference or full address")
    sortable_by = ()
    actions = ("send_these_again",)
    actions_detail = ("send_again",)
    fieldsets = (
        (None, {"fields": ("reference", "about", "channel", "recipient", "address")}),
        (
            gettext_lazy("Status"),
            {"fields": ("standing", "attempts", "text", "next_at", "sent_at", "created_at")},
        ),
        (gettext_lazy("Sent again"), {"fields": ("times_again", "resent_by")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Find the deliveries about a request, or to an address."""
        term = search_term.strip()
        if reference := find_reference(term):
            rows = access.visible_to(actor_of(request), ServiceRequest).filter(reference=reference)
            return (
                queryset.filter(service_request__in=list(rows.values_list("pk", flat=True)[:1])),
                False,
            )
        return (
            queryset.filter(Q(address__iexact=term) | Q(user__email__iexact=term))
            if term
            else queryset
        ), False

    # --- Sending again ---

    def has_resend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether the user may send deliveries again."""
        return bool(request.user.has_perm("gasutil.resend_delivery"))

    @action(
        description=gettext_lazy("Send again"),
        url_path="send-again",
        icon="replay",
        permissions=["resend"],
        dialog=AGAIN,
    )
    def send_again(
        self, request: HttpRequest, form: SafeDialogForm, object_id: str
    ) -> HttpResponse:
        """Send one delivery again."""
        try:
            delivery = deliveries.send_again(pk_of(object_id), actor=actor_of(request))
        except DeskError as error:
            form.refuse(error)
            return render_dialog(request, AGAIN, form, AGAIN["form_submit_text"])
        messages.success(request, _("Queued to send again."))
        return htmx_redirect(request, reverse("admin:gasutil_delivery_change", args=[delivery.pk]))

    @admin.action(description=gettext_lazy("Send again"), permissions=["resend"])
    def send_these_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Send the chosen deliveries again, unless there are too many."""
        chosen = list(queryset.values_list("pk", flat=True)[: settings.BULK_LIMIT + 1])
        try:
            number = deliveries.send_these_again(chosen, actor=actor_of(request))
        except Conflict as error:
            messages.error(request, error.message)
            return
        messages.success(
            request,
            ngettext(
                "%(number)s message queued to send again.",
                "%(number)s messages queued to send again.",
                number,
            )
            % {"number": number},
        )

    # --- Columns ---

    @display(description=gettext_lazy("When"))
    def made(self, delivery: Delivery) -> str | SafeString:
        """Return the age."""
        return format_html(
            '<span class="nowrap">{}</span>', time_ago(delivery.created_at, timezone.now())
        )

    @display(description=gettext_lazy("What"))
    def what(self, delivery: Delivery) -> SafeString:
        """Return the notice and the reference of its request."""
        return format_html(
            '{}<br><span class="quiet">{}</span>', self.about(delivery), self.reference(delivery)
        )

    @display(description=gettext_lazy("Request"))
    def reference(self, delivery: Delivery) -> str | SafeString:
        """Return the reference, linked to the line of the ticket's timeline."""
        if delivery.service_request is None:
            return EMPTY_VALUE
        link = reverse("admin:gasutil_servicerequest_change", args=[delivery.service_request_id])
        return format_html(
            '<a class="link reference" href="{}#update-{}">{}</a>',
            link,
            delivery.update_id,
            delivery.service_request.reference,
        )

    @display(description=gettext_lazy("Recipient"))
    def recipient(self, delivery: Delivery) -> str | SafeString:
        """Return the recipient and their address."""
        address = delivery.address or (delivery.user.email if delivery.user else "")
        return (
            format_html('{}<br><span class="quiet">{}</span>', delivery.recipient, address)
            if delivery.recipient != address
            else address
        )

    @display(description=gettext_lazy("What"))
    def about(self, delivery: Delivery) -> str:
        """Return the notice."""
        if delivery.notice:
            return delivery.get_notice_display()
        return delivery.update.get_event_display() if delivery.update else _("Test")

    @display(description=gettext_lazy("State"), label=dict(STATE_COLOURS))
    def state_label(self, delivery: Delivery) -> tuple[str, str]:
        """Return the state, in its colour."""
        return delivery.state, delivery.get_state_display()

    @display(description=gettext_lazy("State"))
    def standing(self, delivery: Delivery) -> str:
        """Return the state."""
        return delivery.get_state_display()

    @display(description=gettext_lazy("Result"))
    def text(self, delivery: Delivery) -> SafeString:
        """Return the time of sending; or the error, and the time of the next attempt."""
        if delivery.state == DeliveryState.SENT:
            return format_html(
                '<span class="row-text">{}</span>',
                format_html(_("sent {when}"), when=time_ago(delivery.sent_at, timezone.now())),
            )
        again = (
            until(delivery.next_at, timezone.now())
            if delivery.state == DeliveryState.FAILED
            else ""
        )
        return format_html(
            '<span class="row-text">{}</span>', " · ".join(filter(None, (again, delivery.why)))
        )

    @display(description=gettext_lazy("Times resent"))
    def times_again(self, delivery: Delivery) -> int:
        """Return the number of times that it was sent again."""
        return delivery.sendings - 1
