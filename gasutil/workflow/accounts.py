"""The verbs of accounts: registering, editing a profile, passwords, and e-mail confirmation."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.utils.translation import (
    gettext_noop,
)  # reasons are stored in English, and translated where they are read

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor, Role
from gasutil.errors import FieldError, Invalid, NotAllowed
from gasutil.groups import SUPPORT
from gasutil.identity import logins
from gasutil.identity.client import valid_ip
from gasutil.identity.security_log import failures_recorded, record_event
from gasutil.identity.throttling import RateLimit
from gasutil.models import Notice, SecurityEventType, User, UserType
from gasutil.models.history import signed
from gasutil.models.identifiers import email_key, username_key, validate_own_username
from gasutil.notify import links, tasks
from gasutil.notify.deliveries import send_to
from gasutil.search import index as search_index
from gasutil.workflow import email_changes

REGISTRATIONS = RateLimit("register", "REGISTER_LIMIT", 60 * 60)
# Each reveals whether an account exists.
REFUSALS = RateLimit("register-refused", "REGISTER_LIMIT", 60 * 60)
# Of an account: each reveals whether an address has one.
EMAIL_LOOKUPS = RateLimit("email-change", "EMAIL_CHANGE_LIMIT", 60 * 60)
EMAIL_MAILS = RateLimit("email-confirmation", "EMAIL_CHANGE_LIMIT", 60 * 60)  # to an address
# By staff: each reveals whether an address has an account.
ENTERED_EMAILS = RateLimit("entered-emails", "STAFF_EMAIL_LIMIT", 60 * 60)
OLD_PASSWORDS = RateLimit("old-password", "OLD_PASSWORD_LIMIT", 5 * 60)
RESETS = RateLimit("password-reset", "PASSWORD_RESET_LIMIT", 60 * 60)
PROFILE_FIELDS = (
    "username",
    "email",
    "first_name",
    "last_name",
    "phone_number",
    "address",
    "user_type",
    "language",
)
# Which mails, and in which language: everyone chooses their own.
NOTICES = frozenset({"language", "muted_notices"})
EDITABLE: Mapping[Role, frozenset[str]] = {
    Role.CUSTOMER: NOTICES | {"email", "first_name", "last_name", "phone_number", "address"},
    Role.PENDING_SUPPORT: NOTICES | {"email", "phone_number"},
    Role.SUPPORT: NOTICES | {"email", "phone_number"},
}


def register(*, password: str, password2: str, address_of_caller: str = "", **fields: Any) -> User:
    """Create an account.

    A manager must approve a support account, unless `SUPPORT_AUTO_APPROVE` is on.
    """
    user = User(**fields, registered_from=valid_ip(address_of_caller), mails_unconfirmed=False)
    errors = registration_errors(
        {"password": password, "password2": password2, **fields}, address_of_caller
    )
    errors += FieldError.of_fields(user, *PROFILE_FIELDS)
    if errors:
        raise Invalid(errors)
    REFUSALS.forgive(address_of_caller)
    REGISTRATIONS.count(address_of_caller)
    user.set_password(password)
    if user.user_type == UserType.SUPPORT and settings.SUPPORT_AUTO_APPROVE:
        user.is_approved = user.is_staff = True
    with unique_names(user):
        user.save(force_insert=True)
        if user.is_approved:
            user.groups.add(Group.objects.get(name=SUPPORT))
        _send_confirmation(user)
    return user


def _send_confirmation(user: User) -> None:
    """Queue the mail that confirms the address of a new account.

    Beyond the limit of the address, for when it ends.
    """
    seconds_left = EMAIL_MAILS.seconds_left(email_key(user.email))
    at = timezone.now() + dt.timedelta(seconds=seconds_left) if seconds_left else None
    tasks.send_email_confirmation.using(run_after=at).enqueue(user.pk)


def registration_errors(data: Mapping[str, Any], address_of_caller: str) -> list[FieldError]:
    """Return the validation errors of a partial registration.

    Raises `TooManyAttempts` for a caller who tried too often.
    """
    person = {
        name: value
        for name, value in data.items()
        if name in {"username", "email", "first_name", "last_name"}
    }
    if person.keys() & {"username", "email"}:
        REFUSALS.count(address_of_caller)
    errors = taken_errors(User(**person)) + username_errors(
        person.get("username", ""), person.get("email", "")
    )
    if data.get("user_type") == UserType.SUPPORT:
        errors += _wrong_domain(data.get("email", ""))
    return errors + password_errors(User(**person), data)


def username_errors(username: str, email: str) -> list[FieldError]:
    """Return the error of a new user name that looks like an email address.

    The account's own address is no error.
    """
    try:
        validate_own_username(username, email)
    except ValidationError as error:
        return FieldError.of("username", error)
    return []


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
        _wrong_domain(data["email"]) if actor.user.user_type == UserType.SUPPORT else []
    )


def count_entered_address(email: str, *, account_id: int | None, actor: Actor) -> None:
    """Count an address that staff enter for an account, new or known.

    Raise `TooManyAttempts` beyond a limit.
    """
    ENTERED_EMAILS.count(str(actor.id))
    if account_id is not None:
        EMAIL_LOOKUPS.count(str(account_id))
    EMAIL_MAILS.count(email_key(email))


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
            raise Invalid([*_spent().errors, *errors])
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
            raise _spent()
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


def confirm_email_by_api(*, token: str, password: str = "", request: HttpRequest) -> User:
    """Confirm an email address with the emailed token.

    An access token, if sent, must belong to the same account.
    """
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    actor = Actor(logins.user_for_token(bearer)) if scheme.lower() == "bearer" else None
    return confirm_email(token, password=password, actor=actor)


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
            raise _spent()
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
    user = User.objects.get(pk=pk)
    with failures_recorded(SecurityEventType.EMAIL_CONFIRMATION, user=user):
        OLD_PASSWORDS.count(str(pk))
        if not user.check_password(password):
            raise Invalid([FieldError("password", "wrong_password", _("The password is wrong."))])
    OLD_PASSWORDS.forgive(str(pk))


def update_account(pk: int, actor: Actor, reason: str, **fields: Any) -> User:
    """Lock an account, change these fields of it and no others, and say in its history who did it.

    Return it as it is now.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=pk)
        for name, value in fields.items():
            setattr(user, name, value)
        signed(user, actor.user, reason).save(update_fields=list(fields))
        if not fields.keys().isdisjoint(search_index.IDENTITY):
            search_index.update_customer(user)
    return user


def taken_errors(user: User) -> list[FieldError]:
    """Return the errors of a username or an address that another account has, in any spelling."""
    others = User.objects.exclude(pk=user.pk)
    errors = []
    if (
        user.username
        and others.filter(
            Q(username=user.username) | Q(username_key=username_key(user.username))
        ).exists()
    ):
        errors.append(FieldError("username", "taken", _("This username is already taken.")))
    if (
        user.email
        and others.filter(
            Q(email_key=email_key(user.email))
            | Q(previous_email_key=email_key(user.email))
            | Q(email__iexact=user.email)
        ).exists()
    ):
        errors.append(FieldError("email", "taken", _("This email address is already taken.")))
    return errors


def _wrong_domain(email: str) -> list[FieldError]:
    domains: Iterable[str] = settings.SUPPORT_EMAIL_DOMAINS
    if not email or not domains or email.rpartition("@")[2].lower() in domains:
        return []
    params = {"domains": _(" or ").join(domains)}
    return [
        FieldError(
            "email",
            "wrong_domain",
            _("Use a work email address that ends in %(domains)s.") % params,
            {"values": list(domains)},
        )
    ]


@contextmanager
def unique_names(user: User) -> Iterator[None]:
    """Save in this context, and raise `Invalid` for names that are taken.

    Another account may have taken the name or the address since it was checked.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid(taken_errors(user)) from error


def _spent() -> Invalid:
    return Invalid(
        [FieldError("token", "invalid_token", _("This link is not valid or has expired."))]
    )


def _user_of(uid: str) -> User | None:
    try:
        return User.objects.filter(
            pk=int(force_str(urlsafe_base64_decode(uid))), is_active=True
        ).first()
    except (ValueError, OverflowError):
        return None
