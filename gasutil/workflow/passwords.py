"""The verbs of passwords: change, check, and reset by a mailed link."""

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.utils.translation import (
    gettext_noop,
)  # reasons are stored in English, and translated where they are read

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor
from gasutil.errors import FieldError, Invalid
from gasutil.identity.security_log import failures_recorded, record_event
from gasutil.identity.throttling import RateLimit
from gasutil.models import Notice, SecurityEventType, User
from gasutil.notify import tasks
from gasutil.notify.deliveries import send_to
from gasutil.workflow.accounts import invalid_link, update_account

OLD_PASSWORDS = RateLimit("old-password", "OLD_PASSWORD_LIMIT", 5 * 60)
RESETS = RateLimit("password-reset", "PASSWORD_RESET_LIMIT", 60 * 60)


def password_errors(user: User, data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of a new password and its repetition."""
    errors = []
    if "password" in data:
        try:
            validate_password(data["password"], user)
        except ValidationError as error:
            errors += FieldError.of("password", error)
        if "password2" in data and normalize("NFC", data["password"]) != normalize(
            "NFC", data["password2"]
        ):
            errors.append(
                FieldError("password2", "password_mismatch", _("The two passwords don't match."))
            )
    return errors


def change_password(*, actor: Actor, old_password: str, password: str, password2: str) -> None:
    """Change the user's own password. This ends all earlier logins."""
    access.require(actor, ANY_ACCOUNT)
    user = User.objects.get(pk=actor.person.pk)
    with failures_recorded(SecurityEventType.PASSWORD_CHANGE, user=user):
        OLD_PASSWORDS.count(str(actor.id))
        errors = password_errors(user, {"password": password, "password2": password2})
        if not user.check_password(old_password):
            errors.insert(0, _wrong_password("old_password"))
        if errors:
            raise Invalid(errors)
    OLD_PASSWORDS.forgive(str(actor.id))
    set_password(user, password, actor=actor, reason=gettext_noop("Password changed"))


def require_password(
    user: User, password: str, event: SecurityEventType = SecurityEventType.PASSWORD_CHECK
) -> None:
    """Check a user's password before something that a stolen session must not do.

    Raises `Invalid` for a wrong password, and `TooManyAttempts` after too many.
    """
    with failures_recorded(event, user=user):
        OLD_PASSWORDS.count(str(user.pk))
        if not user.check_password(password):
            raise Invalid([_wrong_password("password")])
    OLD_PASSWORDS.forgive(str(user.pk))


def _wrong_password(field: str) -> FieldError:
    return FieldError(field, "wrong_password", _("The password is wrong."))


def set_password(user: User, password: str, *, actor: Actor, reason: str) -> None:
    """Set a password that has been checked, with a row of the account's history.

    Every login of before ends by it.
    """
    user.set_password(password)
    update_account(user.pk, actor, reason, password=user.password)
    record_event(SecurityEventType.PASSWORD_CHANGE, user=user)
    if user.email:
        send_to(user.pk, Notice.PASSWORD_CHANGED)


def request_reset(*, email: str, address_of_caller: str = "") -> None:
    """Email a link to set a new password.

    The response and its time are the same for an unknown address.
    """
    with failures_recorded(SecurityEventType.PASSWORD_RESET_REQUEST, username=email):
        RESETS.count(address_of_caller)
    record_event(SecurityEventType.PASSWORD_RESET_REQUEST, username=email)
    tasks.send_password_reset.enqueue(email)


def reset_password(*, uid: str, token: str, password: str, password2: str) -> None:
    """Set a new password with the emailed token. This ends all earlier logins."""
    tried = user = _user_of(uid)
    if user is not None and not default_token_generator.check_token(user, token):
        user = None  # the validators must not reveal the account's data
    errors = password_errors(user or User(), {"password": password, "password2": password2})
    if user is None:
        with failures_recorded(SecurityEventType.PASSWORD_RESET, user=tried):
            raise Invalid([*invalid_link().errors, *errors])
    if errors:
        raise Invalid(errors)
    use_reset(user, token, password)


def use_reset(user: User, token: str, password: str) -> None:
    """Set a password that has been checked, by a link that is good once.

    The link must be good still once the account is locked.
    """
    user.set_password(password)
    with failures_recorded(SecurityEventType.PASSWORD_RESET, user=user), transaction.atomic():
        locked = User.objects.select_for_update().filter(pk=user.pk, is_active=True).first()
        if locked is None or not default_token_generator.check_token(locked, token):
            raise invalid_link()
        update_account(
            user.pk,
            Actor(user),
            gettext_noop("Password reset by email"),
            password=user.password,
            **_proved_by_reset(locked),
        )
        record_event(SecurityEventType.PASSWORD_RESET, user=user)
        send_to(user.pk, Notice.PASSWORD_CHANGED)


def _proved_by_reset(user: User) -> dict[str, bool]:
    """Return the column that says that the address which received the link is confirmed."""
    return {"previous_confirmed" if user.previous_email else "email_confirmed": True}


def _user_of(uid: str) -> User | None:
    try:
        return User.objects.filter(
            pk=int(force_str(urlsafe_base64_decode(uid))), is_active=True
        ).first()
    except (ValueError, OverflowError):
        return None
