"""Check passkeys (WebAuthn), the second factor of the console beside codes.

A browser signs a challenge that is stored in the session, expires after five minutes and is used
once. Passkeys belong to the host of `SITE_URL`. Attempts count towards the limit of codes.
"""

import ipaddress
import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.translation import gettext as _
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, generate_challenge
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from gasutil.errors import FieldError, Invalid, SecondFactorRequired
from gasutil.identity.second_factor import CODES
from gasutil.identity.security_log import record_event
from gasutil.models import Passkey, SecurityEventType, SecurityOutcome, User

# In the session, for each of the two uses: a challenge, whose it is, and when it was made.
REGISTERING, AUTHENTICATING = "passkey-registration", "passkey-authentication"
CHALLENGE_SECONDS = 5 * 60
MAX_CREDENTIAL_CHARACTERS = 20_000  # of what a browser returns
PASSKEY_USED, PASSKEY_REJECTED = "passkey", "passkey rejected"  # in the security log
COUNTER_REGRESSED = "passkey counter not higher"  # a passkey that was copied, for example
CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]+")
# What the library raises for text that is no credential.
NO_CREDENTIAL = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class PasskeyRejected(Exception):
    """A passkey is not valid. The text is the reason in the security log."""


# --- Whose passkeys they are


def is_offered() -> bool:
    """Return whether browsers allow passkeys for the host of `SITE_URL`: a name, no IP address."""
    try:
        ipaddress.ip_address(relying_party().strip("[]"))
    except ValueError:
        return True
    return False


def relying_party() -> str:
    """Return the host that passkeys belong to."""
    return urlsplit(settings.SITE_URL).hostname or ""


def _origin() -> str:
    """Return the origin of the console's pages, as browsers write it."""
    address = urlsplit(settings.SITE_URL)
    default = {"http": 80, "https": 443}.get(address.scheme)
    port = "" if address.port in (None, default) else f":{address.port}"
    return f"{address.scheme}://{address.hostname}{port}"


# --- Challenges


def _new_challenge(session: SessionBase, use: str, user: User) -> bytes:
    challenge = generate_challenge()
    session[use] = {"challenge": challenge.hex(), "user": user.pk, "at": time.time()}
    return challenge


def _take_challenge(session: SessionBase, use: str, user: User) -> bytes:
    """Return the challenge of a user and forget it, so that it is used once."""
    stored = session.pop(use, None)
    if stored is None or stored["user"] != user.pk:
        raise PasskeyRejected(PASSKEY_REJECTED)
    if time.time() - stored["at"] > CHALLENGE_SECONDS:
        raise PasskeyRejected(PASSKEY_REJECTED)
    return bytes.fromhex(stored["challenge"])


# --- Registration


def registration_options(session: SessionBase, user: User) -> dict[str, Any]:
    """Return what a browser needs to create a passkey. The user's existing ones are excluded."""
    options = generate_registration_options(
        rp_id=relying_party(),
        rp_name=settings.SITE_NAME,
        user_id=user.pk.to_bytes(8, "big"),
        user_name=user.username,
        user_display_name=str(user),
        challenge=_new_challenge(session, REGISTERING, user),
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(user),
    )
    return dict(json.loads(options_to_json(options)))


def verify_registration(session: SessionBase, user: User, credential: str) -> VerifiedRegistration:
    """Return the new passkey that a browser has created.

    Raises `Invalid` if it is not valid, and `TooManyAttempts` after too many.
    """
    CODES.count(str(user.pk))
    try:
        challenge = _take_challenge(session, REGISTERING, user)
        verified = verify_registration_response(
            credential=_parsed(credential),
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=_origin(),
        )
    except (PasskeyRejected, *NO_CREDENTIAL) as error:
        record_event(
            SecurityEventType.SECOND_FACTOR,
            SecurityOutcome.FAILURE,
            user=user,
            reason=PASSKEY_REJECTED,
        )
        message = _("The passkey could not be added. Start again.")
        raise Invalid([FieldError("passkey", "invalid_passkey", message)]) from error
    CODES.forgive(str(user.pk))
    return verified


def transports_of(credential: str) -> list[str]:
    """Return how a browser says that it reaches a passkey; only what the standard knows."""
    sent = _parsed(credential)["response"].get("transports")
    if not isinstance(sent, list):
        return []
    return [transport.value for transport in AuthenticatorTransport if transport.value in sent]


# --- Authentication


def authentication_options(session: SessionBase, user: User) -> dict[str, Any]:
    """Return what a browser needs to use a passkey of a user."""
    options = generate_authentication_options(
        rp_id=relying_party(),
        challenge=_new_challenge(session, AUTHENTICATING, user),
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=_descriptors(user),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(json.loads(options_to_json(options)))


def require_passkey(session: SessionBase, user: User, credential: str) -> None:
    """Check the passkey of a login, or of a user who confirms who they are.

    Raises `SecondFactorRequired` if it is not valid and `TooManyAttempts` after too many.
    """
    CODES.count(str(user.pk))
    try:
        _use_passkey(user, _take_challenge(session, AUTHENTICATING, user), credential)
    except PasskeyRejected as error:
        record_event(
            SecurityEventType.SECOND_FACTOR,
            SecurityOutcome.FAILURE,
            user=user,
            reason=str(error),
        )
        message = _("This passkey was not accepted. Try again, or enter a code.")
        raise SecondFactorRequired(message) from error
    CODES.forgive(str(user.pk))
    record_event(SecurityEventType.SECOND_FACTOR, user=user, reason=PASSKEY_USED)


def _use_passkey(user: User, challenge: bytes, credential: str) -> None:
    """Check a signed challenge, and store the counter of the passkey that signed it."""
    try:
        sent = _parsed(credential)
        passkey = Passkey.objects.filter(user=user, credential_id=str(sent.get("id"))).first()
        if passkey is None:
            raise PasskeyRejected(PASSKEY_REJECTED)
        verified = verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=_origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,  # compared below, where its signature is valid
        )
    except NO_CREDENTIAL as error:
        raise PasskeyRejected(PASSKEY_REJECTED) from error
    _store_counter(passkey, verified.new_sign_count)


def _store_counter(passkey: Passkey, count: int) -> None:
    """Store a counter, which must be higher than the last one unless the passkey has none.

    Of two simultaneous logins with one counter, only one succeeds.
    """
    rows = Passkey.objects.filter(pk=passkey.pk)
    rows = rows.filter(sign_count__lt=count) if count else rows.filter(sign_count=0)
    if not rows.update(sign_count=count, last_used_at=timezone.now()):
        raise PasskeyRejected(COUNTER_REGRESSED)


def _parsed(credential: str) -> dict[str, Any]:
    """Return what a browser sent. Raises `ValueError` if it is no object or too long."""
    sent = json.loads(credential) if len(credential) <= MAX_CREDENTIAL_CHARACTERS else None
    if not isinstance(sent, dict) or not CREDENTIAL_ID.fullmatch(str(sent.get("id"))):
        raise ValueError("no credential")
    return sent


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(name) for name in passkey.transports] or None,
        )
        for passkey in user.passkeys.all()
    ]
