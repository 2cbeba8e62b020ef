"""PostgreSQL that is killed in the middle of everyone's work.

Those who ask meanwhile are asked to come back, and nothing is lost.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from project.settings import BASE_DIR
from tests.support.killable_server import KillableServer, children_of
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services


class Cluster:
    """A PostgreSQL of its own, which syncs to disk as it does by default."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.programs = max(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
        )
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run(
            "initdb",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
            "data",
        )

    def run(self, program: str, *arguments: str) -> int:
        """Run one of its programs as somebody whom it does not refuse."""
        who = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*who, str(self.programs / program), *arguments]
        return subprocess.run(
            command, cwd=self.folder, check=program == "initdb", stdout=subprocess.DEVNULL
        ).returncode

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self, *, syncs: bool = True) -> None:
        how = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c"
            f" fsync={'on' if syncs else 'off'}"
        )
        wait_for(
            lambda: (
                self.run("pg_ctl", "-s", "-w", "-D", "data", "-l", "log", "-o", how, "start") == 0
            )
        )

    def kill(self) -> None:
        """Kill it and whatever it has started, all at once."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        processes = [postmaster, *children_of(postmaster)]
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(is_alive(pid) for pid in processes))

    def stop(self) -> None:
        self.run("pg_ctl", "-s", "-w", "-D", "data", "-m", "fast", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    server = Cluster()
    server.start(syncs=False)  # as long as it is filled
    yield server
    server.remove()


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Iterator[KillableServer]:
    server = KillableServer(tmp_path, DATABASE_URL=cluster.url)
    cluster.stop()
    cluster.start()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def worker(desk: KillableServer) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=BASE_DIR,
        env=desk.environment | {"WORKER_SILENCE": "3"},
    )
    wait_for(lambda: desk.health()[0] == 200)
    yield process
    process.terminate()
    process.wait(20)


def test_whoever_asks_meanwhile_is_told_to_come_back(
    desk: KillableServer, cluster: Cluster, worker: "subprocess.Popen[bytes]"
) -> None:
    with desk.busy():
        desk.get_going()
        cluster.kill()
        refused = [desk.file(), desk.file_with_picture(), desk.note()]
        for call in refused:
            call.make()
        desk.calls += refused
        status, states = desk.health()
        cluster.start()
        wait_for(lambda: desk.health()[1]["database"] == "ok")
        desk.get_going()
    assert [call.status for call in refused] == [503] * 3
    assert (status, states["database"], states["queue"]) == (503, "down", {})
    assert {call.status for call in desk.calls} == {200, 201, 503}
    desk.check()
    assert desk.call("POST", "password-reset/", "", {"email": "customer@example.com"})[0] == 202
    with psycopg.connect(cluster.url, autocommit=True) as session:
        wait_for(
            lambda: is_idle(desk) and "RUNNING" not in tasks_of(session)
        )  # what was lost when it was killed is given back first
        left = tasks_of(session)
    assert (desk.process and desk.process.poll(), worker.poll()) == (None, None)
    assert left.keys() <= {"SUCCESSFUL", "READY"}, left  # what is ready is set for later


def tasks_of(session: "psycopg.Connection[Any]") -> dict[str, int]:
    """Return how many tasks are in which state."""
    return dict(
        session.execute(
            "SELECT status, count(*) FROM django_tasks_database_dbtaskresult GROUP BY status"
        ).fetchall()
    )


def is_idle(desk: KillableServer) -> bool:
    status, states = desk.health()
    return status == 200 and all(queue["waiting"] == 0 for queue in states["queue"].values())
