"""The persons whom a breach of personal data may affect, as far as the stored data say.

Reads and downloads are not recorded: what an account could read is more than the lists by account
and by address have, which are of changes, exports and logins.
"""

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.errors import FieldError, Invalid
from gasutil.identity.client import valid_ip
from gasutil.models import (
    Attachment,
    Login,
    RequestUpdate,
    SecurityEvent,
    ServiceRequest,
    User,
    UserType,
)
from gasutil.models.identifiers import username_key
from gasutil.tables import formulas

PERSON_COLUMNS = ("id", "username", "first_name", "last_name", "email", "phone_number", "user_type")


class BreachPeriod(NamedTuple):
    """The time of a breach, with its start and without its end."""

    since: dt.datetime
    until: dt.datetime


def affected(basis: str, value: str, period: BreachPeriod) -> "QuerySet[User]":
    """Return the persons affected by a breach.

    Args:
        basis: one of `BASES`.
        value: the username of the account, or the IP address; empty for the other bases.
        period: when the breach was.

    Raises `Invalid` for a basis, a value or a period that says nothing.
    """
    if basis not in BASES:
        raise Invalid([FieldError("basis", "invalid_choice", _("Choose what the breach was of."))])
    if period.since >= period.until:
        raise Invalid([FieldError("until", "invalid", _("The end must be after the start."))])
    return BASES[basis].find(value.strip(), period).order_by("pk")


def as_csv(rows: "QuerySet[User]") -> str:
    """Return persons as a CSV table, with what reaches them."""
    output = StringIO()
    writer = csv.writer(output)
    writer.writerow(PERSON_COLUMNS)
    for row in rows.values_list(*PERSON_COLUMNS).iterator():
        writer.writerow([formulas.escape(str(value)) for value in row])
    return output.getvalue()


# --- By what was stored
# --------------------------------------------------------------------------------------------------
def _customers(_value: str, period: BreachPeriod) -> "QuerySet[User]":
    """Return the customers who had registered by then and were not erased before."""
    joined = User.objects.filter(user_type=UserType.CUSTOMER, date_joined__lt=period.until)
    return joined.exclude(erasures__erased_at__lt=period.since)


def _with_requests(value: str, period: BreachPeriod) -> "QuerySet[User]":
    stored = ServiceRequest.objects.filter(created_at__lt=period.until)
    stored = stored.exclude(redacted_at__lt=period.since)
    return _customers(value, period).filter(pk__in=stored.values("customer"))


def _with_files(value: str, period: BreachPeriod) -> "QuerySet[User]":
    """Return the customers of whom files were stored and still are."""
    stored = Attachment.objects.filter(created_at__lt=period.until)
    owners, senders = stored.values("service_request__customer"), stored.values("uploaded_by")
    return _customers(value, period).filter(Q(pk__in=owners) | Q(pk__in=senders))


def _with_logins(value: str, period: BreachPeriod) -> "QuerySet[User]":
    """Return the accounts, of staff too, whose IP addresses and devices were stored."""
    events = SecurityEvent.objects.filter(created_at__lt=period.until).exclude(user=None)
    logins = Login.objects.filter(created_at__lt=period.until)
    return User.objects.filter(Q(pk__in=events.values("user")) | Q(pk__in=logins.values("user")))


# --- By what was done
# --------------------------------------------------------------------------------------------------
def _by_account(value: str, period: BreachPeriod) -> "QuerySet[User]":
    """Return the account, and whose requests or data it changed or exported in the period."""
    account = User.objects.filter(Q(username=value) | Q(username_key=username_key(value))).first()
    if not value or account is None:
        raise Invalid([FieldError("value", "unknown_user", _("No account has this username."))])
    within = {"history_date__gte": period.since, "history_date__lt": period.until}
    requests = RequestUpdate.objects.filter(history_user=account, **within).values("id")
    owners = ServiceRequest.objects.filter(pk__in=requests).values("customer")
    accounts = User.history.filter(history_user=account, **within).values("id")
    events = _events(period).filter(user=account).exclude(account=None).values("account")
    return User.objects.filter(
        Q(pk=account.pk) | Q(pk__in=owners) | Q(pk__in=accounts) | Q(pk__in=events)
    )


def _by_address(value: str, period: BreachPeriod) -> "QuerySet[User]":
    """Return the accounts that were used, or tried, from an IP address in the period."""
    ip = valid_ip(value)
    if not ip:
        raise Invalid([FieldError("value", "invalid", _("Enter an IP address."))])
    events = _events(period).filter(ip=ip).exclude(user=None)
    return User.objects.filter(pk__in=events.values("user"))


def _events(period: BreachPeriod) -> "QuerySet[SecurityEvent]":
    return SecurityEvent.objects.filter(created_at__gte=period.since, created_at__lt=period.until)


class Basis(NamedTuple):
    """What a breach was of: its name, and how the persons are found."""

    label: Any
    find: "Callable[[str, BreachPeriod], QuerySet[User]]"


BASES: Mapping[str, Basis] = {
    "contact": Basis(gettext_lazy("Names and contact data of customers"), _customers),
    "requests": Basis(gettext_lazy("Requests and their texts"), _with_requests),
    "files": Basis(gettext_lazy("Files of requests"), _with_files),
    "logins": Basis(gettext_lazy("Logins, IP addresses and devices"), _with_logins),
    "account": Basis(gettext_lazy("What an account changed or exported"), _by_account),
    "address": Basis(gettext_lazy("Logins from an IP address"), _by_address),
}
