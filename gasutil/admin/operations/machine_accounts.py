"""The pages of machine accounts."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.formatting import datetime_seconds, time_ago
from gasutil.admin.base.history import EditorsReadHistory
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.step_up import StepUpForms, step_up
from gasutil.errors import DeskError, Invalid, NotFound
from gasutil.models import MachineAccount, MachineScope, User
from gasutil.workflow import machines

DEFAULT_LIFE = dt.timedelta(days=365)
EXPIRES_SOON = dt.timedelta(days=30)
ROTATE_KEY = {
    "title": gettext_lazy("Rotate key"),
    "description": gettext_lazy(
        "The new key is shown only once. The current key is valid for 24 more hours. A key from"
        " before the last rotation stops working now."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Rotate"),
}
REVOKE = {
    "title": gettext_lazy("Revoke"),
    "description": gettext_lazy(
        "All keys stop working now. You can't undo this. The history keeps what the account has"
        " done."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": gettext_lazy("Revoke"),
}


def _scopes() -> list[tuple[str, SafeString]]:
    """Return the scopes to choose from, in the user's language."""
    return [
        (scope.value, format_html("{} <code>{}</code>", scope.label, scope.value))
        for scope in MachineScope
    ]


class MachineAccountForm(forms.ModelForm[MachineAccount]):
    """The name, the owner, the scopes, the networks and the expiry of a machine account."""

    actor: Actor

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.none(),
        help_text=gettext_lazy("The person who answers for it."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=_scopes,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        error_messages={"required": gettext_lazy("Choose at least one scope.")},
    )
    networks = forms.CharField(
        label=gettext_lazy("Networks"),
        required=False,
        help_text=gettext_lazy(
            "The addresses and networks that can use the key, one per line, such as 192.0.2.0/24."
            " Empty: any address."
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
    )

    class Meta:
        model = MachineAccount
        fields = ("name", "owner", "scopes", "networks", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = access.representatives().order_by("username")  # type: ignore[attr-defined]
        self.initial["networks"] = "\n".join(self.instance.networks)
        if not self.instance.pk:
            self.initial.setdefault("expires_at", timezone.now() + DEFAULT_LIFE)

    def clean_networks(self) -> list[str]:
        """Return the lines."""
        return [line.strip() for line in self.cleaned_data["networks"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """Add the errors that the verb would raise."""
        cleaned = super().clean() or {}
        try:
            cleaned |= machines.check_fields(
                self.instance, self._sent(cleaned), timezone.now(), actor=self.actor
            )
        except Invalid as error:
            for field_error in error.errors:
                self.add_error(field_error.field, field_error.message)
        except DeskError as error:
            self.add_error("scopes", error.message)
        return cleaned

    def _sent(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {name: cleaned[name] for name in self.Meta.fields if name in cleaned}


@admin.register(MachineAccount)
class MachineAccountAdmin(StepUpForms, EditorsReadHistory, DeskAdmin):
    """The list of machine accounts, and one with its keys."""

    form = MachineAccountForm
    list_display = ("name", "state_label", "owner_label", "scopes_label", "used", "expires_at")
    list_per_page = 50
    list_select_related = ("owner",)
    show_full_result_count = False
    sortable_by = ()
    fieldsets = (
        (None, {"fields": (("name", "owner"), "expires_at")}),
        (gettext_lazy("Scopes"), {"fields": ("scopes", "networks")}),
        (gettext_lazy("Keys"), {"fields": ("keys_label",)}),
    )
    readonly_fields = ("keys_label",)
    compressed_fields = False
    actions = None
    actions_detail = ("rotate_key", "revoke")
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[MachineAccount]:
        """Return the accounts with the time of their last use."""
        rows: QuerySet[MachineAccount] = super().get_queryset(request)
        return rows.annotate(last_used_at=Max("keys__last_used_at"))

    def get_fieldsets(self, request: HttpRequest, obj: MachineAccount | None = None) -> Any:
        """Show the keys of an existing account."""
        return self.fieldsets if obj else self.fieldsets[:2]

    def has_change_permission(
        self, request: HttpRequest, obj: MachineAccount | str | None = None
    ) -> bool:
        """Return whether the user can change the account; a revoked one is read-only.

        Unfold asks with an ID for the actions; they have errors of their own.
        """
        is_revoked = isinstance(obj, MachineAccount) and obj.revoked_at is not None
        return bool(super().has_change_permission(request, obj)) and not is_revoked

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in nothing from the address: a link must not choose the scopes or the expiry."""
        return {}

    def get_form(
        self,
        request: HttpRequest,
        obj: MachineAccount | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[MachineAccountForm]:
        """Return the form, which knows who fills it in."""
        form: type[MachineAccountForm] = super().get_form(request, obj, change=change, **kwargs)
        form.actor = actor_of(request)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer no second account: the key of the first would not be shown."""
        shown = {"show_save_and_add_another": False} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, shown)

    def save_model(
        self, request: HttpRequest, obj: MachineAccount, form: MachineAccountForm, change: bool
    ) -> None:
        """Call the verb."""
        actor = actor_of(request)
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            machines.change_machine(obj.pk, actor=actor, **changed)
        else:
            made, request.new_key = machines.create_machine(actor=actor, **form.cleaned_data)  # type: ignore[attr-defined]
            obj.pk = made.pk

    def response_add(
        self, request: HttpRequest, obj: MachineAccount, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key, in this response only."""
        return self._show_key(request, obj, request.new_key)  # type: ignore[attr-defined]

    def _show_key(self, request: HttpRequest, obj: MachineAccount, key: str) -> HttpResponse:
        shown = {
            "key": key,
            "page_url": _page(obj.pk),
            "title": _("Key of %(account)s") % {"account": obj},
        }
        if "HX-Request" in request.headers:
            text = render_to_string("gasutil/machine_key_dialog.html", shown, request)
            target = {"HX-Retarget": "#dialog", "HX-Reselect": "#dialog", "HX-Reswap": "outerHTML"}
            return HttpResponse(text, headers=target)
        page = {**self.admin_site.each_context(request), **shown, "opts": self.opts}
        return render(request, "gasutil/machine_key.html", page)

    # --- The verbs ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Return the actions; a revoked account has none."""
        obj = self.get_object(request, str(object_id))
        is_revoked = obj is None or obj.revoked_at is not None
        return [] if is_revoked else super().get_actions_detail(request, object_id)

    @action(
        description=gettext_lazy("Rotate key"),
        url_path="rotate-key",
        icon="key",
        permissions=["change"],
        dialog=ROTATE_KEY,
    )
    @step_up
    def rotate_key(
        self, request: HttpRequest, form: SafeDialogForm, object_id: str
    ) -> HttpResponse:
        """Add a new key, and show it."""

        def perform() -> HttpResponse:
            account, key = machines.rotate(pk_of(object_id), actor=actor_of(request))
            return self._show_key(request, account, key)

        return _submit(request, form, ROTATE_KEY, perform)

    @action(
        description=gettext_lazy("Revoke"),
        url_path="revoke",
        icon="block",
        permissions=["change"],
        dialog=REVOKE,
    )
    @step_up
    def revoke(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """End all keys."""

        def perform() -> HttpResponse:
            machines.revoke(pk_of(object_id), actor=actor_of(request))
            messages.success(request, _("Machine account revoked."))
            return htmx_redirect(request, _page(pk_of(object_id)))

        return _submit(request, form, REVOKE, perform)

    # --- What is shown ---

    @display(
        description=gettext_lazy("State"),
        label={"active": "success", "soon": "warning", "expired": "danger", "revoked": "danger"},
    )
    def state_label(self, obj: MachineAccount) -> tuple[str, str]:
        """Return the state, in its colour."""
        now = timezone.now()
        if obj.revoked_at is not None:
            return "revoked", _("Revoked")
        if obj.expires_at <= now:
            return "expired", _("Expired")
        if obj.expires_at <= now + EXPIRES_SOON:
            return "soon", _("Expires soon")
        return "active", _("Active")

    @display(description=gettext_lazy("Owner"))
    def owner_label(self, obj: MachineAccount) -> str:
        """Return the owner, and whether they have left."""
        if access.is_representative(obj.owner):
            return str(obj.owner)
        return _("%(owner)s (has left: choose another owner)") % {"owner": obj.owner}

    @display(description=gettext_lazy("Scopes"))
    def scopes_label(self, obj: MachineAccount) -> str:
        """Return the scopes."""
        return ", ".join(obj.scopes)

    @display(description=gettext_lazy("Last used"))
    def used(self, obj: Any) -> SafeString | str:
        """Return the time of the last use of any of its keys."""
        return time_ago(obj.last_used_at, timezone.now())

    @display(description=gettext_lazy("Keys"))
    def keys_label(self, obj: MachineAccount) -> SafeString:
        """Return the keys, with their use and their end."""
        now = timezone.now()
        return format_html_join(
            "",
            "<p><code>{}…</code> · {} · {}</p>",
            ((key.beginning, _end_of(key, now), _use_of(key)) for key in obj.keys.all()),
        )


def _end_of(key: Any, now: dt.datetime) -> str:
    if key.expires_at is None:
        return _("current")
    when = {"when": datetime_seconds(key.expires_at)}
    return (_("valid until %(when)s") if key.expires_at > now else _("ended %(when)s")) % when


def _use_of(key: Any) -> str:
    if key.last_used_at is None:
        return _("never used")
    return _("last used %(when)s from %(address)s") % {
        "when": datetime_seconds(key.last_used_at),
        "address": key.last_used_ip or "?",
    }


def _submit(
    request: HttpRequest, form: SafeDialogForm, dialog: Any, perform: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return the response of a verb, or the dialog with the error."""
    try:
        return perform()
    except NotFound as error:
        raise Http404 from error
    except DeskError as error:
        form.refuse(error)
        return render_dialog(request, dialog, form, dialog["form_submit_text"])


def _page(pk: int) -> str:
    return reverse("admin:gasutil_machineaccount_change", args=[pk])
