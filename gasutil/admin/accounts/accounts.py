"""Accounts.

Superusers give rights; managers approve representatives by the verbs, and keep names and addresses
right.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, TextField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil.access import Actor, Role
from gasutil.admin.accounts.account_forms import AccountForm, NewAccountForm, PersonForm
from gasutil.admin.accounts.personal_data import PersonalDataActions, erasure_context
from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.export_columns import ACCOUNTS
from gasutil.admin.base.exports import Exported
from gasutil.admin.base.formatting import EMPTY_VALUE, time_ago
from gasutil.admin.base.history import WithHistory
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.permission_wording import grouped
from gasutil.admin.base.step_up import StepUpForms, step_up
from gasutil.errors import DeskError
from gasutil.groups import SUPPORT
from gasutil.identity.security_log import record_event
from gasutil.models import Notice, SecurityEventType, User, UserType
from gasutil.workflow import account_edits, approval, second_factors

PERSON = ("first_name", "last_name", "email", "phone_number", "address")
STANDING = ("user_type", "standing", "email_confirmed", "is_active", "language", "turned_off")
APPROVAL_FIELDS = ("standing", "asked", "asked_from", "email_confirmed", "gives")
WAITING_COLUMNS = ("person", "asked", "asked_from", "email_confirmed", "approval")
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
DATE_FIELDS = ("last_login", "date_joined")
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


def rights_of(user: User, names: Collection[str]) -> dict[str, Any]:
    """Return some rights of an account as the security log has them."""
    rights: dict[str, Any] = {
        name: getattr(user, name) for name in names if name not in ("groups", "user_permissions")
    }
    if "groups" in names:
        rights["groups"] = list(user.groups.values_list("name", flat=True))
    if "user_permissions" in names:
        rights["user_permissions"] = list(user.user_permissions.values_list("codename", flat=True))
    return rights


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


def _approval_actions(user: User) -> list[str]:
    """Return the names of the actions that apply to a representative."""
    wanted = ["withdraw_approval"] if user.is_approved else ["approve"]
    wanted += ["reset_second_factor"] if user.has_second_factor else []
    return wanted + (["reject"] if user.is_active and not user.is_approved else [])


@admin.register(User)
class UserAdmin(  # type: ignore[misc]  # its base names its arguments otherwise
    PersonalDataActions,
    StepUpForms,
    WithHistory,
    Exported,
    DjangoUserAdmin,  # type: ignore[type-arg]
    DeskAdmin,
):
    """Customers and representatives."""

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("person", "user_type_label", "approval", "email_confirmed", "is_active")
    list_filter = (
        ("user_type", ChoicesDropdownFilter),
        ApprovalFilter,
        "email_confirmed",
        "is_active",
    )
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("username", "first_name", "last_name", "email", "phone_number")
    search_help_text = _("Name, email or phone")
    filter_horizontal = ()
    autocomplete_fields = ()
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}}
    actions = None
    resource_classes = (ACCOUNTS,)
    actions_detail = (
        *("approve", "reject", "withdraw_approval", "reset_second_factor"),
        *("export_data", "erase", "undo_erasure"),
    )
    change_form_outer_before_template = "gasutil/erasure_notice.html"
    actions_row = ("approve",)
    add_fieldsets = (
        (None, {"fields": ("username", "user_type", *PERSON)}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )

    # --- Who may do what ---

    def needs_step_up(self, request: HttpRequest) -> bool:
        """Return whether the user can change rights, which superusers alone can."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the user may edit an account.

        Superusers' accounts are for superusers only.
        """
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return False: accounts are deactivated instead, because the history names them."""
        return False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Show what an approver needs to know, if the list is filtered to accounts to approve."""
        return WAITING_COLUMNS if request.GET.get("approval") == "waiting" else self.list_display

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Order by the longest wait, or else by the newest account."""
        return ("date_joined", "id") if request.GET.get("approval") == "waiting" else self.ordering

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether the user may approve representatives."""
        return bool(request.user.has_perm("gasutil.approve_support"))

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[User]]:
        """Return Django's own form for superusers, and one without a password for others."""
        if obj is not None and not request.user.is_superuser:
            kwargs.setdefault("form", PersonForm)
        form: type[ModelForm[User]] = super().get_form(request, obj, change=change, **kwargs)
        form.actor = actor_of(request)  # type: ignore[attr-defined]  # the class is made for this request
        return form

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show permissions and the password to superusers only."""
        if obj is None:
            return self.add_fieldsets
        waits = obj.user_type == UserType.SUPPORT and not obj.is_approved and not obj.is_superuser
        account = (
            _("Account"),
            {
                "fields": ("user_type", "is_active", *DATE_FIELDS)
                if waits
                else (*STANDING, *DATE_FIELDS)
            },
        )
        approval = ((_("Waiting for approval"), {"fields": APPROVAL_FIELDS}),) if waits else ()
        if not request.user.is_superuser:
            return (*approval, (None, {"fields": ("username", *PERSON)}), account)
        return (
            *approval,
            (None, {"fields": ("username", "password", *PERSON)}),
            account,
            (_("Permissions"), {"fields": RIGHTS}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return the fields that can't be edited here.

        No one can edit approval and confirmation, and only superusers can edit rights.

        A manager may correct a customer's address for mail, but not a colleague's: with it goes the
        password.
        """
        fixed = (*APPROVAL_FIELDS, "language", "turned_off", *DATE_FIELDS)
        if obj is None or request.user.is_superuser:
            return fixed
        theirs = () if obj.user_type == UserType.CUSTOMER and not obj.is_staff else ("email",)
        own = ("is_active",) if obj.pk == request.user.pk else ()
        return (*fixed, "username", "user_type", *RIGHTS, *theirs, *own)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Leave out unclaimed customers of the list: it is of people who can log in."""
        rows: QuerySet[User] = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return rows.filter(is_unclaimed=False) if is_list else rows

    @step_up
    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002
        form_url: str = "",
    ) -> HttpResponse:  # Django's name
        """Set a password, as a superuser; managers have a link mailed instead."""
        can_log_in = not User.objects.filter(pk=pk_of(id), is_unclaimed=True).exists()
        if not request.user.is_superuser or not can_log_in:
            raise PermissionDenied
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            self._record(request, SecurityEventType.PASSWORD_CHANGE, User.objects.get(pk=pk_of(id)))
        return response

    def _record(
        self, request: HttpRequest, event: SecurityEventType, account: User, **details: Any
    ) -> None:
        user = actor_of(request).user
        record_event(
            event,
            user=user,
            account=None if account == user else account,
            request=request,
            **details,
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the erasure of a customer, planned or finished."""
        shown = {} if object_id is None else erasure_context(pk_of(object_id))
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))

    # --- Saving ---

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool
    ) -> None:  # Django's own signature
        """Save the changed fields through the verb."""
        if not change:
            account_edits.create_account(obj, actor=actor_of(request))
            return
        columns = {
            name for field in User._meta.concrete_fields for name in (field.name, field.attname)
        }
        changed = {name: getattr(obj, name) for name in columns.intersection(form.changed_data)}
        if changed:
            edited = account_edits.edit(obj.pk, actor=actor_of(request), **changed)
            self._report_handed_back(request, edited.handed_back)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:  # Django's own signature
        """Save the groups and permissions, and record which rights have changed."""
        super().save_related(request, form, formsets, change)
        changed = [
            name for name in (*RIGHTS, "user_type", "is_active") if name in form.changed_data
        ]
        if change and changed:
            self._record(
                request,
                SecurityEventType.RIGHTS_CHANGE,
                form.instance,
                **rights_of(form.instance, changed),
            )

    # --- Approval ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Return the actions that apply: those of the approval, or of a customer's data."""
        user = (
            User.objects.filter(pk=pk_of(object_id), is_superuser=False)
            .exclude(pk=actor_of(request).person.pk)
            .first()
        )
        if user is None:
            return []
        if user.user_type == UserType.SUPPORT:
            wanted = _approval_actions(user)
        else:
            wanted = [] if user.is_staff else self.personal_data_actions(user)
        names = tuple(f"_user_{name}" for name in wanted)
        return [
            item
            for item in super().get_actions_detail(request, object_id)
            if item.action_name.endswith(names)
        ]

    def get_actions_row(self, request: HttpRequest) -> list[UnfoldAction]:
        """Return the approval, in the list of those who wait for it."""
        is_waiting = request.GET.get("approval") == "waiting"
        rows: list[UnfoldAction] = super().get_actions_row(request)
        return rows if is_waiting else []

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
            self._report_handed_back(request, handed_back)
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

    def _report_handed_back(self, request: HttpRequest, number: int) -> None:
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

    # --- Columns ---

    @display(description=_("Person"), header=True)
    def person(self, obj: User) -> list[str]:
        """Return the name, above the user name and the address."""
        return [str(obj), f"{obj.username} · {obj.email}"]

    @display(description=_("Type"))
    def user_type_label(self, obj: User) -> str:
        """Return the type that the user registered as."""
        return obj.get_user_type_display()

    @display(
        description=_("Approval"),
        label={"approved": "success", "waiting": "warning", "unconfirmed": "", "superuser": "info"},
    )
    def approval(self, obj: User) -> tuple[str, Any] | str:
        """Return the state of a representative's approval, with its colour."""
        if obj.is_superuser:
            return "superuser", _("Superuser")
        if obj.user_type != UserType.SUPPORT:
            return ""
        if Actor(obj).role is Role.SUPPORT or obj.is_approved:
            return "approved", _("Approved")
        return (
            ("waiting", _("Waiting for approval"))
            if obj.email_confirmed
            else ("unconfirmed", _("Email not confirmed"))
        )

    @display(description=_("Emails turned off"))
    def turned_off(self, obj: User) -> str:
        """Return the mails that the user has turned off; only they can change it."""
        return ", ".join(str(Notice(notice).label) for notice in obj.muted_notices) or EMPTY_VALUE

    @display(description=_("Approval"))
    def standing(self, obj: User) -> str:
        """Return the state of a representative's approval."""
        approval = self.approval(obj)
        return str(approval[1]) if isinstance(approval, tuple) else EMPTY_VALUE

    @display(description=_("Requested"))
    def asked(self, obj: User) -> str | SafeString:
        """Return the time of the registration."""
        return time_ago(obj.date_joined, timezone.now())

    @display(description=_("From"))
    def asked_from(self, obj: User) -> str:
        """Return the network address of the registration."""
        return obj.registered_from or EMPTY_VALUE

    @display(description=_("Approval grants"))
    def gives(self, obj: User) -> SafeString:
        """Return the permissions that an approval gives."""
        given = grouped(Permission.objects.filter(group__name=SUPPORT))
        lead = _(
            "Access to the console, to all requests and their customers, and to the API calls for"
            " support. The group %(group)s can:"
        ) % {"group": SUPPORT}
        return format_html(
            "{}<br>{}",
            lead,
            format_html_join(
                ", ", "{}", ((words,) for _subject, names in given for _pk, words in names)
            ),
        )
