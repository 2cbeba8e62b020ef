"""A changed email address: pending until it is confirmed, and undone by the old address's link."""

import datetime as dt
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.errors import Conflict, FieldError, Invalid
from gasutil.identity import security_log
from gasutil.identity.security_log import failures_recorded
from gasutil.models import EmailChange, Login, Notice, SecurityEventType, User
from gasutil.models.history import signed
from gasutil.models.identifiers import email_key
from gasutil.notify import links
from gasutil.notify.deliveries import send_to
from gasutil.search import index as search_index

UNDO_SECONDS = 72 * 60 * 60
LOCK_AFTER_UNDO = dt.timedelta(hours=24)


def columns_of_change(user: User, email: str) -> dict[str, Any]:
    """Return the columns of an account whose address becomes another.

    The settled one stays in use until that is confirmed.
    """
    settled, confirmed = user.settled_email, user.settled_is_confirmed
    if settled and email_key(email) == email_key(settled):
        return {
            "email": email,
            "email_confirmed": confirmed,
            "previous_email": "",
            "previous_confirmed": False,
        }
    return {
        "email": email,
        "email_confirmed": False,
        "previous_email": settled,
        "previous_confirmed": confirmed,
    }


def lock_errors(user: User) -> list[FieldError]:
    """Return the error of an address that can't be changed yet.

    The address is locked because a change has just been undone.
    """
    if user.email_locked_until is None or user.email_locked_until <= timezone.now():
        return []
    return [
        FieldError(
            "email",
            "locked",
            _(
                "A recent change of this email address was undone. You can't change it for 24"
                " hours."
            ),
        )
    ]


def record_change(user: User, old_email: str) -> None:
    """Record a change that has been saved, and notify the old address.

    The notice has a link that undoes the change.
    """
    if not old_email or email_key(old_email) == email_key(user.email):
        return
    EmailChange.objects.create(user=user, old_email=old_email, new_email=user.email)
    send_to(user.pk, Notice.EMAIL_CHANGED, old_email)


def undo(token: str) -> User:
    """Restore the address of before a change, as the confirmed one, and end all logins.

    Once, within 72 hours.
    """
    try:
        pk = signing.loads(token, salt=links.UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        pk = None
    with failures_recorded(SecurityEventType.EMAIL_UNDO), transaction.atomic():
        change = EmailChange.objects.filter(pk=pk).first()
        user = (
            User.objects.select_for_update().filter(pk=change.user_id, is_active=True).first()
            if change
            else None
        )
        if (
            change is None
            or user is None
            or not EmailChange.objects.filter(pk=pk, undone_at=None).exists()
        ):
            raise Invalid(
                [FieldError("token", "invalid_token", _("This link is not valid or has expired."))]
            )
        _restore(user, change)
        security_log.record_event(SecurityEventType.EMAIL_UNDO, user=user)
    return user


def _restore(user: User, change: EmailChange) -> None:
    key = email_key(change.old_email)
    if (
        User.objects.filter(Q(email_key=key) | Q(previous_email_key=key))
        .exclude(pk=user.pk)
        .exists()
    ):
        raise Conflict(_("Another account now uses this email address. Please contact us."))
    now, addresses = timezone.now(), {change.old_email, user.email}
    columns: dict[str, Any] = {
        "email": change.old_email,
        "email_confirmed": True,
        "previous_email": "",
        "previous_confirmed": False,
        "email_locked_until": now + LOCK_AFTER_UNDO,
        "session_generation": user.session_generation + 1,
    }
    for name, value in columns.items():
        setattr(user, name, value)
    signed(user, user, gettext_noop("Email change undone")).save(update_fields=list(columns))
    search_index.update_customer(user)
    Login.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    EmailChange.objects.filter(user=user, pk__gte=change.pk, undone_at=None).update(undone_at=now)
    for address in sorted(addresses):
        send_to(user.pk, Notice.EMAIL_RESTORED, address)
