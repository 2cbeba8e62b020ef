"""`manage.py serve` with real processes, on a free port and a database of its own."""

import contextlib
import json
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gasutil.background import QUEUES
from tests.support.processes import Process, children_of, environment_of, status_of, try_manage
from tests.support.servers import Server
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
TIMEOUT_SECONDS = 40
SERVE = (sys.executable, "manage.py", "serve")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Server]:
    """A desk that is prepared, and not running yet."""
    known = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "MEDIA_ROOT": str(tmp_path)}
    server = Server(environment_of(DEBUG="false", **known))
    server.manage("migrate", "-v0")
    server.manage("collectstatic", "--noinput", "-v0")
    yield server
    server.kill()


@pytest.fixture
def serve(desk: Server) -> "Process[bytes]":
    """The command, once everything that it starts is healthy."""
    return desk.run(SERVE, is_ready=lambda: status_of(f"{desk.url}/health/") == 200)


def workers_of(process: "Process[bytes]") -> set[int]:
    return {
        pid
        for pid in children_of(process.pid)
        if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    }


def test_it_serves_api_console_and_health(desk: Server, serve: "Process[bytes]") -> None:
    with urllib.request.urlopen(f"{desk.url}/api/v1/request-types/", timeout=30) as response:
        assert len(json.loads(response.read())["results"]) == 13
    for path in ("/admin/login/", "/api/v1/docs", "/static/gasutil/console.css"):
        assert status_of(f"{desk.url}{path}", TIMEOUT_SECONDS) == 200


def test_it_brings_dead_workers_back(serve: "Process[bytes]") -> None:
    before = workers_of(serve)
    assert len(before) == len(QUEUES)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(workers_of(serve) - before) == len(QUEUES))


def test_it_ends_with_everything_it_started(desk: Server, serve: "Process[bytes]") -> None:
    workers = workers_of(serve)
    serve.terminate()
    assert serve.wait(TIMEOUT_SECONDS) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert status_of(f"{desk.url}/health/") == 0


def test_a_port_that_is_taken_is_an_error(desk: Server) -> None:
    with socket.create_server(("127.0.0.1", desk.port)):
        result = try_manage("serve", environment=desk.environment)
    assert result.returncode != 0
    assert f"127.0.0.1:{desk.port} can't be used: Address already in use." in result.stderr


def processes_of(port: int) -> set[int]:
    """Return the server's and the workers' processes that were started with a port."""
    result = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"PORT={port}".encode() in path.read_bytes().split(b"\0"):
                result.add(int(path.parent.name))
    return result


@pytest.mark.parametrize("kill", [os.kill, lambda pid, number: os.killpg(os.getpgid(pid), number)])
def test_what_it_started_ends_when_it_is_killed(
    kill: Callable[[int, int], None], desk: Server, serve: "Process[bytes]"
) -> None:
    assert len(processes_of(desk.port)) > len(QUEUES) + 2
    kill(serve.pid, signal.SIGKILL)
    serve.wait(TIMEOUT_SECONDS)
    wait_for(lambda: not processes_of(desk.port))
    assert status_of(f"{desk.url}/health/") == 0


def test_it_ends_with_everything_when_its_web_process_is_killed(
    desk: Server, serve: "Process[bytes]"
) -> None:
    web = next(
        pid
        for pid in children_of(serve.pid)
        if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(web, signal.SIGKILL)
    assert serve.wait(TIMEOUT_SECONDS) != 0
    wait_for(lambda: not processes_of(desk.port))
