"""Races: threads and processes that work on PostgreSQL at the same moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.support.busy_server import BusyServer
from tests.support.databases import database
from tests.support.processes import environment_of, manage


@pytest.fixture(autouse=True)
def real_database() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer and no races; set DATABASE_URL to a PostgreSQL.")


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """The name of a migrated database that others are copied from."""
    with database() as url:
        manage("migrate", "-v0", environment=environment_of(DATABASE_URL=url))
        yield url.rpartition("/")[2]


@pytest.fixture
def desk(template: str, tmp_path: Path) -> Iterator[BusyServer]:
    """A server on a database of its own, running."""
    with database(template) as url, BusyServer(tmp_path, DATABASE_URL=url) as server:
        yield server
