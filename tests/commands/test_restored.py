"""A backup that is restored beside the original, with the same folder of files.

`prepare` reports it, and no file of the original is deleted.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.databases import PostgreSQL
from tests.support.processes import try_manage
from tests.support.s3 import attach
from tests.support.servers import LiveServer

pytestmark = pytest.mark.services
WARNING = "RESTORED FROM A BACKUP, OR COPIED"
SWEEP = ("sweep_files", "--delete", "--grace", "0", "--days", "0", "--percent", "100")


@pytest.fixture
def cluster() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    yield server
    server.remove()


@pytest.fixture
def other(cluster: PostgreSQL, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database: in the same cluster, or in another one."""
    if request.param == "same":
        with psycopg.connect(cluster.url, autocommit=True) as session:
            session.execute("CREATE DATABASE restored")
        yield cluster.url.removesuffix("postgres") + "restored"
        return
    server = PostgreSQL()
    yield server.url
    server.remove()


@pytest.fixture
def desk(cluster: PostgreSQL, tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path, DATABASE_URL=cluster.url)
    server.manage("prepare", "--no-demo")
    with server:
        yield server


def restore(cluster: PostgreSQL, url: str) -> None:
    """Restore a dump of a cluster's database into another one."""
    dump = subprocess.run(
        [cluster.programs / "pg_dump", cluster.url], check=True, capture_output=True
    ).stdout
    command = [cluster.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-1", url]
    subprocess.run(command, input=dump, check=True, stdout=subprocess.DEVNULL)


def run(
    desk: LiveServer, url: str, *command: str, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command of the copy, which has the original's settings but for the database."""
    environment = desk.environment | {"DATABASE_URL": url} | settings
    return try_manage(*command, environment=environment)


def files(folder: Path) -> list[str]:
    return sorted(str(path) for path in (folder / "attachments").rglob("*") if path.is_file())


@pytest.mark.parametrize("other", ["same", "another"], indirect=True)
def test_a_copy_deletes_nothing(
    desk: LiveServer, cluster: PostgreSQL, other: str, tmp_path: Path
) -> None:
    attach(desk)
    restore(cluster, other)
    for _ in range(4):
        assert attach(desk)[0] == 201  # after the backup: the copy has no rows for these
    before = files(tmp_path)
    assert len(before) == 10

    assert WARNING in run(desk, other, "prepare", "--no-demo").stderr
    assert "SANDBOX is on" in run(desk, other, "prepare", "--no-demo", SANDBOX="true").stderr
    for decision in ([], ["--new-id"]):
        run(desk, other, "installation", *decision)
        swept = run(desk, other, *SWEEP)
        assert (swept.returncode != 0, "deleted" in swept.stdout, files(tmp_path)) == (
            True,
            False,
            before,
        )
    assert WARNING not in run(desk, cluster.url, "prepare", "--no-demo").stderr
    assert desk.manage("sweep_files", "--grace", "0") == ""


@pytest.mark.parametrize("other", ["another"], indirect=True)
def test_what_replaces_the_original_keeps_the_files_of_the_lost_hours(
    desk: LiveServer, cluster: PostgreSQL, other: str, tmp_path: Path
) -> None:
    attach(desk)
    restore(cluster, other)
    attach(desk)
    before = files(tmp_path)
    run(desk, other, "prepare", "--no-demo")
    assert "Database: ok" in run(desk, other, "installation", "--take-over").stdout
    assert WARNING not in run(desk, other, "prepare", "--no-demo").stderr
    swept = run(desk, other, *SWEEP)
    assert (swept.returncode, files(tmp_path)) == (0, before)
    assert swept.stdout.count("newer than all rows: ") == 2
