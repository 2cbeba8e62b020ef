"""Removes a person's data from every table and from the file store.

What stays: types, times, milestones, statuses, outcomes and the postcode of each request, and the
leaves of the provable history, whose digests no one can connect with the values any more.

Each redaction writes a history row without personal values. That of a person is a row of their
account, because all that was personal belongs to it. Retention leaves the account as it is, so
that it writes a row of each request instead, and one of the account only for an unclaimed caller.
"""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from gasutil import installation
from gasutil.identity.security_log import digests
from gasutil.identity.sessions import delete_sessions
from gasutil.models import (
    Attachment,
    AuthenticatorApp,
    BulkRow,
    BulkRun,
    Channel,
    ConsoleSession,
    Delivery,
    EmailChange,
    Event,
    ExternalReference,
    IdempotencyKey,
    Login,
    LogName,
    Passkey,
    RecoveryCode,
    RequestUpdate,
    SecurityEvent,
    ServiceRequest,
    UnverifiedReport,
    User,
    WhyNot,
)
from gasutil.models.append_only import Exemption, exempt
from gasutil.models.history import signed
from gasutil.privacy import mentions
from gasutil.proof import erasure
from gasutil.search import index as search_index

POSTCODE = re.compile(r"\b[1-9][0-9]{2} ?[0-9]{3}\b")  # India's; the last one in an address
ERASED_PREFIX = "erased-"  # of the usernames of erased accounts
ERASED = gettext_noop("Erased")
CLAIMED = gettext_noop("The request was claimed")  # the reason in the history of a former caller
REMOVED_BY_RETENTION = gettext_noop("Personal data removed by retention")
RETENTION_SUBJECT = "retention"  # of the rows that retention writes
# Theirs is the name of a milestone.
KEPT_SUBJECTS = (Event.MILESTONE, Event.ESCALATED, Event.BREACH_EXPLAINED)


def redact(user: User, now: dt.datetime) -> None:
    """Erase a person's data. Everything in the database goes in one transaction.

    The accounts that the person was before they claimed their reports go with theirs.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        pks = list(ServiceRequest.objects.filter(customer=user).values_list("pk", flat=True))
        files = list(Attachment.objects.filter(service_request__in=pks))
        accounts = [user, *claimed_accounts(user).select_for_update(of=("self",))]
        needles = mentions.needles_of(accounts)
        _redact_requests(pks, now)
        _redact_request_history(pks)
        _redact_request_traces(pks)
        _redact_accounts(accounts, needles, now, ERASED)
        search_index.rebuild(pks)
        transaction.on_commit(lambda: _delete_files(files), robust=True)


def redact_requests(pks: Sequence[int], now: dt.datetime) -> None:
    """Erase the personal data of closed requests whose customer stays, by retention."""
    with transaction.atomic():
        files = list(Attachment.objects.filter(service_request__in=pks))
        _redact_requests(pks, now)
        _redact_request_history(pks)
        _redact_request_traces(pks)
        Delivery.objects.filter(service_request__in=pks).update(address="")
        _record_retention(pks, now)
        search_index.rebuild(pks)
        transaction.on_commit(lambda: _delete_files(files), robust=True)


def redact_callers(callers: Sequence[User], now: dt.datetime) -> None:
    """Erase unclaimed callers all of whose requests retention has erased."""
    with transaction.atomic():
        pks = [user.pk for user in callers]
        accounts = list(User.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
        requests = ServiceRequest.objects.filter(customer__in=pks)
        _redact_accounts(accounts, mentions.needles_of(accounts), now, REMOVED_BY_RETENTION)
        search_index.rebuild(list(requests.values_list("pk", flat=True)))


def claimed_accounts(user: User) -> "QuerySet[User]":
    """Return the callers whose reports the person claimed, and who have no request any more."""
    claims = User.history.filter(history_change_reason=CLAIMED, history_user=user)
    return User.objects.filter(
        pk__in=claims.values("id"), is_unclaimed=True, service_requests=None
    ).order_by("pk")


def has_uncovered_rows(user: User) -> bool:
    """Return whether rows of the person are not in the tree yet; they have to wait for it."""
    requests = ServiceRequest.objects.filter(customer=user).values("pk")
    accounts = [user.pk, *claimed_accounts(user).values_list("pk", flat=True)]
    return has_uncovered_accounts(accounts) or has_uncovered_requests(requests)


def has_uncovered_accounts(pks: Any) -> bool:
    """Return whether rows of some accounts are not in the tree yet."""
    return erasure.has_uncovered(LogName.ACCOUNT, User.history.filter(id__in=pks))


def has_uncovered_requests(pks: Any) -> bool:
    """Return whether rows of some requests are not in the tree yet."""
    return erasure.has_uncovered(LogName.REQUEST, RequestUpdate.objects.filter(id__in=pks))


def postcode_of(address: str) -> str:
    """Return the postcode of an address, or an empty text."""
    result = POSTCODE.findall(address)
    return result[-1] if result else ""


# --- The person's own rows
# --------------------------------------------------------------------------------------------------
def _redact_requests(pks: Sequence[int], now: dt.datetime) -> None:
    for pk, address in ServiceRequest.objects.filter(pk__in=pks).values_list("pk", "address"):
        ServiceRequest.objects.filter(pk=pk).update(
            description="",
            address=postcode_of(address),
            details={},
            contact_email="",
            latitude=None,
            longitude=None,
            redacted_at=Coalesce(F("redacted_at"), Value(now)),  # retention may have been first
        )


def _redact_request_history(pks: Sequence[int]) -> None:
    """Erase the texts of the history, except those that say what retention did."""
    rows = RequestUpdate.objects.filter(id__in=pks)
    rows = rows.exclude(event=Event.COMMENTED, subject=RETENTION_SUBJECT)
    updates = list(rows.values_list("pk", flat=True))
    with exempt(Exemption.ERASURE):
        erasure.erase_values(LogName.REQUEST, updates, kept=KEPT_SUBJECTS)


def _record_retention(pks: Sequence[int], now: dt.datetime) -> None:
    """Write a row of each request that says what retention did; staff alone see it.

    It is a new version, so that no one changes what they saw before. `updated_at` stays: lists and
    the time of retention count from the last work on a request. No one is notified again: the
    customer was, 48 hours before.
    """
    ServiceRequest.objects.filter(pk__in=pks).update(version=F("version") + 1)
    requests = ServiceRequest.objects.filter(pk__in=pks).order_by("pk")
    RequestUpdate.objects.bulk_create(_retention_row(obj, now) for obj in requests)


def _retention_row(obj: ServiceRequest, now: dt.datetime) -> RequestUpdate:
    copied = {field.attname: getattr(obj, field.attname) for field in RequestUpdate.tracked_fields}
    return RequestUpdate(
        **copied,
        customer_id=obj.customer_id,
        history_date=now,
        occurred_at=now,
        history_type="~",
        event=Event.COMMENTED,
        subject=RETENTION_SUBJECT,
        notes=REMOVED_BY_RETENTION,
        is_internal=True,
        previous_status=obj.status,
        channel=Channel.SYSTEM,
        changes={},
    )


def _redact_accounts(
    accounts: Sequence[User], needles: Collection[str], now: dt.datetime, reason: str
) -> None:
    """Erase accounts, their histories, and what others wrote about them."""
    for user in accounts:
        _redact_account_history(user)
        _redact_traces(user)
    mentions.redact_mentions(needles, now)
    for user in accounts:
        _redact_account(user, reason)


def _redact_account_history(user: User) -> None:
    rows = list(User.history.filter(id=user.pk).values_list("pk", flat=True))
    with exempt(Exemption.ERASURE):
        erasure.erase_values(LogName.ACCOUNT, rows)


def _redact_account(user: User, reason: str) -> None:
    columns: dict[str, Any] = {
        "username": f"{ERASED_PREFIX}{user.pk}",
        "first_name": "",
        "last_name": "",
        "email": "",
        "previous_email": "",
        "email_confirmed": False,
        "previous_confirmed": False,
        "phone_number": "",
        "address": "",
        "registered_from": None,
        "last_login": None,
        "password": make_password(None),
        "is_active": False,
        "session_generation": user.session_generation + 1,
    }
    for name, value in columns.items():
        setattr(user, name, value)
    signed(user, None, reason).save(update_fields=list(columns))


def _redact_request_traces(pks: Sequence[int]) -> None:
    """Clear the tables that have rows of requests."""
    Attachment.objects.filter(service_request__in=pks).delete()
    ExternalReference.objects.filter(service_request__in=pks).delete()
    UnverifiedReport.objects.filter(service_request__in=pks).delete()
    _redact_delivery_errors(Delivery.objects.filter(service_request__in=pks))
    runs = BulkRow.objects.filter(service_request__in=pks).values("run")
    BulkRun.objects.filter(pk__in=runs).update(notes="")
    BulkRow.objects.filter(service_request__in=pks).update(reason="")


def _redact_delivery_errors(rows: Any) -> None:
    rows.exclude(last_error__in=WhyNot.values).update(last_error="")


def _redact_traces(user: User) -> None:
    """Clear the tables that have rows of a person."""
    EmailChange.objects.filter(user=user).delete()
    IdempotencyKey.objects.filter(user=user).delete()
    Login.objects.filter(user=user).delete()
    AuthenticatorApp.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    delete_sessions(ConsoleSession.objects.filter(user=user))
    Delivery.objects.filter(user=user).update(address="")
    _redact_delivery_errors(Delivery.objects.filter(user=user))
    events = SecurityEvent._base_manager.filter(Q(user=user) | Q(account=user))
    events.filter(user=user).update(username="", username_digest="", ip=None, user_agent="")
    events.update(details={})
    LogEntry.objects.filter(user=user).update(object_repr="", change_message="")
    names = [name for name in (user.username, user.email, user.phone_number) if name]
    SecurityEvent._base_manager.filter(
        username_digest__in=[value for name in names for value in digests(name)]
    ).update(username="", username_digest="", ip=None, user_agent="", details={})


def _delete_files(files: Sequence[Attachment]) -> None:
    """Delete the files, unless the store may be another installation's: `sweep_files` does then."""
    if installation.may_delete_files():
        for file in files:
            file.delete_files()
