"""The servers: granian with one worker and one thread each, on free ports, stopped by pid."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from bench.databases import ROOT

TIMEOUT_SECONDS = 30


class Server(NamedTuple):
    """A running server."""

    port: int
    pid: int


@contextmanager
def served(
    application: str, environment: Mapping[str, str], interface: str = "wsgi"
) -> Iterator[Server]:
    """Serve an application while the block runs."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        interface,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ws",
    ]
    command += [
        "--workers",
        "1",
        "--log-level",
        "warning",
        "--workers-kill-timeout",
        "3",
        application,
    ]
    command += ["--blocking-threads", "1"] if interface == "wsgi" else []
    with tempfile.TemporaryFile() as log:
        # A process group of its own lets us stop the server with its worker, and keeps Ctrl-C from
        # reaching them first.
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            if not _answers(server, port):
                log.seek(0)
                raise SystemExit(
                    f"granian could not serve {application}:\n{log.read().decode()[-2000:]}"
                )
            yield Server(port, server.pid)
        finally:
            _stop(server)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    """Return whether the server accepts connections before the timeout."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
