"""A customer's personal data on their account's page: a copy, and their erasure."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.step_up import step_up, step_up_to_open
from gasutil.errors import DeskError, NotFound
from gasutil.models import Erasure, ErasureReason, User, UserType
from gasutil.workflow import privacy

MAX_NAMED_REQUESTS = 5  # of those that an erasure waits for


class EraseForm(SafeDialogForm):
    """Why a customer's data are erased; above it, what stays and when it happens."""

    form_before_template = "gasutil/erase_customer.html"

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *ErasureReason.choices[1:]],
        widget=UnfoldAdminSelectWidget(),
    )

    def get_before_template_context(
        self, request: HttpRequest, object_id: Any = None
    ) -> dict[str, Any]:
        """Return the errors, and the plan."""
        user, now = get_customer(object_id), timezone.now()
        return super().get_before_template_context(request, object_id) | {
            "plan": privacy.plan(user, now + privacy.WAIT, now),
            "has_mail": bool(user.settled_email),
        }


ERASE = {
    "title": _("Erase personal data"),
    "description": _(
        "All logins of this customer end now, and they can't log in any more. Until the data are"
        " erased, you can undo this, and so can the customer, by the link of a mail."
    ),
    "form_class": EraseForm,
    "form_submit_text": _("Erase"),
    "is_grave": True,
}
UNDO = {
    "title": _("Undo erasure"),
    "description": _("The data are kept, and the customer can log in again."),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Undo erasure"),
}


def get_customer(pk: Any) -> User:
    """Return a customer by the ID in a URL; raise `Http404` for anyone else."""
    user = User.objects.filter(
        pk=pk_of(pk), user_type=UserType.CUSTOMER, is_staff=False, is_superuser=False
    ).first()
    if user is None:
        raise Http404
    return user


def erasure_context(user_id: int) -> dict[str, Any]:
    """Return the context of the banner about the erasure of a customer, planned or finished."""
    erasure = (
        Erasure.objects.filter(user=user_id, undone_at=None)
        .select_related("user", "requested_by")
        .first()
    )
    if erasure is None:
        return {"erasure": None}
    if erasure.erased_at is not None:
        return {"erasure": erasure, "erasure_plan": None}
    plan = privacy.plan(erasure.user, erasure.not_before, timezone.now())
    return {
        "erasure": erasure,
        "erasure_plan": plan,
        "erasure_waits_for": plan.open_requests[:MAX_NAMED_REQUESTS],
    }


class PersonalDataActions:
    """Add the copy and the erasure of a customer's data to the page of their account."""

    admin_site: Any
    opts: Any

    def has_copy_data_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether the user may export the data of customers."""
        return bool(request.user.has_perm(privacy.EXPORT_PERMISSION))

    def has_erase_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether the user may erase customers."""
        return bool(request.user.has_perm(privacy.ERASE_PERMISSION))

    def personal_data_actions(self, user: User) -> list[str]:
        """Return the names of the actions that apply to a customer."""
        erasure = Erasure.objects.filter(user=user, undone_at=None).first()
        if erasure is None:
            return ["export_data", "erase"]
        return ["export_data", "undo_erasure"] if erasure.erased_at is None else []

    @action(
        description=_("Export data"),
        url_path="export-data",
        icon="download",
        permissions=["copy_data"],
    )
    @step_up_to_open
    def export_data(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what the copy contains; on POST, return it as a JSON file."""
        user = get_customer(object_id)
        if request.method != "POST":
            page = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "customer": user,
                "title": _t("Export data"),
            }
            return render(request, "gasutil/export_data.html", page)
        data = privacy.export_customer_data(user.pk, actor=actor_of(request))
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        name = f'attachment; filename="personal-data-{user.pk}.json"'
        headers = {"Content-Disposition": name}
        return HttpResponse(text, content_type="application/json", headers=headers)

    @action(
        description=_("Erase…"),
        url_path="erase",
        icon="person_remove",
        permissions=["erase"],
        dialog=ERASE,
    )
    @step_up
    def erase(self, request: HttpRequest, form: EraseForm, object_id: str) -> HttpResponse:
        """Plan the erasure of a customer's data."""
        try:
            privacy.erase_customer(
                pk_of(object_id), form.cleaned_data["reason"], actor=actor_of(request)
            )
        except DeskError as error:
            form.refuse(error)
            return render_dialog(request, ERASE, form, ERASE["form_submit_text"])
        messages.success(request, _t("Erasure planned."))
        return htmx_redirect(request, _page(object_id))

    @action(
        description=_("Undo erasure"),
        url_path="undo-erasure",
        icon="undo",
        permissions=["erase"],
        dialog=UNDO,
    )
    @step_up
    def undo_erasure(
        self, request: HttpRequest, form: SafeDialogForm, object_id: str
    ) -> HttpResponse:
        """Take the planned erasure back."""
        try:
            privacy.undo_customer_erasure(pk_of(object_id), actor=actor_of(request))
        except NotFound as error:
            raise Http404 from error
        except DeskError as error:
            form.refuse(error)
            return render_dialog(request, UNDO, form, UNDO["form_submit_text"])
        messages.success(request, _t("Erasure undone."))
        return htmx_redirect(request, _page(object_id))


def _page(pk: Any) -> str:
    return reverse("admin:gasutil_user_change", args=[pk_of(pk)])
