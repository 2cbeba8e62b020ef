"""The approval of representatives on their page: the filter, the actions and their dialogs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action
from unfold.enums import ActionVariant

from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.step_up import step_up
from gasutil.errors import DeskError
from gasutil.models import User, UserType
from gasutil.workflow import approval, second_factors

APPROVE_DIALOG = {
    "title": _("Approve representative"),
    "description": _(
        "This account gets all permissions of a support representative, in the console and the API."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Approve"),
}
REJECT_DIALOG = {
    "title": _("Reject account"),
    "description": _(
        "This account is deactivated and leaves the list. You can activate it again on its page."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Reject"),
}
WITHDRAW = {
    "title": _("Withdraw approval"),
    "description": _(
        "This account immediately loses all permissions of a support representative and "
        "leaves all groups. Its open requests return to the queue."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Withdraw"),
    "is_grave": True,
}


RESET_SECOND_FACTOR = {
    "title": _("Remove second factor"),
    "description": _(
        "For someone who has lost their phone. Check first that it is really them: afterwards, the "
        "password alone is enough to log in. All their logins end, and they are notified."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Remove"),
    "is_grave": True,
}


class ApprovalFilter(DropdownFilter):
    """Filter representatives by their approval."""

    title = _("approval")
    parameter_name = "approval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("waiting", _("Waiting for approval")), ("approved", _("Approved"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Filter to the representatives who wait, or those who are approved."""
        if self.value() not in ("waiting", "approved"):
            return queryset
        return queryset.filter(user_type=UserType.SUPPORT, is_approved=self.value() == "approved")


def approval_actions(user: User) -> list[str]:
    """Return the names of the actions that apply to a representative."""
    wanted = ["withdraw_approval"] if user.is_approved else ["approve"]
    wanted += ["reset_second_factor"] if user.has_second_factor else []
    return wanted + (["reject"] if user.is_active and not user.is_approved else [])


class ApprovalActions:
    """Add the decisions about a representative to the page of their account."""

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether the user may approve representatives."""
        return bool(request.user.has_perm("gasutil.approve_support"))

    @action(
        description=_("Reject"),
        url_path="reject",
        icon="person_cancel",
        permissions=["approve"],
        dialog=REJECT_DIALOG,
    )
    @step_up
    def reject(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Reject a representative who waits for approval."""

        def done() -> User:
            user = approval.reject(pk_of(object_id), actor=actor_of(request))
            messages.success(request, _("{} rejected.").format(user))
            return user

        return self._decide(request, form, REJECT_DIALOG, done)

    @action(
        description=_("Approve"),
        url_path="approve",
        icon="how_to_reg",
        variant=ActionVariant.PRIMARY,
        permissions=["approve"],
        dialog=APPROVE_DIALOG,
    )
    @step_up
    def approve(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Approve a representative."""

        def done() -> User:
            user = approval.approve(pk_of(object_id), actor=actor_of(request))
            messages.success(request, _("{} approved.").format(user))
            return user

        return self._decide(request, form, APPROVE_DIALOG, done)

    @action(
        description=_("Withdraw approval"),
        url_path="withdraw-approval",
        icon="person_off",
        permissions=["approve"],
        dialog=WITHDRAW,
    )
    @step_up
    def withdraw_approval(
        self, request: HttpRequest, form: SafeDialogForm, object_id: str
    ) -> HttpResponse:
        """Withdraw the approval of a representative."""

        def done() -> User:
            user, handed_back = approval.withdraw_approval(
                pk_of(object_id), actor=actor_of(request)
            )
            messages.success(request, _("Approval of {} withdrawn.").format(user))
            self.report_handed_back(request, handed_back)
            return user

        return self._decide(request, form, WITHDRAW, done)

    @action(
        description=_("Remove second factor"),
        url_path="reset-second-factor",
        icon="phonelink_erase",
        permissions=["approve"],
        dialog=RESET_SECOND_FACTOR,
    )
    @step_up
    def reset_second_factor(
        self, request: HttpRequest, form: SafeDialogForm, object_id: str
    ) -> HttpResponse:
        """Remove the second factor of someone who has lost it."""

        def done() -> User:
            user = second_factors.reset(pk_of(object_id), actor=actor_of(request))
            messages.success(request, _("Second factor of {} removed.").format(user))
            return user

        return self._decide(request, form, RESET_SECOND_FACTOR, done)

    def report_handed_back(self, request: HttpRequest, number: int) -> None:
        """Say how many open requests are in the queue again."""
        if number:
            message = ngettext(
                "%(number)d open request returned to the queue.",
                "%(number)d open requests returned to the queue.",
                number,
            )
            messages.warning(request, message % {"number": number})

    def _decide(
        self,
        request: HttpRequest,
        form: SafeDialogForm,
        dialog: dict[str, Any],
        done: Callable[[], User],
    ) -> HttpResponse:
        try:
            user = done()
        except DeskError as error:
            form.refuse(error)
            return render_dialog(request, dialog, form, dialog["form_submit_text"])
        return htmx_redirect(request, reverse("admin:gasutil_user_change", args=[user.pk]))
