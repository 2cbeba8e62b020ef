"""Clears what others wrote about a person: filters, drafts, tasks, stored responses and logs."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.admin.models import LogEntry
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gasutil.models import (
    EmailChange,
    Export,
    IdempotencyKey,
    Import,
    ReportKey,
    SavedView,
    SecurityEvent,
    ServiceRequest,
    User,
)

MIN_NEEDLE_LENGTH = 4  # of a value that is searched for in texts of others
FINISHED_TASKS = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


def needles_of(accounts: Sequence[User]) -> set[str]:
    """Return the values by which texts of others are searched."""
    return {needle for user in accounts for needle in _needles(user)}


def _needles(user: User) -> set[str]:
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


def redact_mentions(needles: Collection[str], now: dt.datetime) -> None:
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
