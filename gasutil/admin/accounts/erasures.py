"""The list of erasures, planned and finished."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_minutes, time_ago
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.models import Erasure
from gasutil.workflow import privacy

ERASURE_COLOURS = {"planned": "warning", "erased": "success", "undone": ""}
ERASURE_STATES = {
    "planned": Q(undone_at=None, erased_at=None),
    "erased": Q(erased_at__isnull=False),
    "undone": Q(undone_at__isnull=False),
}
STATE_LABELS = {"planned": _("Planned"), "erased": _("Erased"), "undone": _("Undone")}


class ErasureStateFilter(DropdownFilter):
    """Filter erasures by whether they are planned, finished or undone."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return list(STATE_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Erasure]) -> QuerySet[Erasure]:
        """Filter to the erasures in a state."""
        state = ERASURE_STATES.get(self.value() or "")
        return queryset if state is None else queryset.filter(state)


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, DeskAdmin):
    """The erasures of customers, for users who may erase them."""

    list_display = ("person", "state_label", "reason", "requested", "when", "waits_for")
    list_filter = (ErasureStateFilter, ("reason", ChoicesDropdownFilter))
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = ("user", "requested_by")
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("user", "state_text", "reason", "requested_by", "requested_at")}),
        (_("Times"), {"fields": ("not_before", "undone_at", "erased_at")}),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may erase customers."""
        return bool(request.user.has_perm(privacy.ERASE_PERMISSION))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Erasure]:
        """Return the erasures, with the number of requests that each waits for."""
        rows: QuerySet[Erasure] = super().get_queryset(request)
        is_open = Q(user__service_requests__is_open=True)
        return rows.annotate(n_open=Count("user__service_requests", filter=is_open))

    @display(description=_("Customer"))
    def person(self, obj: Erasure) -> SafeString:
        """Return the name, linked to the account."""
        link = reverse("admin:gasutil_user_change", args=[obj.user_id])
        return format_html('<a class="link" href="{}">{}</a>', link, obj.user)

    @display(description=_("State"), label=ERASURE_COLOURS)
    def state_label(self, obj: Erasure) -> tuple[str, Any]:
        """Return the state, in its colour."""
        return _state(obj), STATE_LABELS[_state(obj)]

    @display(description=_("State"))
    def state_text(self, obj: Erasure) -> str:
        """Return the state."""
        return str(STATE_LABELS[_state(obj)])

    @display(description=_("Requested"))
    def requested(self, obj: Erasure) -> SafeString:
        """Return the age, and who asked for it."""
        return format_html(
            '<span class="nowrap">{}</span><br><span class="quiet">{}</span>',
            time_ago(obj.requested_at, timezone.now()),
            obj.requested_by or _t("the customer"),
        )

    @display(description=_("When"))
    def when(self, obj: Erasure) -> str:
        """Return when it was done or undone, or the time before which it is not done."""
        at = obj.erased_at or obj.undone_at
        if at is not None:
            return datetime_minutes(at)
        return _t("not before %(time)s") % {"time": datetime_minutes(obj.not_before)}

    @display(description=_("Waits for"))
    def waits_for(self, obj: Any) -> str:
        """Return how many open requests it waits for."""
        if _state(obj) != "planned" or not obj.n_open:
            return EMPTY_VALUE
        text = ngettext("%(n)s open request", "%(n)s open requests", obj.n_open)
        return text % {"n": obj.n_open}


def _state(obj: Erasure) -> str:
    if obj.erased_at is not None:
        return "erased"
    return "planned" if obj.undone_at is None else "undone"
