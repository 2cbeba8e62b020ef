"""The verbs by which users change their own profile and the mails that they receive."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import (
    gettext_noop,
)  # reasons are stored in English, and translated where they are read

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor, Role
from gasutil.errors import FieldError, Invalid, NotAllowed
from gasutil.identity.security_log import record_event
from gasutil.models import Notice, SecurityEventType, User, UserType
from gasutil.models.identifiers import email_key
from gasutil.notify import tasks
from gasutil.workflow import email_changes
from gasutil.workflow.accounts import (
    EMAIL_LOOKUPS,
    EMAIL_MAILS,
    taken_errors,
    unique_names,
    update_account,
    wrong_domain_errors,
)

# Which mails, and in which language: everyone chooses their own.
NOTICES = frozenset({"language", "muted_notices"})
EDITABLE: Mapping[Role, frozenset[str]] = {
    Role.CUSTOMER: NOTICES | {"email", "first_name", "last_name", "phone_number", "address"},
    Role.PENDING_SUPPORT: NOTICES | {"email", "phone_number"},
    Role.SUPPORT: NOTICES | {"email", "phone_number"},
}


def profile(*, actor: Actor) -> User:
    """Return the user's own account."""
    return User.objects.get(pk=actor.person.pk)


def update_profile(*, actor: Actor, **fields: Any) -> User:
    """Change the user's own profile. A new email address is shown at once and must be confirmed."""
    access.require(actor, ANY_ACCOUNT)
    _refuse_what_is_anothers(actor, fields)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.person.pk)
        fields = {name: value for name, value in fields.items() if getattr(user, name) != value}
        moved = "email" in fields
        if not fields:
            return user
        errors = profile_errors(actor, fields)
        if errors:
            raise Invalid(errors)
        with unique_names(User(pk=user.pk, email=fields.get("email", ""))):
            settled = user.settled_email
            columns = email_changes.columns_of_change(user, fields["email"]) if moved else {}
            user = update_account(
                user.pk, actor, gettext_noop("Profile changed"), **fields | columns
            )
        if moved:
            email_changes.record_change(user, settled)
            record_event(SecurityEventType.EMAIL_CHANGE, user=user)
        if moved and not user.email_confirmed:
            tasks.send_email_confirmation.enqueue(user.pk)
    return user


def _refuse_what_is_anothers(actor: Actor, fields: Iterable[str]) -> None:
    """Raise `NotAllowed` for profile fields that only an administrator may change."""
    forbidden = sorted(set(fields) - EDITABLE[actor.role])
    if forbidden:
        message = _(
            "Support representatives can't change their own %(fields)s. Ask an administrator."
        )
        raise NotAllowed(message % {"fields": ", ".join(forbidden)})


def profile_errors(actor: Actor, data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of a partial change to the caller's own profile."""
    _refuse_what_is_anothers(actor, data)
    if "email" not in data or actor.user is None:
        return []
    EMAIL_LOOKUPS.count(str(actor.id))
    EMAIL_MAILS.count(email_key(data["email"]))
    errors = taken_errors(User(pk=actor.id, email=data["email"])) + email_changes.lock_errors(
        User.objects.get(pk=actor.person.pk)
    )
    return errors + (
        wrong_domain_errors(data["email"]) if actor.user.user_type == UserType.SUPPORT else []
    )


def mute(pk: int, notice: Notice) -> User | None:
    """Turn a kind of mail off for a user, by the link in such a mail.

    Return None if the account no longer exists.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=pk, is_active=True).first()
        if user is None or notice in user.muted_notices:
            return user
        return update_account(
            pk,
            Actor(user),
            gettext_noop("Unsubscribed by email"),
            muted_notices=[*user.muted_notices, notice.value],
        )
