"""Upgrades on PostgreSQL: SQLite has one writer, and is upgraded while the server is stopped."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.support.databases import database
from tests.support.processes import environment_of


@pytest.fixture(autouse=True)
def real_database(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer; set DATABASE_URL to a PostgreSQL.")


@pytest.fixture
def url() -> Iterator[str]:
    """The address of an empty database."""
    with database() as address:
        yield address


@pytest.fixture
def environment(url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a process that works on it."""
    return environment_of(DATABASE_URL=url, MEDIA_ROOT=str(tmp_path))


@pytest.fixture
def session(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as result:
        yield result
