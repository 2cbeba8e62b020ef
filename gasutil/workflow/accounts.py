"""What the verbs of accounts share: the one write of an account, and the checks of its names."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gasutil.access import Actor
from gasutil.errors import FieldError, Invalid
from gasutil.identity.throttling import RateLimit
from gasutil.models import User
from gasutil.models.history import signed
from gasutil.models.identifiers import email_key, username_key, validate_own_username
from gasutil.search import index as search_index

# Of an account: each reveals whether an address has one.
EMAIL_LOOKUPS = RateLimit("email-change", "EMAIL_CHANGE_LIMIT", 60 * 60)
EMAIL_MAILS = RateLimit("email-confirmation", "EMAIL_CHANGE_LIMIT", 60 * 60)  # to an address
# By staff: each reveals whether an address has an account.
ENTERED_EMAILS = RateLimit("entered-emails", "STAFF_EMAIL_LIMIT", 60 * 60)


def username_errors(username: str, email: str) -> list[FieldError]:
    """Return the error of a new user name that looks like an email address.

    The account's own address is no error.
    """
    try:
        validate_own_username(username, email)
    except ValidationError as error:
        return FieldError.of("username", error)
    return []


def count_entered_address(email: str, *, account_id: int | None, actor: Actor) -> None:
    """Count an address that staff enter for an account, new or known.

    Raise `TooManyAttempts` beyond a limit.
    """
    ENTERED_EMAILS.count(str(actor.id))
    if account_id is not None:
        EMAIL_LOOKUPS.count(str(account_id))
    EMAIL_MAILS.count(email_key(email))


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


def wrong_domain_errors(email: str) -> list[FieldError]:
    """Return the error of an address that is outside of the domains of support."""
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


def invalid_link() -> Invalid:
    """Return the error of a mailed link that is not valid any more."""
    return Invalid(
        [FieldError("token", "invalid_token", _("This link is not valid or has expired."))]
    )
