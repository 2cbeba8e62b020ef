"""The verbs of accounts: registering, editing a profile, passwords, and e-mail confirmation."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop  # reasons are kept in English, and translated where they are read

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor, Role
from gasutil.errors import Fault, Invalid, NotAllowed
from gasutil.groups import SUPPORT
from gasutil.identity.throttling import Limit
from gasutil.models import Notice, User, UserType
from gasutil.models.history import signed
from gasutil.notify import links, tasks

REGISTRATIONS = Limit("register", "REGISTER_LIMIT", 60 * 60)
REFUSALS = Limit("register-refused", "REGISTER_LIMIT", 60 * 60)  # each tells whether somebody has an account
OLD_PASSWORDS = Limit("old-password", "OLD_PASSWORD_LIMIT", 5 * 60)
RESETS = Limit("password-reset", "PASSWORD_RESET_LIMIT", 60 * 60)
PERSONAL = ("username", "email", "first_name", "last_name", "phone_number", "address", "user_type", "language")
NOTICES = frozenset({"language", "muted_notices"})  # which mails, and in which language: everybody's own to choose
EDITABLE: Mapping[Role, frozenset[str]] = {
    Role.CUSTOMER: NOTICES | {"email", "first_name", "last_name", "phone_number", "address"},
    Role.PENDING_SUPPORT: NOTICES | {"email", "phone_number"},
    Role.SUPPORT: NOTICES | {"email", "phone_number"},
}


def register(*, password: str, password2: str, address_of_caller: str = "", **fields: Any) -> User:
    """Make an account. Support accounts wait for a manager's approval, unless `SUPPORT_AUTO_APPROVE` says otherwise."""
    user = User(**fields, registered_from=_ip(address_of_caller))
    faults = registration_faults({"password": password, "password2": password2, **fields}, address_of_caller)
    faults += Fault.of_fields(user, *PERSONAL)
    if faults:
        raise Invalid(faults)
    REFUSALS.forgive(address_of_caller)
    REGISTRATIONS.count(address_of_caller)
    user.set_password(password)
    if user.user_type == UserType.SUPPORT and settings.SUPPORT_AUTO_APPROVE:
        user.is_approved = user.is_staff = True
    with _unique(user):
        user.save(force_insert=True)
        if user.is_approved:
            user.groups.add(Group.objects.get(name=SUPPORT))
        tasks.send_email_confirmation.enqueue(user.pk)
    return user


def registration_faults(data: Mapping[str, Any], address_of_caller: str) -> list[Fault]:
    """Return what is wrong with a registration, as far as it has come; raise `TooManyAttempts` for whoever has asked after too many."""
    person = {name: value for name, value in data.items() if name in {"username", "email", "first_name", "last_name"}}
    if person.keys() & {"username", "email"}:
        REFUSALS.count(address_of_caller)
    faults = _taken(User(**person))
    if data.get("user_type") == UserType.SUPPORT:
        faults += _wrong_domain(data.get("email", ""))
    return faults + password_faults(User(**person), data)


def password_faults(user: User, data: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a new password and its repetition."""
    faults = []
    if "password" in data:
        try:
            validate_password(data["password"], user)
        except ValidationError as error:
            faults += Fault.of("password", error)
        if "password2" in data and data["password"] != data["password2"]:
            faults.append(Fault("password2", "password_mismatch", _("The two passwords are not the same.")))
    return faults


def profile(*, actor: Actor) -> User:
    """Return one's own account."""
    return User.objects.get(pk=actor.person.pk)


def update_profile(*, actor: Actor, **fields: Any) -> User:
    """Change one's own profile; a new e-mail address is used at once and asked to be confirmed."""
    access.require(actor, ANY_ACCOUNT)
    _refuse_what_is_anothers(actor, fields)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.person.pk)
        fields = {name: value for name, value in fields.items() if getattr(user, name) != value}
        moved = "email" in fields
        if not fields:
            return user
        faults = profile_faults(actor, fields)
        if faults:
            raise Invalid(faults)
        with _unique(User(pk=user.pk, email=fields.get("email", ""))):
            user = change(user.pk, actor, gettext_noop("Profile changed"), email_confirmed=user.email_confirmed and not moved, **fields)
        if moved:
            tasks.send_email_confirmation.enqueue(user.pk)
    return user


def _refuse_what_is_anothers(actor: Actor, fields: Iterable[str]) -> None:
    """Raise `NotAllowed` for fields of one's own profile that are an administrator's to change."""
    forbidden = sorted(set(fields) - EDITABLE[actor.role])
    if forbidden:
        told = _("Support representatives can't change their own %(fields)s; an administrator does that.")
        raise NotAllowed(told % {"fields": ", ".join(forbidden)})


def profile_faults(actor: Actor, data: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a change to one's own profile, as far as it has come."""
    _refuse_what_is_anothers(actor, data)
    if "email" not in data or actor.user is None:
        return []
    faults = _taken(User(pk=actor.id, email=data["email"]))
    return faults + (_wrong_domain(data["email"]) if actor.user.user_type == UserType.SUPPORT else [])


def mute(pk: int, notice: Notice) -> User | None:
    """Mail somebody no more notices of a kind, as he asks by a link that was mailed to him; return None where he is gone."""
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=pk, is_active=True).first()
        if user is None or notice in user.muted_notices:
            return user
        return change(pk, Actor(user), gettext_noop("Unsubscribed by mail"), muted_notices=[*user.muted_notices, notice.value])


def change_password(*, actor: Actor, old_password: str, password: str, password2: str) -> None:
    """Change one's own password, which ends every login of before."""
    access.require(actor, ANY_ACCOUNT)
    OLD_PASSWORDS.count(str(actor.id))
    user = User.objects.get(pk=actor.person.pk)
    faults = password_faults(user, {"password": password, "password2": password2})
    if not user.check_password(old_password):
        faults.insert(0, Fault("old_password", "wrong_password", _("This is not your password.")))
    if faults:
        raise Invalid(faults)
    OLD_PASSWORDS.forgive(str(actor.id))
    set_password(user, password, actor=actor, reason=gettext_noop("Password changed"))


def set_password(user: User, password: str, *, actor: Actor, reason: str) -> None:
    """Set a password that has been checked, with a row of the account's history; every login of before ends by it."""
    user.set_password(password)
    change(user.pk, actor, reason, password=user.password)


def request_reset(*, email: str, address_of_caller: str = "") -> None:
    """Have a link mailed to whoever has this address. It takes the same time whether anybody has it or not."""
    RESETS.count(address_of_caller)
    tasks.send_password_reset.enqueue(email)


def reset_password(*, uid: str, token: str, password: str, password2: str) -> None:
    """Set a new password with what was mailed, which ends every login of before."""
    user = _user_of(uid)
    if user is not None and not default_token_generator.check_token(user, token):
        user = None  # and what a password has in common with somebody is not told
    faults = password_faults(user or User(), {"password": password, "password2": password2})
    if user is None:
        raise Invalid([*_spent().faults, *faults])
    if faults:
        raise Invalid(faults)
    use_reset(user, token, password)


def use_reset(user: User, token: str, password: str) -> None:
    """Set a password that has been checked, by a link that is good still once the account is locked: it is good once."""
    user.set_password(password)
    with transaction.atomic():
        locked = User.objects.select_for_update().filter(pk=user.pk, is_active=True).first()
        if locked is None or not default_token_generator.check_token(locked, token):
            raise _spent()
        change(user.pk, Actor(user), gettext_noop("Password reset by mail"), password=user.password)


def confirm_email(token: str, *, actor: Actor | None = None) -> User:
    """Take the mailed token as proof that an address is its user's.

    With an actor, only as proof of the actor's own.
    """
    try:
        claim = signing.loads(token, salt=links.EMAIL_SALT, max_age=settings.EMAIL_CONFIRMATION_TIMEOUT)
    except signing.BadSignature:
        claim = {"user": None, "email": ""}
    with transaction.atomic():  # locked, so that it is this address that is confirmed and not one it is changed to meanwhile
        user = User.objects.select_for_update().filter(pk=claim["user"], email=claim["email"], is_active=True).first()
        if user is None or (actor is not None and user.pk != actor.id):
            raise _spent()
        return (
            user if user.email_confirmed else change(user.pk, actor or Actor(user), gettext_noop("E-mail confirmed"), email_confirmed=True)
        )


def change(pk: int, actor: Actor, reason: str, **fields: Any) -> User:
    """Lock an account, change these fields of it and no others, and say in its history who did it; return it as it is now."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=pk)
        for name, value in fields.items():
            setattr(user, name, value)
        signed(user, actor.user, reason).save(update_fields=list(fields))
    return user


def _ip(address: str) -> str | None:
    """Return an address as it is kept; on a Unix socket there is none."""
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def _taken(user: User) -> list[Fault]:
    others = User.objects.exclude(pk=user.pk)
    faults = []
    if user.username and others.filter(username=user.username).exists():
        faults.append(Fault("username", "taken", _("This user name is taken.")))
    if user.email and others.filter(email__iexact=user.email).exists():
        faults.append(Fault("email", "taken", _("This e-mail address is taken.")))
    return faults


def _wrong_domain(email: str) -> list[Fault]:
    domains: Iterable[str] = settings.SUPPORT_EMAIL_DOMAINS
    if not email or not domains or email.rpartition("@")[2].lower() in domains:
        return []
    told = {"domains": _(" or ").join(domains)}
    return [Fault("email", "wrong_domain", _("A support representative's address ends in %(domains)s.") % told)]


@contextmanager
def _unique(user: User) -> Iterator[None]:
    """Save in here: the database's word that somebody was faster with the same name or address becomes the usual fault."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid(_taken(user)) from error


def _spent() -> Invalid:
    return Invalid([Fault("token", "invalid_token", _("This link is not valid, or no longer."))])


def _user_of(uid: str) -> User | None:
    try:
        return User.objects.filter(pk=int(force_str(urlsafe_base64_decode(uid))), is_active=True).first()
    except (ValueError, OverflowError):
        return None
