"""Background work in words.

The words say what a task does, for which request or person, its state, and since when.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskResultStatus
from django_tasks.base import Task

from gasutil import background
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds, duration, time_ago, titled
from gasutil.models import (
    BulkRun,
    Delivery,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.notify import deliveries, tasks
from gasutil.search import index
from gasutil.workflow import bulk, danger_marks, engine

WAITING, LATER, RUNNING, FAILED, DONE = "waiting", "later", "running", "failed", "done"
STATES: Mapping[str, Any] = {
    WAITING: gettext_lazy("Waiting"),
    LATER: gettext_lazy("Scheduled"),
    RUNNING: gettext_lazy("Running"),
    FAILED: gettext_lazy("Failed"),
    DONE: gettext_lazy("Done"),
}
TASK_COLOURS: Mapping[str, str] = {
    WAITING: "warning",
    LATER: "",
    RUNNING: "info",
    FAILED: "danger",
    DONE: "success",
}
QUEUE_LABELS: Mapping[str, Any] = {
    "escalation": gettext_lazy("Escalation"),
    "default": gettext_lazy("Email and other tasks"),
    "webhooks": gettext_lazy("Webhooks"),
}
BY_STATUS: Mapping[str, str] = {
    TaskResultStatus.RUNNING: RUNNING,
    TaskResultStatus.FAILED: FAILED,
    TaskResultStatus.SUCCESSFUL: DONE,
}


def _request(key: Any) -> tuple[type, Any]:
    return ServiceRequest, key


def _updates(keys: Any) -> tuple[type, Any]:
    return RequestUpdate, keys[0] if keys else None


def _delivery(key: Any) -> tuple[type, Any]:
    return Delivery, key


def _user(key: Any) -> tuple[type, Any]:
    return User, key


def _bulk_run(key: Any) -> tuple[type, Any]:
    return BulkRun, key


def _request_type(key: Any) -> tuple[type, Any]:
    return RequestType, key


def _address(key: Any) -> tuple[type, Any]:
    return str, key


@dataclass(frozen=True)
class TaskKind:
    """The label of one kind of task, and the object that its first argument names."""

    label: Any
    subject: Callable[[Any], tuple[type, Any]]


KINDS_BY_TASK: "Mapping[Task[..., Any], TaskKind]" = {
    engine.escalate_due: TaskKind(gettext_lazy("Escalate missed deadlines"), _request),
    deliveries.plan_notifications: TaskKind(gettext_lazy("Plan notifications"), _updates),
    deliveries.deliver: TaskKind(gettext_lazy("Send a notification"), _delivery),
    tasks.send_email_confirmation: TaskKind(gettext_lazy("Send an email confirmation link"), _user),
    tasks.send_password_reset: TaskKind(gettext_lazy("Send a password reset link"), _address),
    bulk.continue_run: TaskKind(gettext_lazy("Continue a bulk run"), _bulk_run),
    index.update_customer_later: TaskKind(
        gettext_lazy("Update a customer's search entries"), _user
    ),
    danger_marks.update_type_later: TaskKind(
        gettext_lazy("Apply the danger marks of a request type"), _request_type
    ),
}
TASK_KINDS: Mapping[str, TaskKind] = {
    task.module_path: kind for task, kind in KINDS_BY_TASK.items()
}


@cache
def kind_of(path: str) -> TaskKind | None:
    """Return the kind of the task at a path, which may be one of a former release; or None."""
    try:
        return TASK_KINDS.get(import_string(path).module_path)
    except (ImportError, AttributeError):
        return None


def task_label(path: str) -> str:
    """Return the label of the task at a path.

    The name of its function if there is no such task any more.
    """
    kind = kind_of(path)
    return str(kind.label) if kind else titled(path.rpartition(".")[2])


def queue_label(name: str) -> str:
    """Return a queue's name in words."""
    return str(QUEUE_LABELS.get(name, name))


def state_of(task: Any, now: dt.datetime) -> str:
    """Return the state of a task, as one of `STATES`."""
    waits = task.run_after == background.NO_RUN_AFTER or task.run_after <= now
    return BY_STATUS.get(task.status, WAITING if waits else LATER)


def due_at(task: Any) -> dt.datetime:
    """Return the time from which a task can run."""
    due: dt.datetime = (
        task.enqueued_at if task.run_after == background.NO_RUN_AFTER else task.run_after
    )
    return due


def when(at: dt.datetime, now: dt.datetime) -> SafeString | str:
    """Return the age of a time, or the time until it."""
    if at <= now:
        return time_ago(at, now)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        datetime_seconds(at),
        _("in %(span)s") % {"span": short_duration(at - now)},
    )


def waited(task: Any, now: dt.datetime) -> str:
    """Return the time that a task has waited for a worker; nothing for one that is not due."""
    until = task.started_at or now
    return short_duration(until - due_at(task)) if until >= due_at(task) else EMPTY_VALUE


def short_duration(length: dt.timedelta) -> str:
    """Return a length of time, in seconds where it is short."""
    seconds = max(int(length.total_seconds()), 0)
    return duration(seconds) if seconds >= 60 else _("%(seconds)s s") % {"seconds": seconds}


class Subjects:
    """The objects that some tasks are about, with one query for each model."""

    def __init__(self, tasks: Iterable[Any]) -> None:
        self.of = {task.pk: _subject(task) for task in tasks}
        updates = dict(
            RequestUpdate.objects.filter(pk__in=self._keys(RequestUpdate)).values_list("pk", "id")
        )
        self.of |= {
            pk: (ServiceRequest, updates.get(key))
            for pk, (sort, key) in self.of.items()
            if sort is RequestUpdate
        }
        self.deliveries = Delivery.objects.select_related("user", "service_request").in_bulk(
            self._keys(Delivery)
        )
        self.requests = ServiceRequest.objects.only("reference").in_bulk(self._keys(ServiceRequest))
        self.people = User.objects.in_bulk(self._keys(User))

    def _keys(self, wanted: type) -> set[Any]:
        return {key for sort, key in self.of.values() if sort is wanted and isinstance(key, int)}

    def describe(self, task: Any) -> SafeString | str:
        """Return the object that a task is about, as a link."""
        sort, key = self.of[task.pk]
        if sort is ServiceRequest and key in self.requests:
            link = reverse("admin:gasutil_servicerequest_change", args=[key])
            return format_html(
                '<a class="link reference" href="{}">{}</a>', link, self.requests[key].reference
            )
        if sort is User and key in self.people:
            return format_html(
                '<a class="link" href="{}">{}</a>',
                reverse("admin:gasutil_user_change", args=[key]),
                self.people[key],
            )
        if sort is Delivery and key in self.deliveries:
            delivery = self.deliveries[key]
            link = reverse("admin:gasutil_delivery_change", args=[key])
            return format_html(
                '<a class="link" href="{}">{}</a> <span class="quiet">{}</span>',
                link,
                delivery,
                delivery.service_request or "",
            )
        if sort is BulkRun:
            link = reverse("admin:gasutil_bulkrun_change", args=[key])
            return format_html(
                '<a class="link" href="{}">{} #{}</a>', link, BulkRun._meta.verbose_name, key
            )
        return str(key) if sort is str else EMPTY_VALUE


def _subject(task: Any) -> tuple[type, Any]:
    arguments, kind = task.args_kwargs["args"], kind_of(task.task_path)
    return kind.subject(arguments[0]) if kind and arguments else (str, EMPTY_VALUE)
