"""Request types: managers edit what they ask and their limits.

Requests refer to their type permanently, so no type can be deleted.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from gasutil.admin.base.dialog_forms import htmx_redirect, render_dialog
from gasutil.admin.base.formatting import EMPTY_VALUE, PRIORITY_COLOURS, datetime_seconds
from gasutil.admin.base.history import WithHistory
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.step_up import step_up
from gasutil.admin.catalogue.safety_approval import ApproveTextForm
from gasutil.admin.catalogue.translation_page import summaries, translations_page
from gasutil.admin.catalogue.type_forms import FieldInline, MilestoneInline, renamed_rows
from gasutil.admin.catalogue.type_history import Versions
from gasutil.admin.catalogue.type_preview import preview_of
from gasutil.errors import DeskError
from gasutil.models import RequestType
from gasutil.models.fields import TextField
from gasutil.workflow import catalogue

APPROVE_TEXT_DIALOG = {
    "title": gettext_lazy("Approve safety text"),
    "description": gettext_lazy(
        "This publishes the texts as your own, without the note that they are samples: the safety"
        " text for customers, the spoken one for agents to read out."
    ),
    "form_class": ApproveTextForm,
    "form_submit_text": gettext_lazy("Approve"),
}


@admin.register(RequestType)
class RequestTypeAdmin(WithHistory, DeskAdmin):
    """The catalogue, and the editor of one type beside its preview."""

    list_display = (
        "headline",
        "priority_label",
        "asks",
        "limits_text",
        "safety_label",
        "version_label",
        "is_active",
    )
    list_filter = ("is_active", "is_emergency")
    list_per_page = 50
    list_before_template = "gasutil/type_banner.html"
    show_full_result_count = False
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": (("name", "code"), "description", ("icon", "is_active"))}),
        (
            gettext_lazy("Urgency"),
            {"fields": (("priority", "is_emergency"), ("calendar", "effect"))},
        ),
        (
            gettext_lazy("Safety"),
            {"fields": ("safety_instructions", "spoken_instructions", "safety_standing")},
        ),
        (gettext_lazy("Personal data"), {"fields": ("retention_months",)}),
    )
    inlines = (FieldInline, MilestoneInline)
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})}}
    change_form_outer_before_template = "gasutil/type_banner.html"
    change_form_outer_after_template = "gasutil/type_preview.html"
    object_history_list_template = "gasutil/type_history.html"
    compressed_fields = False
    actions = None
    actions_detail = ("approve_safety",)
    warn_unsaved_form = True

    class Media:
        js = ("gasutil/type_choices.js", "gasutil/types.js")

    # --- Who may do what ---

    def has_view_permission(self, request: HttpRequest, obj: RequestType | None = None) -> bool:
        """Return whether the user manages the catalogue; agents see it where they need it."""
        return bool(request.user.has_perm("gasutil.change_requesttype"))

    def has_delete_permission(self, request: HttpRequest, obj: RequestType | None = None) -> bool:
        """Return False: types are deactivated instead."""
        return False

    def get_readonly_fields(
        self, request: HttpRequest, obj: RequestType | None = None
    ) -> tuple[str, ...]:
        """Make the code of an existing type read-only: apps and old requests use it."""
        return ("code", "safety_standing") if obj else ("safety_standing",)

    # --- The pages ---

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Name the types whose safety text waits for approval."""
        shown = {
            "types_to_approve": catalogue.to_approve(),
            "approval_required": settings.SAFETY_APPROVAL,
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the editor with the address of its preview."""
        name, args = ("preview", [object_id]) if object_id else ("preview_new", [])
        shown = {
            "preview_url": reverse(f"admin:gasutil_requesttype_{name}", args=args),
            "types_to_approve": catalogue.to_approve(),
            "approval_required": settings.SAFETY_APPROVAL,
        }
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say how much of the type is translated."""
        if request_type := context.get("original"):
            context["translation_summaries"] = summaries(request_type)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[no-any-return]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Show the symbol in its own field, and keep calendars on their own pages."""
        if db_field.name == "icon":
            kwargs["widget"] = UnfoldAdminTextInputWidget(attrs={"placeholder": "gas_meter"})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "calendar":
            for link in ("add", "change", "view", "delete"):
                setattr(field.widget, f"can_{link}_related", False)
        return field

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        """Return the addresses of the previews, of a type and of a new one, and of translations."""
        return (
            ("add/preview/", "gasutil_requesttype_preview_new", self.preview),
            ("<path:object_id>/preview/", "gasutil_requesttype_preview", self.preview),
            (
                "<path:object_id>/translations/",
                "gasutil_requesttype_translations",
                translations_page,
            ),
        )

    def preview(
        self, request: HttpRequest, model_admin: DeskAdmin, object_id: str | None = None
    ) -> HttpResponse:
        """Show the preview of the submitted forms; save nothing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        request_type = self.get_object(request, object_id) if object_id else None
        if object_id and request_type is None:
            raise Http404
        if not (
            self.has_change_permission(request, request_type)
            if request_type
            else self.has_add_permission(request)
        ):
            raise PermissionDenied
        form = self.get_form(request, request_type, change=request_type is not None)(
            request.POST, instance=request_type
        )
        form.is_valid()
        formsets, _ = self._create_formsets(request, form.instance, change=request_type is not None)
        for formset in formsets:
            formset.is_valid()
        return render(request, "gasutil/type_preview_body.html", preview_of(form, formsets))

    # --- Saving ---

    def save_model(
        self, request: HttpRequest, obj: RequestType, form: ModelForm[RequestType], change: bool
    ) -> None:
        """Save what was changed and nothing else.

        Its row of the history is written when it is published.
        """
        obj.skip_history_when_saving = True  # type: ignore[attr-defined]  # simple-history reads it
        changed = {field.name for field in RequestType._meta.concrete_fields}.intersection(
            form.changed_data
        )
        if not change:
            obj.save()
        elif changed:
            obj.save(update_fields=sorted(changed))

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[RequestType],
        formsets: Iterable[Any],
        change: bool,
    ) -> None:
        """Save the rows, and publish the type; translations follow renamed rows."""
        renamed = renamed_rows(formsets)
        super().save_related(request, form, formsets, change)
        before = form.instance.version
        request_type = catalogue.publish(form.instance.pk, actor=actor_of(request), renamed=renamed)
        params = {"name": request_type, "version": request_type.version}
        if request_type.version > before:
            messages.info(
                request,
                _("Version %(version)s of %(name)s published. New requests use it.") % params,
            )
        else:
            messages.info(
                request,
                _(
                    "%(name)s saved. Its fields and milestones are unchanged, so it is still"
                    " version %(version)s."
                )
                % params,
            )

    # --- The safety text ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Return the actions; approval only while it is needed."""
        request_type = self.get_object(request, str(object_id))
        return (
            super().get_actions_detail(request, object_id)
            if request_type and request_type.needs_approval
            else []
        )

    @action(
        description=gettext_lazy("Approve safety text"),
        url_path="approve-safety",
        icon="verified_user",
        permissions=["change"],
        dialog=APPROVE_TEXT_DIALOG,
    )
    @step_up
    def approve_safety(
        self, request: HttpRequest, form: ApproveTextForm, object_id: str
    ) -> HttpResponse:
        """Approve the safety text."""
        request_type = self.get_object(request, object_id)
        if request_type is None:
            raise Http404
        try:
            request_type = catalogue.approve_safety(
                request_type.pk, actor=actor_of(request), seen=form.cleaned_data["seen"]
            )
        except DeskError as error:
            form.refuse(error)
            return render_dialog(
                request, APPROVE_TEXT_DIALOG, form, APPROVE_TEXT_DIALOG["form_submit_text"]
            )
        messages.success(request, _("Safety text of %(name)s approved.") % {"name": request_type})
        return htmx_redirect(
            request, reverse("admin:gasutil_requesttype_change", args=[request_type.pk])
        )

    @display(description=gettext_lazy("Approval"))
    def safety_standing(self, obj: RequestType) -> str:
        """Return the approver of the safety text, and the time."""
        if obj.safety_approved_at:
            params = {
                "name": obj.safety_approved_by,
                "time": datetime_seconds(obj.safety_approved_at),
            }
            return (
                _("Approved by %(name)s, %(time)s. A changed text must be approved again.") % params
            )
        return _("Not approved yet.") if obj.needs_approval else _("A saved text must be approved.")

    # --- Versions ---

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> Versions:
        """Return the helper that shows differences by question and milestone."""
        return Versions(self.model, historical_record)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """Add to every version, the last of a page too, its differences from the one before."""
        rows = list(historical_records)
        oldest = rows[-1] if rows else None
        older = [oldest.prev_record] if oldest and oldest.prev_record else []
        if oldest and not older:
            oldest.is_first = True
        for new, old in pairwise([*rows, *older]):
            helper = self.get_historical_record_context_helper(request, new)
            new.history_delta_changes = helper.differences(old, new)

    # --- Columns ---

    @display(description=gettext_lazy("Type"), header=True, ordering="name")
    def headline(self, obj: RequestType) -> list[str | SafeString]:
        """Return the name with its icon, and the code."""
        symbol = format_html(
            '<span class="material-symbols-outlined type-icon" aria-hidden="true">{}</span>',
            obj.icon or "category",
        )
        return [format_html('<span class="type-name">{}{}</span>', symbol, obj.name), obj.code]

    @display(
        description=gettext_lazy("Priority"), label=dict(PRIORITY_COLOURS), ordering="priority"
    )
    def priority_label(self, obj: RequestType) -> tuple[str, str]:
        """Return the priority, in its colour."""
        return obj.priority, obj.get_priority_display()

    @display(description=gettext_lazy("Fields"))
    def asks(self, obj: RequestType) -> str:
        """Return the number of questions."""
        number = len(obj.form)
        return (
            ngettext("%(number)s field", "%(number)s fields", number) % {"number": number}
            if number
            else EMPTY_VALUE
        )

    @display(description=gettext_lazy("Milestones"))
    def limits_text(self, obj: RequestType) -> str:
        """Return the number of limits."""
        number = len(obj.limits)
        return (
            ngettext("%(number)s milestone", "%(number)s milestones", number) % {"number": number}
            if number
            else EMPTY_VALUE
        )

    @display(
        description=gettext_lazy("Safety text"), label={"approved": "success", "waiting": "warning"}
    )
    def safety_label(self, obj: RequestType) -> tuple[str, str] | str:
        """Return whether the safety text is approved."""
        if not (obj.safety_instructions or obj.spoken_instructions):
            return ""
        return (
            ("waiting", _("Needs approval")) if obj.needs_approval else ("approved", _("Approved"))
        )

    @display(description=gettext_lazy("Version"), ordering="version")
    def version_label(self, obj: RequestType) -> str:
        """Return the version in force."""
        return str(obj.version) if obj.version else _("Not published")
