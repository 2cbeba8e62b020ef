"""Serve everything from one machine.

The application runs on one ASGI process, with a background worker for each queue beside it.
"""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gasutil.background import QUEUES
from project.parent import ends_with_me
from project.private_files import restrict_new_files

SERVER = [
    "-m",
    "granian",
    "--interface",
    "asginl",
    "--no-access-log",
    "--log-level",
    "warning",
    "--respawn-failed-workers",
]
SERVER += ["--workers-kill-timeout", "3"]  # seconds: open streams would delay the shutdown
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS = 60
# For all processes to end; unfinished tasks of a worker then go back to the queue.
STOP_SECONDS = 10
RESTART_SECONDS = 5  # between two starts of a worker, at least
DAY_SECONDS = 24 * 60 * 60
WELCOME = """
{name}

  Console   {url}/admin/
  API       {url}/api/v1/docs
  Health    {url}/health/

Log in to the console as the manager or a support agent,
open the leak at the top of the queue, and start to work on it.
Then create a request of your own: the README has the calls.

Ctrl+C stops everything. The data stays in var/.
"""
PORT_SECONDS = 5  # to wait for the port: a server whose parent was killed needs a moment to end


class Command(BaseCommand):
    """Run server and workers until stopped; restart a worker that dies."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        restrict_new_files()
        refuse_taken_port()
        for number in STOPPING:
            signal.signal(number, interrupt)
        server, workers = (
            start_server(),
            [WorkerProcess(queue) for queue in QUEUES],
        )  # each its own: no slow mail holds up an alarm
        try:
            wait_for(server)
            self.stdout.write(welcome())
            tidy = DailyTidy()
            while server.poll() is None:
                for worker in workers:
                    if worker.is_due():
                        self.stderr.write(
                            f"The worker of the queue {worker.queue!r} stopped. Restarting it."
                        )
                        worker.start()
                tidy.run_if_due()
                time.sleep(0.5)
            raise CommandError("The server stopped. See the messages above.")
        except KeyboardInterrupt:
            pass
        finally:
            stop(server, *(worker.process for worker in workers))


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Handle SIGTERM as an interrupt at the keyboard."""
    raise KeyboardInterrupt


def refuse_taken_port() -> None:
    """Raise `CommandError` if something still listens where the server is to."""
    end = time.monotonic() + PORT_SECONDS
    while error := _port_error():
        if time.monotonic() > end:
            raise CommandError(
                f"{settings.HOST}:{settings.PORT} can't be used: {error}. Try"
                f" PORT={settings.PORT + 1} make run."
            )
        time.sleep(0.2)


def _port_error() -> str | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            return error.strerror
    return None


def start_server() -> "subprocess.Popen[bytes]":
    """Start granian."""
    where = ["--host", settings.HOST, "--port", str(settings.PORT)]
    return subprocess.Popen(
        [sys.executable, *SERVER, *where, "project.asgi:application"],
        cwd=settings.BASE_DIR,
        start_new_session=True,
        preexec_fn=ends_with_me(),  # noqa: PLW1509  # there are no threads
    )


class WorkerProcess:
    """A background worker of one queue, which is brought back when it has died."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.start()

    def start(self) -> None:
        """Start it, or another in its place."""
        command = [sys.executable, "manage.py", "worker", "--queue", self.queue]
        self.process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=ends_with_me(),  # noqa: PLW1509  # there are no threads
        )
        self.started = time.monotonic()

    def is_due(self) -> bool:
        """Return whether it has died and may be restarted.

        A worker that dies at once is not restarted all the time.
        """
        return self.process.poll() is not None and time.monotonic() - self.started > RESTART_SECONDS


class DailyTidy:
    """`tidy`, at the start and once a day."""

    def __init__(self) -> None:
        self.due = time.monotonic()

    def run_if_due(self) -> None:
        """Start it beside the server; it ends by itself."""
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + DAY_SECONDS
        command = [sys.executable, "manage.py", "tidy", "-v0"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, preexec_fn=ends_with_me())  # noqa: PLW1509  # no threads


def wait_for(server: "subprocess.Popen[bytes]") -> None:
    """Wait until the server responds."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with (
            contextlib.suppress(OSError),
            contextlib.closing(
                http.client.HTTPConnection(settings.HOST, settings.PORT, timeout=5)
            ) as probe,
        ):
            probe.request("GET", "/api/v1/request-types/")
            probe.getresponse()
            return
        time.sleep(0.1)
    raise CommandError("The server did not start. See the messages above.")


def stop(*processes: "subprocess.Popen[bytes]") -> None:
    """Terminate processes, and kill those that do not end; a second signal changes nothing."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(end - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def welcome() -> str:
    """Return the URLs and the next steps."""
    url = settings.SITE_URL.replace("//0.0.0.0:", "//localhost:")
    return WELCOME.format(name=settings.SITE_NAME, url=url)
