"""The pages of webhooks, and their deliveries."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.formatting import datetime_seconds, time_ago
from gasutil.admin.base.history import WithHistory
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.step_up import StepUpForms, step_up
from gasutil.admin.operations.deliveries import STATE_COLOURS, until
from gasutil.errors import DeskError, NotFound
from gasutil.models import UNFINISHED, Delivery, Event, Webhook, WebhookState
from gasutil.workflow import webhooks

WEBHOOK_COLOURS = {
    WebhookState.ACTIVE: "success",
    WebhookState.PAUSED: "",
    WebhookState.DEAD: "danger",
}
ROTATE = {
    "title": gettext_lazy("Rotate secret"),
    "description": gettext_lazy(
        "The new secret is shown only once. For 24 hours, deliveries are signed with both secrets"
        " so that you can update the receiver."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Rotate"),
}
TEST = {
    "title": gettext_lazy("Send test"),
    "description": gettext_lazy(
        "This sends one webhook.test event. The response appears in the log below."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Send test"),
}
PAUSE_DIALOG = {
    "title": gettext_lazy("Pause"),
    "description": gettext_lazy(
        "No events are sent until you resume. New events wait for up to three days."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Pause"),
}
RESUME = {
    "title": gettext_lazy("Resume"),
    "description": gettext_lazy("Waiting events are sent now."),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Resume"),
}


MAX_LOG_ROWS = 15


def _events() -> list[tuple[str, SafeString]]:
    """Return the events to choose from, in the user's language.

    They are translated each time that the form is shown.
    """
    return [
        (event.value, format_html("{} <code>{}</code>", event.label, event.value))
        for event in Event
    ]


class WebhookForm(forms.ModelForm[Webhook]):
    """The name, the URL and the events of a webhook."""

    url_error = ""

    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=_events,
        help_text=gettext_lazy(
            "Escalations and incident changes are internal. They are sent only if you turn on"
            " internal events below."
        ),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "events", "with_internal", "with_request")
        widgets = {
            "url": UnfoldAdminTextInputWidget(
                attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}
            ),
            "with_internal": UnfoldBooleanSwitchWidget(),
            "with_request": UnfoldBooleanSwitchWidget(),
        }

    def clean_url(self) -> str:
        """Refuse where no webhook may go.

        It was looked up before the transaction that the form is saved in.
        """
        if self.url_error:
            raise ValidationError(self.url_error, "refused")
        return str(self.cleaned_data["url"])


@admin.register(Webhook)
class WebhookAdmin(StepUpForms, WithHistory, DeskAdmin):
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
    actions_detail = ("send_test", "pause", "resume", "rotate_secret")
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
        return self._show_secret(request, obj, request.new_secret)  # type: ignore[attr-defined]

    def _show_secret(self, request: HttpRequest, obj: Webhook, secret: str) -> HttpResponse:
        shown = {
            "webhook": obj,
            "secret": secret,
            "page_url": _page(obj.pk),
            "title": _("Secret of %(webhook)s") % {"webhook": obj},
        }
        if "HX-Request" in request.headers:
            text = render_to_string("gasutil/webhook_secret_dialog.html", shown, request)
            return HttpResponse(
                text,
                headers={
                    "HX-Retarget": "#dialog",
                    "HX-Reselect": "#dialog",
                    "HX-Reswap": "outerHTML",
                },
            )
        return render(
            request,
            "gasutil/webhook_secret.html",
            {**self.admin_site.each_context(request), **shown, "opts": self.opts},
        )

    # --- The verbs ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Return the actions: pause for an active webhook, resume for a paused one."""
        obj = self.get_object(request, str(object_id))
        hidden = "" if obj is None else "resume" if obj.is_active else "pause"
        return [
            item
            for item in super().get_actions_detail(request, object_id)
            if not item.action_name.endswith(f"_{hidden}")
        ]

    @action(
        description=gettext_lazy("Send test"),
        url_path="test",
        icon="send",
        permissions=["change"],
        dialog=TEST,
    )
    def send_test(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Send a test event."""
        return self._do(
            request,
            form,
            TEST,
            webhooks.test,
            object_id,
            _("Test queued. The result appears in the log in a moment."),
        )

    @action(
        description=gettext_lazy("Rotate secret"),
        url_path="rotate-secret",
        icon="key",
        permissions=["change"],
        dialog=ROTATE,
    )
    @step_up
    def rotate_secret(
        self, request: HttpRequest, form: SafeDialogForm, object_id: str
    ) -> HttpResponse:
        """Sign with a new secret, and show it."""

        def rotate() -> HttpResponse:
            webhook, secret = webhooks.rotate_secret(pk_of(object_id), actor=actor_of(request))
            return self._show_secret(request, webhook, secret)

        return self._submit(request, form, ROTATE, rotate)

    @action(
        description=gettext_lazy("Pause"),
        url_path="pause",
        icon="pause",
        permissions=["change"],
        dialog=PAUSE_DIALOG,
    )
    def pause(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Pause the webhook."""
        return self._do(
            request, form, PAUSE_DIALOG, webhooks.pause, object_id, _("Webhook paused.")
        )

    @action(
        description=gettext_lazy("Resume"),
        url_path="resume",
        icon="play_arrow",
        permissions=["change"],
        dialog=RESUME,
    )
    def resume(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Resume the webhook; waiting events are sent first."""
        return self._do(
            request,
            form,
            RESUME,
            webhooks.resume,
            object_id,
            _("Webhook resumed. Waiting events are sent in a moment."),
        )

    def _do(
        self,
        request: HttpRequest,
        form: SafeDialogForm,
        dialog: Any,
        verb: Any,
        object_id: str,
        done: str,
    ) -> HttpResponse:

        def perform() -> HttpResponse:
            verb(pk_of(object_id), actor=actor_of(request))
            messages.success(request, done)
            return htmx_redirect(request, _page(pk_of(object_id)))

        return self._submit(request, form, dialog, perform)

    def _submit(
        self,
        request: HttpRequest,
        form: SafeDialogForm,
        dialog: Any,
        perform: Callable[[], HttpResponse],
    ) -> HttpResponse:
        """Return the response of a verb, or the dialog with the error."""
        try:
            return perform()
        except NotFound as error:
            raise Http404 from error
        except DeskError as error:
            form.refuse(error)
            return render_dialog(request, dialog, form, dialog["form_submit_text"])

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


def _page(pk: int) -> str:
    return reverse("admin:gasutil_webhook_change", args=[pk])
