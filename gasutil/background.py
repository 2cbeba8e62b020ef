"""The background queue, seen from outside.

It answers how long the queue is, what failed, who works on it, and how what was lost comes back.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Count, DateTimeField, F, Min, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import get_date_max

from gasutil.access import Actor
from gasutil.errors import Conflict, NotAllowed, NotFound
from gasutil.models import BackgroundTask, Heartbeat, Worker

logger = logging.getLogger(__name__)
QUEUES: tuple[str, ...] = tuple(settings.TASKS["default"]["QUEUES"])
MAX_ATTEMPTS = 3  # of a task whose workers died or whose database was away
DATABASE_RETRY_DELAY = dt.timedelta(seconds=10)
OUTAGE_NAMES = tuple(
    f"{kind.__module__}.{kind.__qualname__}" for kind in (OperationalError, InterfaceError)
)
HEARTBEAT_TIMEOUT = dt.timedelta(seconds=60)  # after it, background work counts as down
FAILURE_PERIOD = dt.timedelta(days=1)
DEAD_WORKER_RETENTION = dt.timedelta(hours=1)
MAY_LOOK, MAY_RUN = "gasutil.view_backgroundtask", "gasutil.run_backgroundtask"
RUN_AGAIN_MESSAGE = "Run again"  # of the log entry
NO_RUN_AFTER = get_date_max()  # `run_after` of a task that is due at once
DUE_AT = Case(When(run_after=NO_RUN_AFTER, then=F("enqueued_at")), default=F("run_after"))


class WorkersDied(Exception):
    """Every worker that started this task has died."""


@dataclass(frozen=True, kw_only=True)
class Signs:
    """The heartbeats of the workers, the number of failures, and the conditions that are met.

    `beats` has the time when each worker was last heard of, `failed` is how much has failed within
    a day, and `conditions` says which of the further conditions are met.
    """

    beats: Mapping[str, dt.datetime]
    failed: int
    conditions: frozenset[str] = frozenset()

    def heard(self, name: str, since: dt.datetime) -> bool:
        """Return whether a worker has sent a heartbeat since a time."""
        return name in self.beats and self.beats[name] >= since


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The state of one queue.

    It is the number of tasks that are due, the age of the oldest, and the failures within a day.
    """

    waiting: int = 0
    oldest: dt.timedelta = dt.timedelta()
    failed: int = 0


def queues(now: dt.datetime) -> Mapping[str, Queue]:
    """Return the state of each queue.

    It takes two queries, however many alarms are scheduled for later.
    """
    waiting = (
        due_tasks(now)
        .values("queue_name")
        .annotate(number=Count("pk"), since=Min(DUE_AT))
        .order_by()
    )
    failed = recently_failed(now).values("queue_name").annotate(number=Count("pk")).order_by()
    failures = {row["queue_name"]: row["number"] for row in failed}
    lines = {
        row["queue_name"]: (row["number"], max(now - row["since"], dt.timedelta()))
        for row in waiting
    }
    names = dict.fromkeys((*QUEUES, *sorted({*failures, *lines})))
    return {
        name: _queue(*lines.get(name, (0, dt.timedelta())), failures.get(name, 0)) for name in names
    }


def _queue(waiting: int, oldest: dt.timedelta, failed: int) -> Queue:
    return Queue(waiting=waiting, oldest=oldest, failed=failed)


def signs(now: dt.datetime, conditions: Iterable[tuple[str, "QuerySet[Any]"]] = ()) -> Signs:
    """Return the signs that every page of the console shows, in one query.

    A condition is met if its queryset has a row.

    Without any heartbeat, failures are not counted.
    """
    failed = (
        recently_failed(now)
        .order_by()
        .values("status")
        .annotate(number=Count("pk"))
        .values("number")
    )
    beats = (
        Heartbeat.objects.order_by()
        .annotate(failed=Subquery(failed))
        .values_list("name", "beat_at", "failed")
    )
    none, zero = Cast(Value(None), DateTimeField()), Value(0)
    further = [rows.order_by().values_list(Value(name), none, zero) for name, rows in conditions]
    rows = list(beats.union(*further) if further else beats)
    heard = {name: beat_at for name, beat_at, _ in rows if beat_at is not None}
    met = frozenset(name for name, beat_at, _ in rows if beat_at is None)
    return Signs(
        beats=heard, failed=max((number or 0 for _, _, number in rows), default=0), conditions=met
    )


def due_tasks(now: dt.datetime) -> "QuerySet[Any]":
    """Return the tasks that are due and that no worker has started."""
    return BackgroundTask.objects.filter(
        Q(run_after=NO_RUN_AFTER) | Q(run_after__lte=now), status=TaskResultStatus.READY
    )


def recently_failed(now: dt.datetime) -> "QuerySet[Any]":
    """Return the tasks that have failed within a day."""
    return BackgroundTask.objects.filter(
        status=TaskResultStatus.FAILED, finished_at__gte=now - FAILURE_PERIOD
    )


def run_again(pk: Any, *, actor: Actor) -> Any:
    """Requeue a failed task and log who did it.

    Raises `NotAllowed`, `NotFound`, and `Conflict` for one that has not failed.
    """
    if not actor.person.has_perm(MAY_RUN):
        raise NotAllowed(gettext("You need permission to run background tasks again."))
    with transaction.atomic():
        task = BackgroundTask.objects.select_for_update().filter(pk=pk).first()
        if task is None:
            raise NotFound
        if task.status != TaskResultStatus.FAILED:
            raise Conflict(gettext("You can only run failed tasks again."))
        task.worker_ids = []
        put_back(task, timezone.now())
        LogEntry.objects.log_actions(
            actor.person.pk, [task], CHANGE, RUN_AGAIN_MESSAGE, single_object=True
        )
    return task


# --- What a dead worker leaves behind
# ----------------------------------------------------------------------------- A worker that is
# killed can't say that it has not finished. So each says, as long as it lives, that it does; what
# those were at who say nothing any more goes back to the queue. Tasks may therefore run twice, and
# each bears it.


def give_back(now: dt.datetime | None = None) -> int:
    """Return to the queue what dead workers have left undone, and return how much.

    What has killed `MAX_ATTEMPTS` of them fails.
    """
    now = now or timezone.now()
    running = list(
        BackgroundTask.objects.running().values_list("pk", "worker_ids")
    )  # before the workers: one that begins now is alive
    alive = set(Worker.objects.alive(now).values_list("pk", flat=True)) if running else set()
    lost = [(pk, takers) for pk, takers in running if not takers or takers[-1] not in alive]
    Worker.objects.filter(beat_at__lt=now - DEAD_WORKER_RETENTION).delete()
    return sum(_give_back(pk, takers, now) for pk, takers in lost)


def _give_back(pk: Any, takers: list[str], now: dt.datetime) -> bool:
    """Requeue one task, unless its state has changed."""
    with transaction.atomic():
        task = (
            BackgroundTask.objects.running()
            .select_for_update(skip_locked=True)
            .filter(pk=pk)
            .first()
        )
        if task is None or task.worker_ids != takers:
            return False
        logger.error(
            "The worker of task %s (%s) stopped during attempt %s",
            task.pk,
            task.task_path,
            len(takers),
        )
        if len(takers) < MAX_ATTEMPTS:
            put_back(task, now)
        else:
            task.set_failed(WorkersDied(f"{len(takers)} workers stopped during this task."))
    return True


def try_again(task: Any, now: dt.datetime | None = None) -> None:
    """Put a task back that has failed for want of the database.

    A task that has been tried `MAX_ATTEMPTS` times is not put back.
    """
    if (
        task.status == TaskResultStatus.FAILED
        and task.exception_class_path in OUTAGE_NAMES
        and len(task.worker_ids) < MAX_ATTEMPTS
    ):
        put_back(task, (now or timezone.now()) + DATABASE_RETRY_DELAY)


def put_back(task: Any, at: dt.datetime) -> None:
    """Queue a task for a time."""
    task.status, task.run_after = TaskResultStatus.READY, at
    task.started_at = task.finished_at = None
    task.exception_class_path = task.traceback = ""
    task.save()
