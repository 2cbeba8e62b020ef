"""The verbs of passkeys, a second factor of support staff: add and remove them.

Only the console takes them. A user without a second factor proves who they are with the password;
of one who has a second factor, the console asks for it before it calls these verbs (step-up).
"""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from webauthn.helpers import bytes_to_base64url

from gasutil import access
from gasutil.access import REPRESENTATIVES, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound
from gasutil.identity import passkeys, second_factor
from gasutil.models import AuthenticatorApp, Passkey, User
from gasutil.models.second_factors import MAX_PASSKEYS
from gasutil.workflow import passwords, second_factors


def factors(*, actor: Actor) -> dict[str, Any]:
    """Return the kinds of second factors that the caller has, and may add."""
    access.require(actor, REPRESENTATIVES)
    return {
        "has_app": second_factor.has_app(actor.person),
        "passkeys": list(actor.person.passkeys.all()),
        "are_passkeys_offered": passkeys.is_offered(),
    }


def begin_registration(
    session: SessionBase, *, actor: Actor, name: str, password: str
) -> dict[str, Any]:
    """Return what the browser needs to create a passkey for the caller.

    Raises `Invalid` for a wrong name, or a wrong password of a user without a second factor, and
    `Conflict` if there are too many passkeys or the console's address has no name.
    """
    access.require(actor, REPRESENTATIVES)
    user = User.objects.get(pk=actor.person.pk)
    if not user.has_second_factor:
        passwords.require_password(user, password)
    if not passkeys.is_offered():
        message = _("Passkeys need a host name in the address of the console, not an IP address.")
        raise Conflict(message)
    _named(user, name)
    _require_room(user)
    return passkeys.registration_options(session, user)


def finish_registration(
    session: SessionBase, *, actor: Actor, name: str, credential: str
) -> list[str]:
    """Store the passkey that the caller's browser has created.

    Return new recovery codes if it is the first factor, else none. Raises `Invalid` if the passkey
    is not valid, and `Conflict` if there are too many.
    """
    access.require(actor, REPRESENTATIVES)
    person = User.objects.get(pk=actor.person.pk)
    passkey = _named(person, name)
    verified = passkeys.verify_registration(session, person, credential)
    passkey.credential_id = bytes_to_base64url(verified.credential_id)
    passkey.public_key = verified.credential_public_key
    passkey.sign_count = verified.sign_count
    passkey.transports = passkeys.transports_of(credential)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=person.pk)
        _require_room(user)
        if Passkey.objects.filter(credential_id=passkey.credential_id).exists():
            raise Conflict(_("This passkey has been added already."))
        passkey.save()
        # A secret that was shown before must not become a second way to log in.
        AuthenticatorApp.objects.filter(user=user, confirmed_at=None).delete()
        is_first = not user.has_second_factor
        second_factors.store_factor(
            user, actor, gettext_noop("Passkey added"), has_second_factor=True
        )
        return second_factors.new_codes(user).recovery_codes if is_first else []


def remove_passkey(pk: int, *, actor: Actor) -> None:
    """Remove a passkey of the caller. The recovery codes go with the last factor.

    Raises `NotFound` for another's, and `NotAllowed` for the last factor if the role needs one.
    """
    access.require(actor, REPRESENTATIVES)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.person.pk)
        if not Passkey.objects.filter(user=user, pk=pk).delete()[0]:
            raise NotFound
        second_factors.store_removal(user, actor, gettext_noop("Passkey removed"))


def start_app(*, actor: Actor) -> None:
    """Start the setup of an authenticator app beside the caller's passkeys."""
    access.require(actor, REPRESENTATIVES)
    user = User.objects.get(pk=actor.person.pk)
    if not user.has_second_factor:
        raise NotAllowed(_("Enter your password to set up a second factor."))
    second_factors.store_secret(user)


def renew_own_codes(*, actor: Actor) -> list[str]:
    """Replace the recovery codes of a caller who has passkeys and no authenticator app."""
    access.require(actor, REPRESENTATIVES)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.person.pk)
        if not user.passkeys.exists():
            raise Conflict(_("You have no passkey."))
        return second_factors.record_new_codes(user).recovery_codes


def _named(user: User, name: str) -> Passkey:
    """Return a new passkey with a name that has been checked."""
    passkey = Passkey(user=user, name=name.strip())
    if errors := FieldError.of_fields(passkey, "name"):
        raise Invalid(errors)
    return passkey


def _require_room(user: User) -> None:
    if user.passkeys.count() >= MAX_PASSKEYS:
        message = ngettext(
            "You have %(number)d passkey. Remove it first.",
            "You have %(number)d passkeys. Remove one of them first.",
            MAX_PASSKEYS,
        )
        raise Conflict(message % {"number": MAX_PASSKEYS})
