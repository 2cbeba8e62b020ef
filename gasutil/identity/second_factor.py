"""Check the second factor of a login, and who needs one.

A code is that of the user's authenticator app, or a recovery code; `passkeys.py` has what the
console takes instead. Attempts are counted for each
user before a code is checked, so that guessing takes years.
"""

import datetime as dt
import hashlib
import re
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.errors import EnrolmentRequired, SecondFactorRequired
from gasutil.groups import POWERFUL_GROUPS
from gasutil.identity.security_log import record_event
from gasutil.identity.throttling import RateLimit
from gasutil.models import (
    AuthenticatorApp,
    RecoveryCode,
    SecurityEventType,
    SecurityOutcome,
    User,
    UserType,
)
from gasutil.sealing import UnreadableSecret, reseal, unseal

CODES = RateLimit("second-factor", "SECOND_FACTOR_LIMIT", 5 * 60)
DIGITS, STEP_SECONDS = 6, 30
STEPS_OF_TOLERANCE = 1  # in which the clock of a phone may be wrong
CODE_SEPARATORS = re.compile(r"[\s-]")

ENROLMENT_PATH = "profile/second-factor/"


def totp(secret: bytes) -> TOTP:
    """Return the generator of codes that authenticator apps expect.

    SHA-1 is what RFC 6238 and all apps use; it is safe in an HMAC.
    """
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303


def require_code(user: User, otp: str) -> None:
    """Check the code of a login, if the user has a second factor.

    Raises `SecondFactorRequired` without a valid code and `TooManyAttempts` after too many.
    """
    if not user.has_second_factor:
        return
    if not otp:
        raise SecondFactorRequired(_("Enter the code of your authenticator app as well."))
    if not is_valid_code(user, otp):
        raise SecondFactorRequired(_("This code is not valid. Enter the newest one."))


def is_valid_code(user: User, otp: str) -> bool:
    """Return whether a code is valid, and use it up. Raises `TooManyAttempts` after too many."""
    CODES.count(str(user.pk))
    code = CODE_SEPARATORS.sub("", otp)
    accepted = code.isascii() and (_use_code(user, code) or _use_recovery_code(user, code))
    if accepted:
        CODES.forgive(str(user.pk))
    else:
        record_event(SecurityEventType.SECOND_FACTOR, SecurityOutcome.FAILURE, user=user)
    return accepted


def has_app(user: User) -> bool:
    """Return whether a user has an authenticator app in use."""
    return AuthenticatorApp.objects.filter(user=user).exclude(confirmed_at=None).exists()


def _use_code(user: User, code: str) -> bool:
    app = AuthenticatorApp.objects.filter(user=user).exclude(confirmed_at=None).first()
    step = app and matching_step(app, code)
    if app is None or step is None:
        return False
    # The condition makes sure that of two simultaneous logins with one code only one succeeds.
    return bool(
        AuthenticatorApp.objects.filter(user=user, last_step__lt=step).update(
            last_step=step,
            last_used_at=timezone.now(),
            sealed_secret=reseal(app.sealed_secret),  # with the present SECRET_KEY
        )
    )


def matching_step(app: AuthenticatorApp, code: str) -> int | None:
    """Return the step of 30 seconds whose code this is, or nothing.

    Nothing either if the secret was sealed with a key that is gone: recovery codes still work.
    """
    try:
        generator = totp(bytes.fromhex(unseal(app.sealed_secret)))
    except UnreadableSecret:
        return None
    now = int(time.time()) // STEP_SECONDS
    for step in range(now - STEPS_OF_TOLERANCE, now + STEPS_OF_TOLERANCE + 1):
        try:
            generator.verify(code.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        return step
    return None


def _use_recovery_code(user: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=digest_of(code), used_at=None)
    if not unused.update(used_at=timezone.now()):
        return False
    record_event(SecurityEventType.SECOND_FACTOR, user=user, reason="recovery code")
    return True


def digest_of(code: str) -> str:
    """Return what is stored of a recovery code.

    Codes have 80 random bits, so a fast digest is enough.
    """
    return hashlib.sha256(code.upper().encode()).hexdigest()


# --- Who needs one


def is_required(user: User) -> bool:
    """Return whether the role of a user needs a second factor."""
    roles = settings.SECOND_FACTOR_ROLES
    if user.user_type != UserType.SUPPORT:
        return "customer" in roles
    if "support" in roles:
        return True
    return "manager" in roles and (
        user.is_superuser or user.groups.filter(name__in=POWERFUL_GROUPS).exists()
    )


def start_period(user: User) -> None:
    """Start the days in which a user who needs a second factor has to set it up."""
    if user.has_second_factor or user.enrol_by is not None or not is_required(user):
        return
    user.enrol_by = timezone.now() + dt.timedelta(days=settings.SECOND_FACTOR_DAYS)
    User.objects.filter(pk=user.pk, enrol_by=None).update(enrol_by=user.enrol_by)


def require_enrolment(user: User) -> None:
    """Raise `EnrolmentRequired` for a user who should have set up a second factor by now."""
    if is_enrolment_overdue(user):
        raise EnrolmentRequired


def is_enrolment_overdue(user: User) -> bool:
    """Return whether a user should have set up a second factor by now."""
    if user.enrol_by is None or not settings.SECOND_FACTOR_ROLES:
        return False
    return user.enrol_by <= timezone.now() and is_required(user)
