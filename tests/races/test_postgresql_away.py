"""PostgreSQL is killed under load: calls are asked to be repeated later, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.busy_server import BusyServer
from tests.support.databases import PostgreSQL
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services


@pytest.fixture
def cluster() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    yield server
    server.remove()


@pytest.fixture
def desk(cluster: PostgreSQL, tmp_path: Path) -> Iterator[BusyServer]:
    server = BusyServer(tmp_path, DATABASE_URL=cluster.url)
    cluster.stop("fast")
    cluster.start(syncs=True)  # it syncs to the disk as it does by default
    with server:
        server.start_worker(WORKER_SILENCE="3")
        wait_for(lambda: server.health()[0] == 200)
        yield server


def test_calls_during_an_outage_are_asked_to_be_repeated(
    desk: BusyServer, cluster: PostgreSQL
) -> None:
    with desk.busy():
        desk.get_going()
        cluster.kill()
        refused = [desk.file(), desk.file_with_picture(), desk.note()]
        for call in refused:
            call.make()
        desk.calls += refused
        status, states = desk.health()
        cluster.start(syncs=True)
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
    assert desk.is_running()
    assert left.keys() <= {"SUCCESSFUL", "READY"}, left  # what is ready is set for later


def tasks_of(session: "psycopg.Connection[Any]") -> dict[str, int]:
    """Return the number of tasks in each state."""
    return dict(
        session.execute(
            "SELECT status, count(*) FROM django_tasks_database_dbtaskresult GROUP BY status"
        ).fetchall()
    )


def is_idle(desk: BusyServer) -> bool:
    status, states = desk.health()
    return status == 200 and all(queue["waiting"] == 0 for queue in states["queue"].values())
