"""Serve everything from one machine: the application on one ASGI process, and a background worker for each queue beside it."""

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
from rich.console import Console
from rich.panel import Panel

from gasutil.background import QUEUES

SERVER = ["-m", "granian", "--interface", "asginl", "--no-access-log", "--log-level", "warning", "--respawn-failed-workers"]
SERVER += ["--workers-kill-timeout", "3"]  # seconds: open streams would hold up the end for ever
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SLOWEST_START = 60  # seconds
PATIENCE = 10  # seconds, for all processes to end; what a worker is at then goes back to the queue
PAUSE = 5  # seconds between two starts of a worker, at least


class Command(BaseCommand):
    """Run server and workers until told to stop; bring back a worker that dies."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        refuse_taken_port()
        for number in STOPPING:
            signal.signal(number, interrupt)
        server, workers = start_server(), [Worker(queue) for queue in QUEUES]  # each its own: no slow mail holds up an alarm
        try:
            wait_for(server)
            self.stdout.write(welcome())
            while server.poll() is None:
                for worker in workers:
                    if worker.is_due():
                        self.stderr.write(f"The worker of the queue {worker.queue!r} ended; starting another.")
                        worker.start()
                time.sleep(0.5)
            raise CommandError("The server ended; see above.")
        except KeyboardInterrupt:
            pass
        finally:
            stop(server, *(worker.process for worker in workers))


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Take being told to stop as being interrupted at the keyboard."""
    raise KeyboardInterrupt


def refuse_taken_port() -> None:
    """Raise `CommandError` if something listens where the server is to."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"{settings.HOST}:{settings.PORT} can't be used: {error.strerror}. Try PORT={settings.PORT + 1} make run."
            ) from error


def start_server() -> "subprocess.Popen[bytes]":
    """Start granian, which serves the static files as well, from a folder that has to be there."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    where = ["--host", settings.HOST, "--port", str(settings.PORT)]
    static = ["--static-path-route", f"/{settings.STATIC_URL.strip('/')}", "--static-path-mount", str(settings.STATIC_ROOT)]
    static += ["--static-path-expires", "300"]  # seconds: after an upgrade nobody works a day with yesterday's scripts
    return subprocess.Popen(
        [sys.executable, *SERVER, *where, *static, "project.asgi:application"], cwd=settings.BASE_DIR, start_new_session=True
    )


class Worker:
    """A background worker of one queue, which is brought back when it has died."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.start()

    def start(self) -> None:
        """Start it, or another in its place."""
        command = [sys.executable, "manage.py", "worker", "--queue", self.queue]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)
        self.started = time.monotonic()

    def is_due(self) -> bool:
        """Return whether it has died and may be started again: one that dies at once is not started all the time."""
        return self.process.poll() is not None and time.monotonic() - self.started > PAUSE


def wait_for(server: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers, whatever it says."""
    end = time.monotonic() + SLOWEST_START
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection(settings.HOST, settings.PORT, timeout=5)) as probe:
            probe.request("GET", "/api/v1/request-types/")
            probe.getresponse()
            return
        time.sleep(0.1)
    raise CommandError("The server did not start; see above.")


def stop(*processes: "subprocess.Popen[bytes]") -> None:
    """Ask processes to end, and end those that don't; being told to stop again changes nothing."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    end = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(end - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def welcome() -> str:
    """Return where everything is and what to try next."""
    here = settings.SITE_URL.replace("//0.0.0.0:", "//localhost:")
    lines = [
        f"[bold]Console[/]   {here}/admin/",
        f"[bold]API[/]       {here}/api/v1/docs",
        f"[bold]Health[/]    {here}/health/",
        "",
        "Log in to the console as the manager or a support representative,",
        "open the leak at the top of the queue, and start working it.",
        "Then file a request of your own: the README's “Try it” has the calls.",
        "",
        "[dim]Ctrl+C stops everything. The data stays in var/.[/]",
    ]
    console = Console()
    with console.capture() as captured:
        console.print(Panel("\n".join(lines), title=settings.SITE_NAME, expand=False))
    return captured.get()
