"""Many at once.

Each is in a thread with a database connection of its own, and all are let go at the same moment.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection, connections

from project.settings import BASE_DIR
from tests.commands.test_stream import SECRET
from tests.races.server_harness import KillableServer, database

T = TypeVar("T")


@pytest.fixture(autouse=True)
def real_database() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer and no races; set DATABASE_URL to a PostgreSQL.")


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """The name of a migrated database that others are copied from."""
    with database() as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "SECRET_KEY": SECRET,
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
        yield url.rpartition("/")[2]


@pytest.fixture
def desk(template: str, tmp_path: Path) -> Iterator[KillableServer]:
    """A server on a database of its own, running."""
    with database(template) as url:
        found = KillableServer(tmp_path, DATABASE_URL=url)
        found.start()
        yield found
        found.stop()


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Make all calls at the same moment and return what they return, in their order."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait(timeout=10)
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)
