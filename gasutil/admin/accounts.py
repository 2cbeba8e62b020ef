"""Accounts. Superusers give rights; managers approve representatives by the verbs, and keep names and addresses right."""

from collections.abc import Callable
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
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil.access import Actor, Role
from gasutil.admin.exports import ACCOUNTS, Exported
from gasutil.admin.history import WithHistory
from gasutil.admin.permission_wording import grouped
from gasutil.admin.queue import CappedPaginator
from gasutil.admin.site import actor_of, pk_of
from gasutil.admin.word_forms import SafeDialogForm, go, show
from gasutil.admin.wording import NOTHING, moment
from gasutil.errors import DeskError
from gasutil.groups import SUPPORT
from gasutil.models import Notice, User, UserType
from gasutil.notify import tasks
from gasutil.workflow import approval
from gasutil.workflow.steps import is_representative

PERSON = ("first_name", "last_name", "email", "phone_number", "address")
STANDING = ("user_type", "standing", "email_confirmed", "is_active", "language", "turned_off")
ASKED = ("standing", "asked", "asked_from", "email_confirmed", "gives")
WAITING = ("person", "asked", "asked_from", "email_confirmed", "approval")
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
DATES = ("last_login", "date_joined")
APPROVE = {
    "title": _("Approve representative"),
    "description": _("This account gets every right of a support representative, in the console and by the API."),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Approve"),
}
WITHDRAW = {
    "title": _("Withdraw approval"),
    "description": _(
        "This account loses every right of a support representative at once, and all its groups. Its open requests go back to the queue."
    ),
    "form_class": SafeDialogForm,
    "form_submit_text": _("Withdraw"),
    "is_grave": True,
}


class ApprovalFilter(DropdownFilter):
    """Whether a representative has been approved."""

    title = _("approval")
    parameter_name = "approval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what there is to choose from."""
        return [("waiting", _("Waiting for approval")), ("approved", _("Approved"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Keep the representatives who wait, or those who don't."""
        if self.value() not in ("waiting", "approved"):
            return queryset
        return queryset.filter(user_type=UserType.SUPPORT, is_approved=self.value() == "approved")


@admin.register(User)
class UserAdmin(WithHistory, Exported, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic in its types alone
    """Customers and representatives."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("person", "user_type_label", "approval", "email_confirmed", "is_active")
    list_filter = (("user_type", ChoicesDropdownFilter), ApprovalFilter, "email_confirmed", "is_active")
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("username", "first_name", "last_name", "email", "phone_number")
    search_help_text = _("Name, e-mail or phone")
    filter_horizontal = ()
    autocomplete_fields = ()
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}}
    actions = None
    resource_classes = (ACCOUNTS,)
    actions_detail = ("approve", "withdraw_approval")
    add_fieldsets = (
        (None, {"fields": ("username", "user_type", *PERSON)}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )

    # --- Who may do what ---

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether somebody may edit an account: a superuser's is for superusers alone."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Refuse: an account is deactivated instead, so that the log keeps its names."""
        return False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Show of those who wait what speaks for and against them."""
        return WAITING if request.GET.get("approval") == "waiting" else self.list_display

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Show first who has waited longest; elsewhere who is newest."""
        return ("date_joined", "id") if request.GET.get("approval") == "waiting" else self.ordering

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether somebody may approve representatives."""
        return bool(request.user.has_perm("gasutil.approve_support"))

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> type[ModelForm[User]]:
        """Return Django's own form to superusers; nobody else's shows a password."""
        if obj is not None and not request.user.is_superuser:
            kwargs.setdefault("form", ModelForm)
        form: type[ModelForm[User]] = super().get_form(request, obj, change=change, **kwargs)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show rights and the password to superusers alone."""
        if obj is None:
            return self.add_fieldsets
        waits = obj.user_type == UserType.SUPPORT and not obj.is_approved and not obj.is_superuser
        account = (_("Account"), {"fields": ("user_type", "is_active", *DATES) if waits else (*STANDING, *DATES)})
        approval = ((_("Waits for approval"), {"fields": ASKED}),) if waits else ()
        if not request.user.is_superuser:
            return (*approval, (None, {"fields": ("username", *PERSON)}), account)
        return (*approval, (None, {"fields": ("username", "password", *PERSON)}), account, (_("Rights"), {"fields": RIGHTS}))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return what can't be edited here: approval and confirmation by nobody, rights by superusers alone.

        A manager may correct a customer's address for mail, but not a colleague's: with it goes the password.
        """
        fixed = (*ASKED, "language", "turned_off", *DATES)
        if obj is None or request.user.is_superuser:
            return fixed
        theirs = () if obj.user_type == UserType.CUSTOMER and not obj.is_staff else ("email",)
        own = ("is_active",) if obj.pk == request.user.pk else ()
        return (*fixed, "username", "user_type", *RIGHTS, *theirs, *own)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002  # Django's name
        """Let superusers alone set somebody's password; managers have a link mailed."""
        if not request.user.is_superuser:
            raise PermissionDenied
        response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    # --- Saving ---

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:  # Django's own signature
        """Save what was changed and nothing else; a new address has to be confirmed."""
        moved = not change or "email" in form.changed_data
        if moved:
            obj.email_confirmed = False
        if change:
            columns = {field.attname for field in User._meta.concrete_fields} | {field.name for field in User._meta.concrete_fields}
            changed = columns.intersection(form.changed_data) | ({"email_confirmed"} if moved else set())
            if changed:
                obj.save(update_fields=sorted(changed))
            if changed & {"is_active", "user_type"} and not is_representative(obj):
                self._tell_handed_back(request, approval.hand_back(obj, actor=actor_of(request)))
        else:
            super().save_model(request, obj, form, change)
        if moved and obj.email:
            tasks.send_email_confirmation.enqueue(obj.pk)

    # --- Approval ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Offer what the account is not yet: approved, or no longer."""
        user = (
            User.objects.filter(pk=pk_of(object_id), user_type=UserType.SUPPORT, is_superuser=False)
            .exclude(pk=actor_of(request).person.pk)
            .first()
        )
        if user is None:
            return []
        wanted = "withdraw_approval" if user.is_approved else "approve"
        return [one for one in super().get_actions_detail(request, object_id) if one.action_name.endswith(f"_user_{wanted}")]

    @action(description=_("Approve"), url_path="approve", icon="how_to_reg", permissions=["approve"], dialog=APPROVE)
    def approve(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Approve a representative."""

        def done() -> User:
            user = approval.approve(pk_of(object_id), actor=actor_of(request))
            messages.success(request, _("{} is approved.").format(user))
            return user

        return self._decide(request, form, APPROVE, done)

    @action(description=_("Withdraw approval"), url_path="withdraw-approval", icon="person_off", permissions=["approve"], dialog=WITHDRAW)
    def withdraw_approval(self, request: HttpRequest, form: SafeDialogForm, object_id: str) -> HttpResponse:
        """Take a representative's rights away."""

        def done() -> User:
            user, handed_back = approval.withdraw_approval(pk_of(object_id), actor=actor_of(request))
            messages.success(request, _("{} is no longer approved.").format(user))
            self._tell_handed_back(request, handed_back)
            return user

        return self._decide(request, form, WITHDRAW, done)

    def _tell_handed_back(self, request: HttpRequest, number: int) -> None:
        if number:
            told = ngettext("%(number)d open request went back to the queue.", "%(number)d open requests went back to the queue.", number)
            messages.warning(request, told % {"number": number})

    def _decide(self, request: HttpRequest, form: SafeDialogForm, dialog: dict[str, Any], done: Callable[[], User]) -> HttpResponse:
        try:
            user = done()
        except DeskError as error:
            form.refuse(error)
            return show(request, dialog, form, dialog["form_submit_text"])
        return go(request, reverse("admin:gasutil_user_change", args=[user.pk]))

    # --- Columns ---

    @display(description=_("Person"), header=True)
    def person(self, obj: User) -> list[str]:
        """Return the name, above the user name and the address."""
        return [str(obj), f"{obj.username} · {obj.email}"]

    @display(description=_("Type"))
    def user_type_label(self, obj: User) -> str:
        """Return what somebody registered as."""
        return obj.get_user_type_display()

    @display(description=_("Approval"), label={"approved": "success", "waiting": "warning", "unconfirmed": "", "superuser": "info"})
    def approval(self, obj: User) -> tuple[str, Any] | str:
        """Return where a representative's approval stands."""
        if obj.is_superuser:
            return "superuser", _("Superuser")
        if obj.user_type != UserType.SUPPORT:
            return ""
        if Actor(obj).role is Role.SUPPORT or obj.is_approved:
            return "approved", _("Approved")
        return ("waiting", _("Waiting for approval")) if obj.email_confirmed else ("unconfirmed", _("E-mail not confirmed yet"))

    @display(description=_("Mails turned off"))
    def turned_off(self, obj: User) -> str:
        """Return which mails somebody does not want: that is theirs alone to choose."""
        return ", ".join(str(Notice(one).label) for one in obj.muted_notices) or NOTHING

    @display(description=_("Approval"))
    def standing(self, obj: User) -> str:
        """Return where a representative's approval stands, in words alone."""
        said = self.approval(obj)
        return str(said[1]) if isinstance(said, tuple) else NOTHING

    @display(description=_("Asked"))
    def asked(self, obj: User) -> str | SafeString:
        """Return when somebody registered."""
        return moment(obj.date_joined, timezone.now())

    @display(description=_("From"))
    def asked_from(self, obj: User) -> str:
        """Return the network address that somebody registered from."""
        return obj.registered_from or NOTHING

    @display(description=_("Approving gives"))
    def gives(self, obj: User) -> SafeString:
        """Return what approving somebody lets him do."""
        given = grouped(Permission.objects.filter(group__name=SUPPORT))
        lead = _("The console, every request with its customer, and by the API what support may do. The group %(group)s:") % {
            "group": SUPPORT
        }
        return format_html("{}<br>{}", lead, format_html_join(", ", "{}", ((words,) for _subject, names in given for _pk, words in names)))
