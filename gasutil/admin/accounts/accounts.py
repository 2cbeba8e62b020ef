"""The pages of accounts: fields by who edits, and saving through the verbs.

Superusers give rights; managers approve representatives by the verbs, and keep names and addresses
right.
"""

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, TextField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil.admin.accounts.account_columns import AccountColumns
from gasutil.admin.accounts.account_forms import AccountForm, NewAccountForm, PersonForm
from gasutil.admin.accounts.approvals import ApprovalActions, ApprovalFilter, approval_actions
from gasutil.admin.accounts.personal_data import PersonalDataActions, erasure_context
from gasutil.admin.base.export_columns import ACCOUNTS
from gasutil.admin.base.exports import Exported
from gasutil.admin.base.history import WithHistory
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.step_up import StepUpForms, step_up
from gasutil.identity.security_log import record_event
from gasutil.models import SecurityEventType, User, UserType
from gasutil.workflow import account_edits

PERSON = ("first_name", "last_name", "email", "phone_number", "address")
STANDING = ("user_type", "standing", "email_confirmed", "is_active", "language", "turned_off")
APPROVAL_FIELDS = ("standing", "asked", "asked_from", "email_confirmed", "gives")
WAITING_COLUMNS = ("person", "asked", "asked_from", "email_confirmed", "approval")
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
DATE_FIELDS = ("last_login", "date_joined")


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


@admin.register(User)
class UserAdmin(  # type: ignore[misc]  # its base names its arguments otherwise
    ApprovalActions,
    AccountColumns,
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
            self.report_handed_back(request, edited.handed_back)

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

    # --- Actions ---

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
            wanted = approval_actions(user)
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
