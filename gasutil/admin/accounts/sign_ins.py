"""The security log, for managers.

It shows who signed in or tried to, from where, and what they did that matters.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from gasutil.admin.accounts.affected import affected_page
from gasutil.admin.accounts.devices import device_name
from gasutil.admin.base.export_columns import SIGN_INS
from gasutil.admin.base.exports import Exported, exported_name
from gasutil.admin.base.filters import PeriodFilter, PersonFilter
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds, time_ago, titled
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.base.step_up import step_up
from gasutil.identity.backend import find_by_login
from gasutil.identity.client import valid_ip
from gasutil.identity.security_log import digests
from gasutil.models import SecurityEvent, SecurityOutcome
from gasutil.workflow import privacy

OUTCOME_COLOURS = {
    SecurityOutcome.SUCCESS: "success",
    SecurityOutcome.FAILURE: "warning",
    SecurityOutcome.LIMITED: "danger",
    SecurityOutcome.DENIED: "danger",
}
REASONS = {
    "unknown user": gettext_lazy("No such account"),
    "wrong password": gettext_lazy("Wrong password"),
    "deactivated": gettext_lazy("Account deactivated"),
    "not-staff": gettext_lazy("Not a support account"),
    "approval-required": gettext_lazy("Not approved yet"),
    "ended by the user": gettext_lazy("Logged out by the user"),
    "idle": gettext_lazy("Inactivity"),
    "too old": gettext_lazy("Maximum duration reached"),
}


DETAIL_LABELS = {
    "account": gettext_lazy("Account"),
    "added": gettext_lazy("Added"),
    "basis": gettext_lazy("Basis"),
    "customers": gettext_lazy("Customers"),
    "deleted": gettext_lazy("Deleted"),
    "export": gettext_lazy("Export"),
    "group": gettext_lazy("Group"),
    "login": gettext_lazy("Login"),
    "machine_account": gettext_lazy("Machine account"),
    "method": gettext_lazy("Method"),
    "removed": gettext_lazy("Removed"),
    "rows": gettext_lazy("Rows"),
}


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnly, Exported, DeskAdmin):
    """The security log."""

    list_display = ("when", "who", "what", "outcome_label", "client", "about")
    list_filter = (
        ("event", ChoicesDropdownFilter),
        ("outcome", ChoicesDropdownFilter),
        ("entry_point", ChoicesDropdownFilter),
        ("user", PersonFilter),
        ("created_at", PeriodFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = ("user", "account")
    show_full_result_count = False
    paginator = CappedPaginator
    search_fields = ("username",)  # only says that there is a search; `get_search_results` does it
    search_help_text = gettext_lazy("Full username, email or IP address")
    sortable_by = ()
    actions = None
    actions_list = ("affected_persons",)
    resource_classes = (SIGN_INS,)
    export_rows = staticmethod(lambda rows: rows.select_related("account"))
    fieldsets = (
        (None, {"fields": ("exact_time", "event", "outcome", "entry_point")}),
        (gettext_lazy("Who"), {"fields": ("user", "entered", "account")}),
        (gettext_lazy("From"), {"fields": ("ip", "device", "user_agent")}),
        (gettext_lazy("Details"), {"fields": ("all_details",)}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SecurityEvent], search_term: str
    ) -> tuple[QuerySet[SecurityEvent], bool]:
        """Find the events of an account, of a name that no account has, or of an IP address."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if ip := valid_ip(term):
            return queryset.filter(ip=ip), False
        user = find_by_login(term)
        by_name = Q(username_digest__in=digests(term)) | Q(username=term)
        return queryset.filter(by_name | Q(user=user) | Q(account=user) if user else by_name), False

    # --- Breaches ---

    def has_list_affected_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may export the persons affected by a breach."""
        return bool(request.user.has_perm(privacy.EXPORT_PERMISSION))

    @action(
        description=gettext_lazy("Affected persons"),
        url_path="affected-persons",
        icon="group_search",
        permissions=["list_affected"],
    )
    @step_up
    def affected_persons(self, request: HttpRequest) -> HttpResponse:
        """List the persons affected by a breach."""
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return affected_page(request, context)

    # --- Columns ---

    @display(description=gettext_lazy("When"))
    def when(self, obj: SecurityEvent) -> SafeString:
        """Return the age and the time."""
        return format_html(
            '<span class="nowrap">{}</span><br><span class="quiet nowrap">{}</span>',
            time_ago(obj.created_at, timezone.now()),
            datetime_seconds(obj.created_at),
        )

    @display(description=gettext_lazy("Who"))
    def who(self, obj: SecurityEvent) -> SafeString | str:
        """Return the name and username; of an unknown username, only the beginning."""
        if obj.user:
            return format_html('{}<br><span class="quiet">{}</span>', obj.user, obj.username)
        return (
            format_html(
                '<span class="reference">{}</span><br><span class="quiet">{}</span>',
                obj.username,
                _("No such account"),
            )
            if obj.username
            else EMPTY_VALUE
        )

    @display(description=gettext_lazy("What"))
    def what(self, obj: SecurityEvent) -> SafeString:
        """Return the event and the entry point."""
        return format_html(
            '{}<br><span class="quiet">{}</span>',
            obj.get_event_display(),
            obj.get_entry_point_display(),
        )

    @display(description=gettext_lazy("Outcome"), label=OUTCOME_COLOURS)
    def outcome_label(self, obj: SecurityEvent) -> tuple[str, str]:
        """Return the outcome in its colour."""
        return obj.outcome, obj.get_outcome_display()

    @display(description=gettext_lazy("From"))
    def client(self, obj: SecurityEvent) -> SafeString | str:
        """Return the IP address and the browser or app."""
        if obj.ip is None:
            return EMPTY_VALUE
        return format_html(
            '<span class="nowrap">{}</span><br><span class="quiet nowrap" title="{}">{}</span>',
            obj.ip,
            obj.user_agent,
            device_name(obj.user_agent),
        )

    @display(description=gettext_lazy("Details"))
    def about(self, obj: SecurityEvent) -> SafeString | str:
        """Return the most important details in a few words."""
        parts = [str(obj.account)] if obj.account else []
        parts += [_words(name, value) for name, value in obj.details.items()]
        return (
            format_html('<span class="row-text">{}</span>', " · ".join(parts))
            if parts
            else EMPTY_VALUE
        )

    @display(description=gettext_lazy("Time"))
    def exact_time(self, obj: SecurityEvent) -> str:
        """Return the time to the second."""
        return datetime_seconds(obj.created_at)

    @display(description=gettext_lazy("Username entered"))
    def entered(self, obj: SecurityEvent) -> str:
        """Return the username; of an unknown one, only the beginning."""
        return obj.username or EMPTY_VALUE

    @display(description=gettext_lazy("Device"))
    def device(self, obj: SecurityEvent) -> str:
        """Return the name of the browser or app."""
        return device_name(obj.user_agent)

    @display(description=gettext_lazy("Details"))
    def all_details(self, obj: SecurityEvent) -> SafeString | str:
        """Return all details."""
        return (
            format_html_join(
                "", "{}<br>", ((_words(name, value),) for name, value in obj.details.items())
            )
            or EMPTY_VALUE
        )


def _words(name: str, value: Any) -> str:
    """Return one detail in words."""
    if name == "reason":
        return str(REASONS.get(value, value))
    if name == "repeated":
        return _("%(number)d times in a short period") % {"number": value}
    if name == "what":
        return exported_name(value)
    if name == "path":
        return str(value)
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    return (
        f"{DETAIL_LABELS.get(name, titled(name))}:"
        f" {', '.join(map(str, value)) or EMPTY_VALUE if isinstance(value, list) else value}"
    )
