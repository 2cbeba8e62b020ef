"""A desk that really runs.

It is granian on the tests' own PostgreSQL and Redis, started as `manage.py serve` starts it.
"""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.test import override_settings

from gasutil.management.commands import serve
from tests.support.databases import database_url

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class E2EServer:
    """A server, and what its workers would need to stand beside it."""

    port: int
    environment: dict[str, str]
    server: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_running(self) -> bool:
        """Return whether the server is the process that was started first."""
        return self.server.poll() is None

    @contextmanager
    def workers(self) -> Iterator[None]:
        """Have the background workers of every queue run."""
        with mock.patch.dict(os.environ, self.environment, clear=True):
            started = [serve.WorkerProcess(queue) for queue in serve.QUEUES]
        try:
            yield
        finally:
            end(*(worker.process for worker in started))


@contextmanager
def running(folder: Path) -> Iterator[E2EServer]:
    """Have a server run on a port of its own."""
    port = free_port()
    stored = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment = stored | {
        "SECRET_KEY": settings.SECRET_KEY,
        "PORT": str(port),
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(folder / "media"),
        "EMAIL_URL": f"file:///{folder / 'mail'}",
    }
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        override_settings(HOST="127.0.0.1", PORT=port),
    ):
        server = serve.start_server()
        try:
            serve.wait_for(server)
        except BaseException:
            end(server)
            raise
    try:
        yield E2EServer(port=port, environment=environment, server=server)
    finally:
        end(server)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(*processes: "subprocess.Popen[bytes]") -> None:
    """Have processes end."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(TIMEOUT_SECONDS)
