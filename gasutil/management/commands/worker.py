"""Run background tasks from the queue in the database.

Several workers can run at the same time.
"""

import logging
import os
import socket
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from gasutil import background
from gasutil.models import Worker
from gasutil.models.heartbeats import WEBHOOKS, WORKER, Heartbeat
from gasutil.notify import deliveries
from gasutil.proof import timestamps
from gasutil.proof.publisher import Publisher
from gasutil.search import index as search_index
from gasutil.workflow import bulk, escalation, holds, privacy, retention, reviews
from project.private_files import restrict_new_files

logger = logging.getLogger(__name__)
MIN_POLL_SECONDS = 0.5  # between two reads of the queue of alarms
REVIEW_SECONDS = 5 * 60  # between two looks at the reviews that are overdue
ERASURE_SECONDS = 60 * 60  # between two looks at the erasures that wait
REPORT_SECONDS = 5 * 60  # between two looks at the subscriptions to reports
RETENTION_SECONDS = 24 * 60 * 60
RETRY_SECONDS = 2  # between two tries while the database is away
OUTAGES = (OperationalError, InterfaceError)


@dataclass
class Duty:
    """The periodic duties of a worker besides its tasks."""

    every: float  # seconds
    do: Callable[[], object]
    last: float = float("-inf")

    def attend(self) -> None:
        """Do it, if it is time; log an error, so that the other duties go on.

        If the database is away, the worker waits for it.
        """
        if time.monotonic() - self.last > self.every:
            try:
                self.do()
            except Exception as error:
                if isinstance(error, OUTAGES) and not connection.is_usable():
                    raise
                logger.exception("A periodic job of the worker failed")
            self.last = time.monotonic()


DUTIES: Mapping[str, Callable[[], Sequence[Duty]]] = {
    "escalation": lambda: [
        Duty(5, escalation.sweep),
        Duty(15, holds.sweep),
        *publishing(),
    ],
    "default": lambda: [
        *(
            Duty(15, do)
            for do in (
                partial(Heartbeat.objects.beat, WORKER),
                deliveries.sweep,
                bulk.sweep,
                index_recent,
            )
        ),
        Duty(REVIEW_SECONDS, reviews.mail_overdue),
        Duty(ERASURE_SECONDS, privacy.erase_due),
        Duty(REPORT_SECONDS, deliveries.send_reports),
        Duty(RETENTION_SECONDS, retention.apply),
    ],
    "webhooks": lambda: [
        Duty(15, partial(Heartbeat.objects.beat, WEBHOOKS)),
        Duty(15, timestamps.ask_authority),  # here: a slow authority delays no alarm and no mail
    ],
}


def publishing() -> Sequence[Duty]:
    """Return the duties for the provable history: it waits for no mail."""
    publisher = Publisher()
    return [Duty(1, publisher.publish_requests), Duty(15, publisher.publish_others)]


def index_recent() -> None:
    """Update the search index with what an earlier release has written."""
    search_index.catch_up(timezone.now())


class DutifulWorker(TaskWorker):
    """The worker of django-tasks, with duties within its loop.

    A worker that hangs gives no sign of life.
    """

    duties: Sequence[Duty] = ()
    _running, _is_stopping = True, False

    @property
    def running(self) -> bool:
        """Return whether to continue; the loop calls it once a round."""
        if not self._is_stopping:
            for duty in self.duties:
                duty.attend()
        return self._running

    @running.setter
    def running(self, value: bool) -> None:
        self._running = value

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Stop, without a further duty: this is called in the midst of whatever was being done.

        A second signal does not wait for the task but requeues it: it has not failed.
        """
        if self._is_stopping:
            os._exit(1)
        self._is_stopping = True
        super().shutdown(signum, frame)

    def run_task(self, db_task_result: "DBTaskResult[Any, Any]") -> None:
        """Do a task; one that has failed for want of the database is done again."""
        super().run_task(db_task_result)
        background.try_again(db_task_result)


class Command(BaseCommand):
    """Run one worker until it is stopped."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--queue",
            choices=list(DUTIES),
            help="run only this queue; without it, all queues, and slow mails can delay alarms",
        )
        parser.add_argument("--batch", action="store_true", help="run the waiting tasks, then exit")
        parser.add_argument(
            "--interval",
            type=float,
            default=1.0,
            help="seconds between two checks of an empty queue (1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work, and wait for a database that is away.

        Then under another name, since what the old one was at is lost.
        """
        restrict_new_files()
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)  # stopping is normal
        while True:
            worker = make_worker(**options)
            worker.configure_signals()
            try:
                with living(worker):
                    return worker.run()
            except OUTAGES as error:
                if worker.batch:
                    raise
                logger.warning("The database is unavailable: %s", error)
                connections.close_all()
                time.sleep(RETRY_SECONDS)


def make_worker(
    *, queue: str | None, batch: bool, interval: float, **options: Any
) -> DutifulWorker:
    """Return a worker of one queue or of all, with its duties."""
    queues = [queue] if queue else list(DUTIES)
    worker = DutifulWorker(
        queue_names=queues,
        interval=min(interval, MIN_POLL_SECONDS) if "escalation" in queues else interval,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.duties = [
        *chain.from_iterable(DUTIES[name]() for name in queues),
        Duty(settings.WORKER_SILENCE / 3, background.give_back),
    ]
    return worker


@contextmanager
def living(worker: DutifulWorker) -> Iterator[None]:
    """Send heartbeats as long as the process runs.

    They come from a thread, so that a long task does not look like death.
    """
    about = {
        "queues": ", ".join(worker.queue_names),
        "place": f"{socket.gethostname()}, process {os.getpid()}"[:100],
    }
    over = threading.Event()

    def beat_on() -> None:
        while not over.wait(settings.WORKER_SILENCE / 5):
            with suppress(DatabaseError, InterfaceError):  # it is away; the next one may be heard
                Worker.objects.beat(worker.worker_id, **about)
            connection.close()

    Worker.objects.beat(worker.worker_id, **about)
    pulse = threading.Thread(target=beat_on, name="pulse", daemon=True)
    pulse.start()
    try:
        yield
    finally:
        over.set()
        pulse.join(RETRY_SECONDS)
        with suppress(DatabaseError, InterfaceError):
            Worker.objects.filter(pk=worker.worker_id).delete()
