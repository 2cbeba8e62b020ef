"""`manage.py serve`, really started.

It has a server and a worker of its own, on a free port and a database of its own.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gasutil.background import QUEUES
from project.settings import BASE_DIR
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
TIMEOUT_SECONDS = 40


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(port: int, tmp_path: Path) -> dict[str, str]:
    stored = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    return stored | {
        "SECRET_KEY": "s" * 40,
        "PORT": str(port),
        "DATABASE_URL": database,
        "MEDIA_ROOT": str(tmp_path),
        "DEBUG": "false",
    }


@pytest.fixture
def desk(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """The whole desk, running."""
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "-v0"],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.terminate()
        process.wait(TIMEOUT_SECONDS)


def read(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_until_well(port: int) -> None:
    wait_for(lambda: read(port, "/health/")[0] == 200)


def workers_of(process: "subprocess.Popen[str]") -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {
        int(pid)
        for pid in children
        if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    }


def test_it_serves_api_console_and_health(desk: "subprocess.Popen[str]", port: int) -> None:
    wait_until_well(port)
    status, body = read(port, "/api/v1/request-types/")
    assert (status, len(json.loads(body)["results"])) == (200, 13)
    assert read(port, "/admin/login/")[0] == 200
    assert read(port, "/api/v1/docs")[0] == 200
    assert read(port, "/static/gasutil/console.css")[0] == 200


def test_it_brings_dead_workers_back(desk: "subprocess.Popen[str]", port: int) -> None:
    wait_until_well(port)
    before = workers_of(desk)
    assert len(before) == len(QUEUES)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(workers_of(desk) - before) == len(QUEUES))


def test_it_ends_with_everything_it_started(desk: "subprocess.Popen[str]", port: int) -> None:
    wait_until_well(port)
    workers = workers_of(desk)
    desk.terminate()
    assert desk.wait(TIMEOUT_SECONDS) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert read(port, "/health/")[0] == 0


def test_it_says_so_when_the_port_is_taken(environment: dict[str, str], port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        result = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    assert result.returncode != 0
    assert f"127.0.0.1:{port} can't be used: Address already in use." in result.stderr


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
    kill: Callable[[int, int], None], environment: dict[str, str], port: int
) -> None:
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "-v0"],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
    command = [sys.executable, "manage.py", "serve"]
    with subprocess.Popen(
        command, cwd=BASE_DIR, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        wait_until_well(port)
        assert len(processes_of(port)) > len(QUEUES) + 2
        kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not processes_of(port))
    assert read(port, "/health/")[0] == 0


def test_a_worker_of_a_server_that_is_killed_ends(desk: "subprocess.Popen[str]", port: int) -> None:
    wait_until_well(port)
    children = Path(f"/proc/{desk.pid}/task/{desk.pid}/children").read_text().split()
    server = next(
        int(pid) for pid in children if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(server, signal.SIGKILL)
    assert desk.wait(TIMEOUT_SECONDS) != 0
    wait_for(lambda: not processes_of(port))
