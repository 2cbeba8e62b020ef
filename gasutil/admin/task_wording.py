"""Background work in words: what a task does, for which request or whom, how it stands, and since when."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskResultStatus

from gasutil import background
from gasutil.admin.wording import NOTHING, exact, moment, span, titled
from gasutil.models import Delivery, RequestUpdate, ServiceRequest, User

WAITING, LATER, RUNNING, FAILED, DONE = "waiting", "later", "running", "failed", "done"
STATES: Mapping[str, Any] = {
    WAITING: gettext_lazy("Waiting"),
    LATER: gettext_lazy("Set for later"),
    RUNNING: gettext_lazy("Running"),
    FAILED: gettext_lazy("Failed"),
    DONE: gettext_lazy("Done"),
}
COLOURS: Mapping[str, str] = {WAITING: "warning", LATER: "", RUNNING: "info", FAILED: "danger", DONE: "success"}
QUEUES: Mapping[str, Any] = {
    "escalation": gettext_lazy("Alarms"),
    "default": gettext_lazy("Mail and the rest"),
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


def _address(key: Any) -> tuple[type, Any]:
    return str, key


@dataclass(frozen=True)
class Kind:
    """What one sort of task does, and what its first argument speaks of."""

    said: Any
    subject: Callable[[Any], tuple[type, Any]]


KINDS: Mapping[str, Kind] = {
    "gasutil.workflow.engine.ring": Kind(gettext_lazy("Watch a deadline"), _request),
    "gasutil.notify.deliveries.tell": Kind(gettext_lazy("Plan who is told of a change"), _updates),
    "gasutil.notify.deliveries.deliver": Kind(gettext_lazy("Send what somebody is told"), _delivery),
    "gasutil.notify.tasks.send_email_confirmation": Kind(gettext_lazy("Mail the link that confirms an address"), _user),
    "gasutil.notify.tasks.send_password_reset": Kind(gettext_lazy("Mail the link that sets a new password"), _address),
}


def said(path: str) -> str:
    """Return what the task at a path does, in words."""
    return str(KINDS[path].said) if path in KINDS else titled(path.rpartition(".")[2])


def queue_said(name: str) -> str:
    """Return a queue's name in words."""
    return str(QUEUES.get(name, name))


def state_of(task: Any, now: dt.datetime) -> str:
    """Return how a task stands, by one of the names of `STATES`."""
    waits = task.run_after == background.AT_ONCE or task.run_after <= now
    return BY_STATUS.get(task.status, WAITING if waits else LATER)


def due_at(task: Any) -> dt.datetime:
    """Return the moment from which a task may be done."""
    due: dt.datetime = task.enqueued_at if task.run_after == background.AT_ONCE else task.run_after
    return due


def when(at: dt.datetime, now: dt.datetime) -> SafeString | str:
    """Return how long ago something was, or how far off it is."""
    if at <= now:
        return moment(at, now)
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact(at), _("in %(span)s") % {"span": short(at - now)})


def waited(task: Any, now: dt.datetime) -> str:
    """Return how long a task has waited for a worker, or nothing where its moment is still to come."""
    until = task.started_at or now
    return short(until - due_at(task)) if until >= due_at(task) else NOTHING


def short(length: dt.timedelta) -> str:
    """Return a length of time, in seconds where it is short."""
    seconds = max(int(length.total_seconds()), 0)
    return span(seconds) if seconds >= 60 else _("%(seconds)s s") % {"seconds": seconds}


class Subjects:
    """What some tasks speak of, looked up in a query for each sort of thing."""

    def __init__(self, tasks: Iterable[Any]) -> None:
        self.of = {task.pk: _subject(task) for task in tasks}
        updates = dict(RequestUpdate.objects.filter(pk__in=self._keys(RequestUpdate)).values_list("pk", "id"))
        self.of |= {pk: (ServiceRequest, updates.get(key)) for pk, (sort, key) in self.of.items() if sort is RequestUpdate}
        self.deliveries = Delivery.objects.select_related("user", "service_request").in_bulk(self._keys(Delivery))
        self.requests = ServiceRequest.objects.only("reference").in_bulk(self._keys(ServiceRequest))
        self.people = User.objects.in_bulk(self._keys(User))

    def _keys(self, wanted: type) -> set[Any]:
        return {key for sort, key in self.of.values() if sort is wanted and isinstance(key, int)}

    def say(self, task: Any) -> SafeString | str:
        """Return what a task speaks of, with the way to it."""
        sort, key = self.of[task.pk]
        if sort is ServiceRequest and key in self.requests:
            link = reverse("admin:gasutil_servicerequest_change", args=[key])
            return format_html('<a class="link reference" href="{}">{}</a>', link, self.requests[key].reference)
        if sort is User and key in self.people:
            return format_html('<a class="link" href="{}">{}</a>', reverse("admin:gasutil_user_change", args=[key]), self.people[key])
        if sort is Delivery and key in self.deliveries:
            one = self.deliveries[key]
            link = reverse("admin:gasutil_delivery_change", args=[key])
            return format_html('<a class="link" href="{}">{}</a> <span class="quiet">{}</span>', link, one, one.service_request or "")
        return str(key) if sort is str else NOTHING


def _subject(task: Any) -> tuple[type, Any]:
    arguments, kind = task.args_kwargs["args"], KINDS.get(task.task_path)
    return kind.subject(arguments[0]) if kind and arguments else (str, NOTHING)
