"""The access list: every account of the staff with its rights, and its regular review."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import REPRESENTATIVES, Actor
from gasutil.errors import Conflict, FieldError, Invalid
from gasutil.groups import roles_of
from gasutil.models import AccessReview, User, UserType
from gasutil.visible_text import has_words

VIEW, REVIEW_ACCESS = "gasutil.view_accessreview", "gasutil.add_accessreview"


@dataclass(frozen=True, kw_only=True)
class AccountAccess:
    """The rights of one account of the staff."""

    user: User
    groups: Sequence[str]
    extra_permissions: Sequence[str]

    @property
    def roles(self) -> list[str]:
        """Return the roles that the groups give, in words."""
        return [str(role.label) for role in roles_of(self.groups)]

    @property
    def rights(self) -> dict[str, Any]:
        """Return what a review is about, by the columns of the exported list."""
        user = self.user
        return {
            "username": user.username,
            "active": user.is_active,
            "user_type": str(user.user_type),
            "approved": user.is_approved,
            "superuser": user.is_superuser,
            "console": user.is_staff,
            "groups": list(self.groups),
            "extra_permissions": list(self.extra_permissions),
            "second_factor": user.has_second_factor,
        }


def staff_accounts() -> QuerySet[User]:
    """Return the accounts of the staff, approved or not, active or not."""
    is_staff = Q(user_type=UserType.SUPPORT) | Q(is_staff=True) | Q(is_superuser=True)
    return User.objects.filter(is_staff, is_unclaimed=False)


def read_access_list() -> list[AccountAccess]:
    """Return every account of the staff with its rights: active ones first, then by username."""
    accounts = staff_accounts().prefetch_related("groups", "user_permissions")
    return [
        AccountAccess(
            user=user,
            groups=sorted(group.name for group in user.groups.all()),
            extra_permissions=sorted(item.codename for item in user.user_permissions.all()),
        )
        for user in accounts.order_by("-is_active", "username")
    ]


def digest_of_accounts(accounts: Sequence[AccountAccess]) -> str:
    """Return the digest of the rights in an access list."""
    rights = json.dumps([account.rights for account in accounts], sort_keys=True)
    return hashlib.sha256(rights.encode()).hexdigest()


def last_review() -> AccessReview | None:
    """Return the newest review."""
    newest: AccessReview | None = (
        AccessReview.objects.select_related("author").order_by("-id").first()
    )
    return newest


def next_review_at(last: AccessReview) -> dt.datetime:
    """Return when the next review is due."""
    return last.reviewed_at + dt.timedelta(days=settings.ACCESS_REVIEW_DAYS)


def is_due(last: AccessReview | None, now: dt.datetime) -> bool:
    """Return whether a review is due."""
    return last is None or next_review_at(last) <= now


def record_review(*, actor: Actor, comment: str, seen: str) -> AccessReview:
    """Record that the actor has reviewed the access list that has the digest `seen`.

    Raises `PermissionRequired`, `Invalid` without a comment, and `Conflict` if rights have changed
    since the actor read the list.
    """
    access.require(actor, REPRESENTATIVES)
    access.require_permission(
        actor, REVIEW_ACCESS, _("You need permission to review the access list.")
    )
    if not has_words(comment):
        raise Invalid([FieldError("comment", "required", _("Say what you checked."))])
    accounts = read_access_list()
    if digest_of_accounts(accounts) != seen:
        raise Conflict(_("The list changed while you were reading it. Check it again."))
    active = [account.user for account in accounts if account.user.is_active]
    return AccessReview.objects.create(
        author=actor.person,
        comment=comment.strip(),
        accounts=len(active),
        superusers=sum(user.is_superuser for user in active),
        without_second_factor=sum(not user.has_second_factor for user in active),
        digest=seen,
    )
