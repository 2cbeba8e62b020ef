"""The verb that confirms an email address with the mailed token."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import (
    gettext_noop,
)  # reasons are stored in English, and translated where they are read

from gasutil.access import Actor
from gasutil.errors import FieldError, Invalid, NotAuthenticated
from gasutil.identity import logins
from gasutil.identity.security_log import record_event
from gasutil.models import SecurityEventType, User
from gasutil.notify import links
from gasutil.workflow.accounts import invalid_link, update_account
from gasutil.workflow.passwords import require_password


def confirm_email_by_api(*, token: str, password: str = "", request: HttpRequest) -> User:
    """Confirm an email address with the emailed token.

    An access token, if sent, must belong to the same account. The call needs none, so that one that
    has expired does not matter.
    """
    return confirm_email(token, password=password, actor=_actor_of(request))


def _actor_of(request: HttpRequest) -> Actor | None:
    """Return the actor of the access token of a public call, or None without a valid one."""
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    try:
        return Actor(logins.user_for_token(bearer)) if scheme.lower() == "bearer" else None
    except NotAuthenticated:
        return None


def needs_password(token: str) -> bool:
    """Return whether a mailed token confirms a change of address.

    Such a change also requires the password.
    """
    try:
        claim = signing.loads(
            token, salt=links.EMAIL_SALT, max_age=settings.EMAIL_CONFIRMATION_TIMEOUT
        )
    except signing.BadSignature:
        return False
    return (
        User.objects.filter(pk=claim["user"], email=claim["email"], is_active=True)
        .exclude(previous_email="")
        .exists()
    )


def confirm_email(token: str, *, password: str = "", actor: Actor | None = None) -> User:
    """Take the mailed token as proof that an address is its user's.

    A changed address takes the password too.

    With an actor, only as proof of the actor's own.
    """
    if needs_password(token):
        _check_password_of(signing.loads(token, salt=links.EMAIL_SALT)["user"], password)
    try:
        claim = signing.loads(
            token, salt=links.EMAIL_SALT, max_age=settings.EMAIL_CONFIRMATION_TIMEOUT
        )
    except signing.BadSignature:
        claim = {"user": None, "email": ""}
    with (
        transaction.atomic()
    ):  # locked, so that the address that is confirmed can't change in between
        user = (
            User.objects.select_for_update()
            .filter(pk=claim["user"], email=claim["email"], is_active=True)
            .first()
        )
        if user is None or (actor is not None and user.pk != actor.id):
            raise invalid_link()
        if user.email_confirmed:
            return user
        columns = {"email_confirmed": True, "previous_email": "", "previous_confirmed": False}
        user = update_account(
            user.pk, actor or Actor(user), gettext_noop("Email confirmed"), **columns
        )
        record_event(SecurityEventType.EMAIL_CONFIRMATION, user=user)
        return user


def _check_password_of(pk: int, password: str) -> None:
    """Raise `Invalid` unless this is the password of an account; wrong ones are limited."""
    if not password:
        raise Invalid(
            [
                FieldError(
                    "password",
                    "missing",
                    _("Enter your password to confirm the new email address."),
                )
            ]
        )
    require_password(User.objects.get(pk=pk), password, SecurityEventType.EMAIL_CONFIRMATION)
