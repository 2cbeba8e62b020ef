"""The columns and read-only fields of accounts."""

from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from gasutil.access import Actor, Role
from gasutil.admin.base.formatting import EMPTY_VALUE, time_ago
from gasutil.admin.base.permission_wording import grouped
from gasutil.groups import SUPPORT
from gasutil.models import Notice, User, UserType


class AccountColumns:
    """Show the state of an account, and of its approval."""

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
