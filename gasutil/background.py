"""The background queue, seen from outside: how long it is, what failed, who works on it, and how what was lost comes back."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Count, F, Min, Q, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import get_date_max

from gasutil.access import Actor
from gasutil.errors import Conflict, NotAllowed, NotFound
from gasutil.models import BackgroundTask, Heartbeat, Worker

logger = logging.getLogger(__name__)
QUEUES: tuple[str, ...] = tuple(settings.TASKS["default"]["QUEUES"])
TRIES = 3  # of a task, whose workers have died or whose database was away
PAUSE = dt.timedelta(seconds=10)  # for a database to come back
OUTAGES = tuple(f"{kind.__module__}.{kind.__qualname__}" for kind in (OperationalError, InterfaceError))
SILENCE = dt.timedelta(seconds=60)  # after which background work counts as down
RECENT = dt.timedelta(days=1)
FORGOTTEN = dt.timedelta(hours=1)  # after which nobody asks what became of a worker
MAY_LOOK, MAY_RUN = "gasutil.view_backgroundtask", "gasutil.run_backgroundtask"
AGAIN = "Run again"  # what is noted of it
AT_ONCE = get_date_max()  # what the queue says of a task that waits for no moment
DUE_AT = Case(When(run_after=AT_ONCE, then=F("enqueued_at")), default=F("run_after"))


class WorkersDied(Exception):
    """Every worker that took a task has ended while it was at it."""


@dataclass(frozen=True, kw_only=True)
class Signs:
    """When each worker was last heard of, and how much has failed within a day."""

    beats: Mapping[str, dt.datetime]
    failed: int

    def heard(self, name: str, since: dt.datetime) -> bool:
        """Return whether a worker has been heard of since a moment."""
        return name in self.beats and self.beats[name] >= since


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How one queue stands: what is due and waits, how long the oldest of it has, and what has failed within a day."""

    waiting: int = 0
    oldest: dt.timedelta = dt.timedelta()
    failed: int = 0


def queues(now: dt.datetime) -> Mapping[str, Queue]:
    """Return how each queue stands, in two queries, however many alarms are set for later."""
    waiting = due(now).values("queue_name").annotate(number=Count("pk"), since=Min(DUE_AT)).order_by()
    failed = recently_failed(now).values("queue_name").annotate(number=Count("pk")).order_by()
    failures = {row["queue_name"]: row["number"] for row in failed}
    lines = {row["queue_name"]: (row["number"], max(now - row["since"], dt.timedelta())) for row in waiting}
    names = dict.fromkeys((*QUEUES, *sorted({*failures, *lines})))
    return {name: _queue(*lines.get(name, (0, dt.timedelta())), failures.get(name, 0)) for name in names}


def _queue(waiting: int, oldest: dt.timedelta, failed: int) -> Queue:
    return Queue(waiting=waiting, oldest=oldest, failed=failed)


def signs(now: dt.datetime) -> Signs:
    """Return what every page of the console looks at, in one query; where no worker was ever heard of, no failure is told of."""
    failed = recently_failed(now).order_by().values("status").annotate(number=Count("pk")).values("number")
    rows = list(Heartbeat.objects.annotate(failed=Subquery(failed)).values_list("name", "beat_at", "failed"))
    return Signs(beats={name: beat_at for name, beat_at, _ in rows}, failed=(rows[0][2] or 0) if rows else 0)


def due(now: dt.datetime) -> "QuerySet[Any]":
    """Return the tasks whose moment has come and that nobody has begun."""
    return BackgroundTask.objects.filter(Q(run_after=AT_ONCE) | Q(run_after__lte=now), status=TaskResultStatus.READY)


def recently_failed(now: dt.datetime) -> "QuerySet[Any]":
    """Return the tasks that have failed within a day."""
    return BackgroundTask.objects.filter(status=TaskResultStatus.FAILED, finished_at__gte=now - RECENT)


def run_again(pk: Any, *, actor: Actor) -> Any:
    """Have a task that has failed done again, as if for the first time, and note who wanted it.

    Raises `NotAllowed`, `NotFound`, and `Conflict` for one that has not failed.
    """
    if not actor.person.has_perm(MAY_RUN):
        raise NotAllowed(gettext("You may not run background work again."))
    with transaction.atomic():
        task = BackgroundTask.objects.select_for_update().filter(pk=pk).first()
        if task is None:
            raise NotFound
        if task.status != TaskResultStatus.FAILED:
            raise Conflict(gettext("Only what has failed can be run again."))
        task.worker_ids = []
        put_back(task, timezone.now())
        LogEntry.objects.log_actions(actor.person.pk, [task], CHANGE, AGAIN, single_object=True)
    return task


# --- What a dead worker leaves behind -----------------------------------------------------------------------------
# A worker that is killed can't say that it has not finished. So each says, as long as it lives, that it does; what those
# were at who say nothing any more goes back to the queue. Tasks may therefore run twice, and each bears it.


def give_back(now: dt.datetime | None = None) -> int:
    """Return to the queue what dead workers have left undone, and return how much; what has killed `TRIES` of them fails."""
    now = now or timezone.now()
    running = list(BackgroundTask.objects.running().values_list("pk", "worker_ids"))  # before the workers: one that begins now is alive
    alive = set(Worker.objects.alive(now).values_list("pk", flat=True)) if running else set()
    lost = [(pk, takers) for pk, takers in running if not takers or takers[-1] not in alive]
    Worker.objects.filter(beat_at__lt=now - FORGOTTEN).delete()
    return sum(_give_back(pk, takers, now) for pk, takers in lost)


def _give_back(pk: Any, takers: list[str], now: dt.datetime) -> bool:
    """Give one task back, unless its state is another by now."""
    with transaction.atomic():
        task = BackgroundTask.objects.running().select_for_update(skip_locked=True).filter(pk=pk).first()
        if task is None or task.worker_ids != takers:
            return False
        logger.error("The worker of task %s (%s) is dead; it was try %s", task.pk, task.task_path, len(takers))
        if len(takers) < TRIES:
            put_back(task, now)
        else:
            task.set_failed(WorkersDied(f"{len(takers)} workers have ended while they were at it."))
    return True


def try_again(task: Any, now: dt.datetime | None = None) -> None:
    """Put a task back that has failed for want of the database, unless it has been tried so often."""
    if task.status == TaskResultStatus.FAILED and task.exception_class_path in OUTAGES and len(task.worker_ids) < TRIES:
        put_back(task, (now or timezone.now()) + PAUSE)


def put_back(task: Any, at: dt.datetime) -> None:
    """Have a task done as soon as a worker is free, from a moment on."""
    task.status, task.run_after = TaskResultStatus.READY, at
    task.started_at = task.finished_at = None
    task.exception_class_path = task.traceback = ""
    task.save()
