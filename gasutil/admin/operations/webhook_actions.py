"""The actions of a webhook's page: test, pause, resume, and rotate the secret; their dialogs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.step_up import step_up
from gasutil.errors import DeskError, NotFound
from gasutil.models import Webhook
from gasutil.workflow import webhooks

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


class WebhookActions(DeskAdmin):
    """Add the actions of a webhook to its page, and show its secret."""

    actions_detail = ("send_test", "pause", "resume", "rotate_secret")

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
            return self.show_secret(request, webhook, secret)

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

    def show_secret(self, request: HttpRequest, obj: Webhook, secret: str) -> HttpResponse:
        """Show a new secret: in the dialog, or on a page without scripts."""
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


def _page(pk: int) -> str:
    return reverse("admin:gasutil_webhook_change", args=[pk])
