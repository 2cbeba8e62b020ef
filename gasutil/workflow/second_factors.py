"""The verbs of the second factor: set up an app, renew recovery codes, remove it."""

import base64
import secrets
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed
from gasutil.identity import second_factor
from gasutil.identity.security_log import record_event
from gasutil.models import AuthenticatorApp, Notice, RecoveryCode, SecurityEventType, User
from gasutil.notify.deliveries import send_to
from gasutil.sealing import seal, unseal
from gasutil.workflow import accounts, passwords

TOTP_SECRET_BYTES = 20  # RFC 4226 recommends 160 bits
RECOVERY_CODES, RECOVERY_CODE_BYTES = 10, 10
# Reasons in the history of the account. With passkeys, an app is one of several factors.
FACTOR_SET_UP = gettext_noop("Second factor set up")
FACTOR_REMOVED = gettext_noop("Second factor removed")
APP_ADDED = gettext_noop("Authenticator app added")
APP_REMOVED = gettext_noop("Authenticator app removed")


class Enrolment(NamedTuple):
    """What an authenticator app needs: the secret, and the address of the QR code with it."""

    secret: str
    otpauth_url: str


class RecoveryCodes(NamedTuple):
    """The recovery codes, which are shown once."""

    recovery_codes: list[str]


def state(*, actor: Actor) -> dict[str, Any]:
    """Return whether the caller has and needs a second factor."""
    access.require(actor, ANY_ACCOUNT)
    user = User.objects.get(pk=actor.person.pk)
    return {
        "is_enabled": user.has_second_factor,
        "is_required": second_factor.is_required(user),
        "enrol_by": user.enrol_by,
        "recovery_codes_left": user.recovery_codes.filter(used_at=None).count(),
    }


def start_setup(*, actor: Actor, password: str) -> Enrolment:
    """Give an authenticator app a new secret. It is in use once `confirm` has seen a code of it.

    Raises `Conflict` if the caller has a second factor, and `Invalid` for a wrong password.
    """
    access.require(actor, ANY_ACCOUNT)
    user = User.objects.get(pk=actor.person.pk)
    passwords.require_password(user, password)
    if user.has_second_factor:
        raise Conflict(_("You already have a second factor. Remove it before you set up another."))
    return store_secret(user)


def store_secret(user: User) -> Enrolment:
    """Give the authenticator app of a user a new secret.

    Raises `Conflict` if an app is in use.
    """
    if second_factor.has_app(user):
        raise Conflict(_("You already have an authenticator app. Remove it first."))
    secret = secrets.token_bytes(TOTP_SECRET_BYTES)
    AuthenticatorApp.objects.update_or_create(
        user=user,
        defaults={"sealed_secret": seal(secret.hex()), "last_step": 0, "confirmed_at": None},
    )
    return enrolment_of(user, secret)


def unconfirmed(user: User) -> Enrolment | None:
    """Return the setup of a user that no code has confirmed yet, or nothing."""
    app = AuthenticatorApp.objects.filter(user=user, confirmed_at=None).first()
    return enrolment_of(user, bytes.fromhex(unseal(app.sealed_secret))) if app else None


def enrolment_of(user: User, secret: bytes) -> Enrolment:
    """Return a secret as apps take it."""
    url = second_factor.totp(secret).get_provisioning_uri(user.username, settings.SITE_NAME)
    return Enrolment(base64.b32encode(secret).decode(), url)


def confirm(*, actor: Actor, otp: str) -> RecoveryCodes:
    """Take the second factor into use, and return its recovery codes.

    Raises `Invalid` for a wrong code, and `Conflict` if none has been started.
    """
    access.require(actor, ANY_ACCOUNT)
    user = User.objects.get(pk=actor.person.pk)
    second_factor.CODES.count(str(user.pk))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        app = AuthenticatorApp.objects.select_for_update().filter(user=user).first()
        if app is None or app.confirmed_at:
            raise Conflict(_("Start the setup of a second factor first."))
        step = second_factor.matching_step(app, second_factor.CODE_SEPARATORS.sub("", otp))
        if step is None:
            raise Invalid([_wrong_code()])
        app.confirmed_at = app.last_used_at = timezone.now()
        app.last_step = step
        app.save()
        is_first = not user.has_second_factor
        reason = FACTOR_SET_UP if is_first else APP_ADDED
        store_factor(user, actor, reason, has_second_factor=True)
        # Those of an account with passkeys stay valid, so none is returned.
        codes = new_codes(user) if is_first else RecoveryCodes([])
    second_factor.CODES.forgive(str(user.pk))
    return codes


def renew_codes(*, actor: Actor, password: str, otp: str) -> RecoveryCodes:
    """Replace the recovery codes.

    Raises `Invalid` for a wrong password or code.
    """
    access.require(actor, ANY_ACCOUNT)
    user = _checked(actor, password, otp)
    with transaction.atomic():
        return record_new_codes(user)


def remove_own(*, actor: Actor, password: str, otp: str) -> None:
    """Remove the caller's own second factor.

    Raises `Invalid` for a wrong password or code, and `NotAllowed` if the caller's role needs one.
    """
    # This is the authenticator app: passkeys stay, and the console removes them one by one.
    access.require(actor, ANY_ACCOUNT)
    user = _checked(actor, password, otp, needs_app=True)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        AuthenticatorApp.objects.filter(user=user).delete()
        store_removal(user, actor, APP_REMOVED if user.passkeys.exists() else FACTOR_REMOVED)


def reset(pk: int, *, actor: Actor) -> User:
    """Remove the second factor of someone who has lost it; their logins end.

    Raises `NotAllowed` for callers who may not manage accounts, and `Conflict` if there is none.
    """
    if actor.user is not None and not actor.user.has_perm("gasutil.approve_support"):
        raise NotAllowed(_("Only a manager can do this."))
    user = User.objects.get(pk=pk)
    if user.is_superuser and actor.user is not None and not actor.user.is_superuser:
        raise NotAllowed(_("Only an administrator can do this."))
    if not user.has_second_factor:
        raise Conflict(_("%(user)s has no second factor.") % {"user": user})
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=pk)
        AuthenticatorApp.objects.filter(user=user).delete()
        user.passkeys.all().delete()
        user.recovery_codes.all().delete()
        return store_factor(
            user,
            actor,
            gettext_noop("Lost second factor removed"),
            has_second_factor=False,
            session_generation=user.session_generation + 1,
        )


def _checked(actor: Actor, password: str, otp: str, *, needs_app: bool = False) -> User:
    user = User.objects.get(pk=actor.person.pk)
    passwords.require_password(user, password)
    if not user.has_second_factor:
        raise Conflict(_("You have no second factor."))
    if needs_app and not second_factor.has_app(user):
        raise Conflict(_("Your second factor is a passkey. Remove it in the console."))
    if not second_factor.is_valid_code(user, otp):
        raise Invalid([_wrong_code()])
    return user


def _wrong_code() -> FieldError:
    return FieldError("otp", "wrong_code", _("This code is not valid. Enter the newest one."))


def record_new_codes(user: User) -> RecoveryCodes:
    """Replace the recovery codes of a user, and record it."""
    record_event(SecurityEventType.SECOND_FACTOR, user=user, reason="new recovery codes")
    return new_codes(user)


def new_codes(user: User) -> RecoveryCodes:
    """Replace the recovery codes of a user."""
    codes = [
        base64.b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode()
        for _number in range(RECOVERY_CODES)
    ]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=second_factor.digest_of(code)) for code in codes
    )
    return RecoveryCodes(["-".join((code[:4], code[4:8], code[8:12], code[12:])) for code in codes])


def store_removal(user: User, actor: Actor, reason: str) -> None:
    """Store that a factor of a locked user has been removed. The last takes the codes with it.

    Raises `NotAllowed` if none is left and the user's role needs one.
    """
    is_left = second_factor.has_app(user) or user.passkeys.exists()
    if not is_left and second_factor.is_required(user):
        raise NotAllowed(_("Your role needs a second factor, so you can't remove it."))
    if not is_left:
        user.recovery_codes.all().delete()
    store_factor(user, actor, reason, has_second_factor=is_left)


def store_factor(
    user: User, actor: Actor, reason: str, *, has_second_factor: bool, **fields: Any
) -> User:
    """Store whether a user has a second factor: in the account, its history and a mail."""
    notice = _notice(had_factor=user.has_second_factor, has_factor=has_second_factor)
    result = accounts.update_account(
        user.pk, actor, reason, has_second_factor=has_second_factor, enrol_by=None, **fields
    )
    record_event(
        SecurityEventType.SECOND_FACTOR, user=actor.user or user, account=user, reason=reason
    )
    if user.email:
        send_to(user.pk, notice)
    return result


def _notice(*, had_factor: bool, has_factor: bool) -> Notice:
    if had_factor and has_factor:
        return Notice.SECOND_FACTOR_CHANGED
    return Notice.SECOND_FACTOR_SET_UP if has_factor else Notice.SECOND_FACTOR_REMOVED
