"""The verb that registers an account, and the mail that confirms its address."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from gasutil.errors import FieldError, Invalid
from gasutil.groups import SUPPORT
from gasutil.identity.client import valid_ip
from gasutil.identity.throttling import RateLimit
from gasutil.models import User, UserType
from gasutil.models.identifiers import email_key
from gasutil.notify import tasks
from gasutil.workflow.accounts import (
    EMAIL_MAILS,
    taken_errors,
    unique_names,
    username_errors,
    wrong_domain_errors,
)
from gasutil.workflow.passwords import password_errors

REGISTRATIONS = RateLimit("register", "REGISTER_LIMIT", 60 * 60)
# Each reveals whether an account exists.
REFUSALS = RateLimit("register-refused", "REGISTER_LIMIT", 60 * 60)
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
        errors += wrong_domain_errors(data.get("email", ""))
    return errors + password_errors(User(**person), data)
