"""Serve everything from one machine: the application on one ASGI process, and one background worker beside it."""

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

SERVER = ["-m", "granian", "--interface", "asginl", "--no-access-log", "--log-level", "warning", "--respawn-failed-workers"]
PATIENCE = 10  # seconds


class Command(BaseCommand):
    """Run server and worker until told to stop; bring back the worker if it dies."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        refuse_taken_port()
        signal.signal(signal.SIGTERM, interrupt)
        server, worker = start_server(), start_worker()
        try:
            wait_for(server)
            self.stdout.write(welcome())
            while server.poll() is None:
                if worker.poll() is not None:
                    self.stderr.write("The background worker ended; starting another.")
                    worker = start_worker()
                time.sleep(0.5)
            raise CommandError("The server ended; see above.")
        except KeyboardInterrupt:
            pass
        finally:
            stop(server, worker)


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
            raise CommandError(f"{settings.HOST}:{settings.PORT} can't be used: {error.strerror}. Try PORT=8001 make run.") from error


def start_server() -> "subprocess.Popen[bytes]":
    """Start granian, which serves the static files as well."""
    where = ["--host", settings.HOST, "--port", str(settings.PORT)]
    static = ["--static-path-route", f"/{settings.STATIC_URL.strip('/')}", "--static-path-mount", str(settings.STATIC_ROOT)]
    return subprocess.Popen(
        [sys.executable, *SERVER, *where, *static, "project.asgi:application"], cwd=settings.BASE_DIR, start_new_session=True
    )


def start_worker() -> "subprocess.Popen[bytes]":
    """Start a background worker."""
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, start_new_session=True)


def wait_for(server: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((settings.HOST, settings.PORT)) == 0:
                return
        time.sleep(0.1)
    raise CommandError("The server did not start; see above.")


def stop(*processes: "subprocess.Popen[bytes]") -> None:
    """Ask processes to end, and end those that don't."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def welcome() -> str:
    """Return where everything is and what to try next."""
    lines = [
        f"[bold]Console[/]   {settings.SITE_URL}/admin/",
        f"[bold]API[/]       {settings.SITE_URL}/api/v1/docs",
        f"[bold]Health[/]    {settings.SITE_URL}/health/",
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
