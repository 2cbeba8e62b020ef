"""Many at once.

Each is in a thread with a database connection of its own, and all are let go at the same moment.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from project.settings import BASE_DIR
from tests.support.databases import database
from tests.support.killable_server import KillableServer
from tests.support.servers import SECRET


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
        server = KillableServer(tmp_path, DATABASE_URL=url)
        server.start()
        yield server
        server.stop()
