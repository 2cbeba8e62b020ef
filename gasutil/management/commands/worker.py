"""Do the background work: take tasks from the queue in the database, one after the other. Any number may run."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from gasutil.models.heartbeats import WORKER, Heartbeat

BEAT = 15  # seconds


class BeatingWorker(Worker):
    """django-tasks' worker, which gives a sign of life from within its loop: a worker that hangs gives none."""

    _running = True
    _last_beat = float("-inf")

    @property
    def running(self) -> bool:
        """Return whether to go on; the loop asks once a round."""
        if time.monotonic() - self._last_beat > BEAT:
            Heartbeat.objects.beat(WORKER)
            self._last_beat = time.monotonic()
        return self._running

    @running.setter
    def running(self, value: bool) -> None:
        self._running = value


class Command(BaseCommand):
    """Run one worker until it is told to stop."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--batch", action="store_true", help="do what is waiting, then end")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks at an empty queue (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)  # being told to stop is no news
        worker = BeatingWorker(
            queue_names=["*"],
            interval=options["interval"],
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        worker.run()
