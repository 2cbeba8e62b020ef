"""Do the background work: take tasks from the queue in the database, one after the other. Any number may run."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from gasutil.models.heartbeats import WORKER, Heartbeat
from gasutil.workflow import bulk, escalation

DEFAULT, ESCALATION = "default", "escalation"
SOONEST = 0.5  # seconds between two looks at the queue of alarms, at most


@dataclass
class Duty:
    """What a worker does beside its tasks, now and again."""

    every: float  # seconds
    do: Callable[[], object]
    last: float = float("-inf")

    def attend(self) -> None:
        """Do it, if it is time."""
        if time.monotonic() - self.last > self.every:
            self.do()
            self.last = time.monotonic()


DUTIES: Mapping[str, Callable[[], Duty]] = {
    DEFAULT: lambda: Duty(15, look_after),
    ESCALATION: lambda: Duty(5, escalation.sweep),
}


def look_after() -> None:
    """Give a sign of life, and go on with bulk runs that a dead worker has left."""
    Heartbeat.objects.beat(WORKER)
    bulk.sweep()


class DutifulWorker(Worker):
    """django-tasks' worker, which has duties within its loop: a worker that hangs gives no sign of life."""

    duties: Sequence[Duty] = ()
    _running, _is_stopping = True, False

    @property
    def running(self) -> bool:
        """Return whether to go on; the loop asks once a round."""
        if not self._is_stopping:
            for duty in self.duties:
                duty.attend()
        return self._running

    @running.setter
    def running(self, value: bool) -> None:
        self._running = value

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Stop, without a further duty: this is called in the midst of whatever was being done."""
        self._is_stopping = True
        super().shutdown(signum, frame)


class Command(BaseCommand):
    """Run one worker until it is told to stop."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--queue", choices=list(DUTIES), help="the one queue to serve; otherwise all: slow mails then hold up alarms")
        parser.add_argument("--batch", action="store_true", help="do what is waiting, then end")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks at an empty queue (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)  # being told to stop is no news
        queues = [options["queue"]] if options["queue"] else list(DUTIES)
        worker = DutifulWorker(
            queue_names=queues,
            interval=min(options["interval"], SOONEST) if ESCALATION in queues else options["interval"],
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.duties = [DUTIES[queue]() for queue in queues]
        worker.configure_signals()
        worker.run()
