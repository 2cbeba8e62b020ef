"""The servers: granian on free ports, stopped by pid."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from bench.code import HERE, Code

TIMEOUT_SECONDS = 30
OPTIONS = ["--host", "127.0.0.1", "--no-ws", "--log-level", "warning"]
OPTIONS += ["--workers-kill-timeout", "3"]


class Server(NamedTuple):
    """A running server."""

    port: int
    pid: int


@contextmanager
def served(
    application: str,
    environment: Mapping[str, str],
    interface: str = "wsgi",
    *,
    code: Code = HERE,
    workers: int = 1,
    threads: int = 1,
) -> Iterator[Server]:
    """Serve an application while the block runs; `threads` are those of each WSGI worker."""
    port = free_port()
    command = [code.python, "-m", "granian", "--interface", interface, *OPTIONS]
    command += ["--port", str(port), "--workers", str(workers)]
    command += ["--blocking-threads", str(threads)] if interface == "wsgi" else []
    with tempfile.TemporaryFile() as log:
        # A process group of its own lets us stop the server with its worker, and keeps Ctrl-C from
        # reaching them first.
        server = subprocess.Popen(
            [*command, application],
            cwd=code.folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            if not _responds(server, port):
                log.seek(0)
                raise SystemExit(
                    f"granian could not serve {application}:\n{log.read().decode()[-2000:]}"
                )
            yield Server(port, server.pid)
        finally:
            stop(server)


@contextmanager
def working(queue: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a background worker of one queue while the block runs."""
    command = [HERE.python, "manage.py", "worker", "--queue", queue]
    with tempfile.TemporaryFile() as log:
        worker = subprocess.Popen(
            command,
            cwd=HERE.folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield
        finally:
            stop(worker)


def free_port() -> int:
    """Return a port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _responds(server: subprocess.Popen[bytes], port: int) -> bool:
    """Return whether the server accepts connections before the timeout."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate a process, and kill its group if it does not end."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
