"""The pages of webhooks: the list, and each with its log of deliveries."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from gasutil.admin.base.formatting import datetime_seconds, time_ago
from gasutil.admin.base.history import WithHistory
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.step_up import StepUpForms
from gasutil.admin.operations.deliveries import STATE_COLOURS, until
from gasutil.admin.operations.webhook_actions import WebhookActions
from gasutil.admin.operations.webhook_form import WebhookForm
from gasutil.models import UNFINISHED, Delivery, Event, Webhook, WebhookState
from gasutil.workflow import webhooks

WEBHOOK_COLOURS = {
    WebhookState.ACTIVE: "success",
    WebhookState.PAUSED: "",
    WebhookState.DEAD: "danger",
}
MAX_LOG_ROWS = 15


@admin.register(Webhook)
class WebhookAdmin(WebhookActions, StepUpForms, WithHistory, DeskAdmin):
    """The list of webhooks, and one with its log."""

    form = WebhookForm
    list_display = ("headline", "state_label", "event_count", "succeeded", "failing")
    list_filter = ("state",)
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()
    fieldsets = (
        (None, {"fields": (("name", "url"),)}),
        (gettext_lazy("Status"), {"fields": (("state_text", "secret_text", "made_text"),)}),
        (gettext_lazy("Events sent"), {"fields": ("events", "with_internal", "with_request")}),
    )
    readonly_fields = ("state_text", "secret_text", "made_text")
    change_form_outer_before_template = "gasutil/webhook_banner.html"
    change_form_outer_after_template = "gasutil/webhook_log.html"
    compressed_fields = False
    actions = None
    warn_unsaved_form = True

    def has_view_history_permission(self, request: HttpRequest, obj: Webhook | None = None) -> bool:
        """Return whether the user manages webhooks."""
        return bool(self.has_change_permission(request, obj))

    def get_fieldsets(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        """Show the state of an existing webhook."""
        return self.fieldsets if obj else self.fieldsets[::2]

    # --- Saving ---

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Resolve the host name before the transaction begins, since it may be slow."""
        may = self.has_change_permission(request) if object_id else self.has_add_permission(request)
        if request.method == "POST" and may and request.POST.get("url"):
            request.url_error = webhooks.lookup_error(request.POST["url"].strip())  # type: ignore[attr-defined]
        shown: dict[str, Any] = {"show_save_and_add_another": False}
        if object_id:
            shown |= delivery_log(pk_of(object_id))
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))

    def get_form(
        self, request: HttpRequest, obj: Webhook | None = None, change: bool = False, **kwargs: Any
    ) -> type[WebhookForm]:
        """Return the form, with the error of the URL."""
        form: type[WebhookForm] = super().get_form(request, obj, change=change, **kwargs)
        form.url_error = getattr(request, "url_error", "")
        return form

    def save_model(
        self, request: HttpRequest, obj: Webhook, form: WebhookForm, change: bool
    ) -> None:
        """Call the verb."""
        actor = actor_of(request)
        if change:
            webhooks.configure(
                obj.pk, actor=actor, **{name: form.cleaned_data[name] for name in form.changed_data}
            )
        else:
            made, request.new_secret = webhooks.subscribe(actor=actor, **form.cleaned_data)  # type: ignore[attr-defined]
            obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Webhook) -> None:
        """Call the verb."""
        webhooks.unsubscribe(obj.pk, actor=actor_of(request))

    def response_add(
        self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, in this response only."""
        return self.show_secret(request, obj, request.new_secret)  # type: ignore[attr-defined]

    # --- What is shown ---

    @display(description=gettext_lazy("Webhook"), header=True)
    def headline(self, obj: Webhook) -> list[str | SafeString]:
        """Return the name and the URL."""
        return [obj.name, format_html('<span class="webhook-url">{}</span>', obj.url)]

    @display(description=gettext_lazy("State"), label=dict(WEBHOOK_COLOURS))
    def state_label(self, obj: Webhook) -> tuple[str, str]:
        """Return the state, in its colour."""
        return obj.state, obj.get_state_display()

    @display(description=gettext_lazy("Events"))
    def event_count(self, obj: Webhook) -> str:
        """Return the events that it receives."""
        if len(obj.events) == len(Event):
            return _("All events")
        number = len(obj.events)
        return ngettext("%(number)d event", "%(number)d events", number) % {"number": number}

    @display(description=gettext_lazy("Last success"))
    def succeeded(self, obj: Webhook) -> SafeString | str:
        """Return the time of the last success."""
        return time_ago(obj.succeeded_at, timezone.now())

    @display(description=gettext_lazy("Failing for"))
    def failing(self, obj: Webhook) -> SafeString | str:
        """Return the time since the first failure after the last success."""
        return time_ago(obj.failing_since, timezone.now(), ago=False)

    @display(description=gettext_lazy("State"))
    def state_text(self, obj: Webhook) -> str:
        """Return the state, and since when."""
        text = _("%(state)s since %(when)s.") % {
            "state": obj.get_state_display(),
            "when": datetime_seconds(obj.state_since),
        }
        return f"{text} {obj.state_reason}".strip()

    @display(description=gettext_lazy("Secret"))
    def secret_text(self, obj: Webhook) -> str:
        """Return the state of the secret."""
        if obj.former_until and obj.former_until > timezone.now():
            return _("Rotated. The previous secret is also used until %(when)s.") % {
                "when": datetime_seconds(obj.former_until)
            }
        return _("Shown only once. Rotate it if you lost it.")

    @display(description=gettext_lazy("Created by"))
    def made_text(self, obj: Webhook) -> str:
        """Return the author and the time."""
        created = obj.history.filter(history_type="+").select_related("machine_account").first()
        author = obj.created_by or (created and created.machine_account) or _("The system")
        return f"{author}, {datetime_seconds(obj.created_at)}"


def delivery_log(pk: int) -> dict[str, Any]:
    """Return the deliveries that the page of a webhook shows."""
    rows = (
        Delivery.objects.filter(webhook=pk)
        .select_related("service_request", "update")
        .order_by("-id")[:MAX_LOG_ROWS]
    )
    now = timezone.now()
    return {
        "log": [
            {
                "delivery": row,
                "colour": STATE_COLOURS[row.state],
                "when": time_ago(row.created_at, now),
                "again": (
                    until(row.next_at, now) if row.state in UNFINISHED and row.last_error else ""
                ),
            }
            for row in rows
        ],
        "log_url": f"{reverse('admin:gasutil_delivery_changelist')}?webhook__id__exact={pk}",
    }
