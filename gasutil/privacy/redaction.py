"""Removes a person's data from every table and from the file store.

What stays: types, times, milestones, statuses, outcomes and the postcode of each request, and the
leaves of the provable history, whose digests no one can connect with the values any more.
"""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gasutil import installation
from gasutil.identity.security_log import digests
from gasutil.identity.sessions import delete_sessions
from gasutil.models import (
    Attachment,
    AuthenticatorApp,
    BulkRow,
    BulkRun,
    ConsoleSession,
    Delivery,
    EmailChange,
    Event,
    Export,
    ExternalReference,
    IdempotencyKey,
    Import,
    Login,
    LogName,
    Passkey,
    RecoveryCode,
    ReportKey,
    RequestUpdate,
    SavedView,
    SecurityEvent,
    ServiceRequest,
    UnverifiedReport,
    User,
    WhyNot,
)
from gasutil.models.append_only import Exemption, exempt
from gasutil.models.history import signed
from gasutil.proof import erasure
from gasutil.search import index as search_index

POSTCODE = re.compile(r"\b[1-9][0-9]{2} ?[0-9]{3}\b")  # India's; the last one in an address
ERASED_PREFIX = "erased-"  # of the usernames of erased accounts
KEPT_SUBJECTS = (Event.MILESTONE, Event.ESCALATED)  # theirs is the name of a milestone
MIN_NEEDLE_LENGTH = 4  # of a value that is searched for in texts of others
FINISHED_TASKS = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


def redact(user: User, now: dt.datetime) -> None:
    """Erase a person's data. Everything in the database goes in one transaction."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        pks = list(ServiceRequest.objects.filter(customer=user).values_list("pk", flat=True))
        needles = _needles(user)
        files = list(Attachment.objects.filter(service_request__in=pks))
        _redact_requests(pks, now)
        _redact_request_history(pks)
        _redact_account_history(user)
        _redact_request_traces(pks)
        _redact_traces(user)
        _redact_mentions(needles, now)
        _redact_account(user)
        search_index.rebuild(pks)
        transaction.on_commit(lambda: _delete_files(files), robust=True)


def redact_requests(pks: Sequence[int], now: dt.datetime) -> None:
    """Erase the personal data of closed requests whose customer stays."""
    with transaction.atomic():
        files = list(Attachment.objects.filter(service_request__in=pks))
        _redact_requests(pks, now)
        _redact_request_history(pks)
        _redact_request_traces(pks)
        Delivery.objects.filter(service_request__in=pks).update(address="")
        search_index.rebuild(pks)
        transaction.on_commit(lambda: _delete_files(files), robust=True)


def has_uncovered_rows(user: User) -> bool:
    """Return whether rows of the person are not in the tree yet; they have to wait for it."""
    requests = ServiceRequest.objects.filter(customer=user).values("pk")
    return erasure.has_uncovered(
        LogName.ACCOUNT, User.history.filter(id=user.pk)
    ) or has_uncovered_requests(requests)


def has_uncovered_requests(pks: Any) -> bool:
    """Return whether rows of some requests are not in the tree yet."""
    return erasure.has_uncovered(LogName.REQUEST, RequestUpdate.objects.filter(id__in=pks))


def postcode_of(address: str) -> str:
    """Return the postcode of an address, or an empty text."""
    result = POSTCODE.findall(address)
    return result[-1] if result else ""


def _needles(user: User) -> set[str]:
    """Return the values by which texts of others are searched."""
    values = {user.email, user.previous_email, user.phone_number, user.username}
    values |= {user.get_full_name(), user.first_name, user.last_name, user.address}
    for row in User.history.filter(id=user.pk):
        values |= {row.email, row.phone_number, row.username, row.first_name, row.last_name}
        values |= {row.address, f"{row.first_name} {row.last_name}"}
    for change in EmailChange.objects.filter(user=user):
        values |= {change.old_email, change.new_email}
    values |= set(
        ServiceRequest.objects.filter(customer=user).values_list("contact_email", flat=True)
    )
    return {value.casefold() for value in values if len(value.strip()) >= MIN_NEEDLE_LENGTH}


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
            redacted_at=now,
        )


def _redact_request_history(pks: Sequence[int]) -> None:
    updates = list(RequestUpdate.objects.filter(id__in=pks).values_list("pk", flat=True))
    with exempt(Exemption.ERASURE):
        erasure.erase_values(LogName.REQUEST, updates, kept=KEPT_SUBJECTS)


def _redact_account_history(user: User) -> None:
    accounts = list(User.history.filter(id=user.pk).values_list("pk", flat=True))
    with exempt(Exemption.ERASURE):
        erasure.erase_values(LogName.ACCOUNT, accounts)


def _redact_account(user: User) -> None:
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
    signed(user, None, gettext_noop("Erased")).save(update_fields=list(columns))


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


# --- What others wrote about the person
# --------------------------------------------------------------------------------------------------
def _redact_mentions(needles: Collection[str], now: dt.datetime) -> None:
    """Clear texts of others that name the person: filters, drafts, tasks, stored responses."""
    for model in (IdempotencyKey, ReportKey):
        model.objects.expired(now).delete()
        _delete(model.objects.all(), "answer", needles)
    for export in Export.objects.exclude(filters=""):
        if _names(unquote_plus(export.filters), needles):
            Export.objects.filter(pk=export.pk).update(filters="")
    _delete(SavedView.objects.exclude(query=""), "query", needles)
    for draft in Import.objects.all():
        if _names(f"{draft.filename} {draft.rows} {draft.result} {draft.source}", needles):
            Import.objects.filter(pk=draft.pk).update(filename="", rows=[], result={}, source={})
    _redact_records(needles)


def _redact_records(needles: Collection[str]) -> None:
    """Clear texts of finished tasks, of the console's own log and of the security log."""
    finished = DBTaskResult.objects.filter(status__in=FINISHED_TASKS)
    for task in finished.iterator():
        if _names(f"{task.args_kwargs} {task.exception_class_path} {task.traceback}", needles):
            DBTaskResult.objects.filter(pk=task.pk).delete()
    for entry in LogEntry.objects.iterator():
        if _names(f"{entry.object_repr} {entry.change_message}", needles):
            LogEntry.objects.filter(pk=entry.pk).update(object_repr="", change_message="")
    events = SecurityEvent._base_manager.exclude(details={})
    for pk, details in events.values_list("pk", "details").iterator():
        if _names(str(details), needles):
            SecurityEvent._base_manager.filter(pk=pk).update(details={})


def _delete(rows: Any, column: str, needles: Collection[str]) -> None:
    for pk, value in rows.values_list("pk", column).iterator():
        text = value if isinstance(value, str) else bytes(value).decode(errors="replace")
        if _names(unquote_plus(text), needles):
            rows.model._base_manager.filter(pk=pk).delete()


def _names(text: str, needles: Collection[str]) -> bool:
    folded = text.casefold()
    return any(needle in folded for needle in needles)


def _delete_files(files: Sequence[Attachment]) -> None:
    """Delete the files, unless the store may be another installation's: `sweep_files` does then."""
    if installation.may_delete_files():
        for file in files:
            file.delete_files()
