"""Web processes work behind a real PgBouncer, with the settings that the sizing guide gives."""

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from project.settings import BASE_DIR
from tests.support import processes
from tests.support.databases import empty_database
from tests.support.servers import LiveServer

pytestmark = [pytest.mark.services, pytest.mark.django_db]
POOL_SIZE = 3  # connections to PostgreSQL; the web process has more to PgBouncer
CALLS = 24
CALLERS = 8
CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {size}
admin_users = {user}
ignore_startup_parameters = extra_float_digits
"""
PROMOTE = """
from django.contrib.auth.models import Group
from gasutil.groups import MANAGERS
from gasutil.models import User
User.objects.get(username="support").groups.add(Group.objects.get(name=MANAGERS))
"""


class PgBouncer:
    """A PgBouncer in transaction mode before the PostgreSQL of a database's address."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.server, self.port = urlsplit(database_url), processes.free_port()
        file, users = folder / "pgbouncer.ini", folder / "users.txt"
        users.write_text(f'"{self.server.username}" ""\n')
        file.write_text(
            CONFIGURATION.format(
                host=self.server.hostname,
                port=self.server.port or 5432,
                own_port=self.port,
                users=users,
                size=POOL_SIZE,
                user=self.server.username,
            )
        )
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        as_postgres = ["--user", "postgres"] if os.getuid() == 0 else []  # it does not run as root
        self.process = processes.start(
            [program, *as_postgres, str(file)], is_ready=lambda: processes.accepts(self.port)
        )

    @property
    def url(self) -> str:
        """Return the address of the same database through PgBouncer."""
        place = f"{self.server.username}@127.0.0.1:{self.port}"
        return urlunsplit(self.server._replace(netloc=place))

    def server_connections(self) -> int:
        """Return how many connections to PostgreSQL it has opened for the database."""
        admin = urlunsplit(
            self.server._replace(netloc=urlsplit(self.url).netloc, path="/pgbouncer")
        )
        with psycopg.connect(
            admin, autocommit=True, cursor_factory=psycopg.ClientCursor
        ) as session:
            rows = session.execute("SHOW SERVERS").fetchall()
        return len([row for row in rows if self.server.path.lstrip("/") in row])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[LiveServer, PgBouncer]]:
    with empty_database() as settings:
        desk = LiveServer(tmp_path, **settings)  # which migrates by a direct connection
        desk.manage("shell", "-v0", "-c", PROMOTE)
        pooler = PgBouncer(tmp_path, settings["DATABASE_URL"])
        desk.environment |= {"DATABASE_URL": pooler.url} | documented_settings()
        try:
            with desk:
                yield desk, pooler
        finally:
            processes.stop(pooler.process)


def documented_settings() -> dict[str, str]:
    """Return the settings that the guide gives for the PgBouncer of Debian 12."""
    guide = (BASE_DIR / "docs" / "operations" / "sizing.md").read_text("utf-8")
    [block] = re.findall(r"```ini\n(DATABASE_.*?)```", guide, re.DOTALL)
    return dict(line.split("=", 1) for line in block.splitlines() if line)


def test_calls_share_a_few_connections(desk: tuple[LiveServer, PgBouncer]) -> None:
    """Writes, lists, and reports that read row by row, by more callers than connections."""
    server, pooler = desk
    paths = ["requests/", "request-updates/", "reports/people/", "reports/milestones/"]

    def work(number: int) -> list[int]:
        body = {"request_type": "no_supply", "description": f"No gas in flat {number}"}
        change = {"notes": f"Looked at by {number}"}
        return [
            server.call("POST", "requests/", "customer", body)[0],
            server.call("PATCH", f"requests/{server.known['pk']}/", "support", change)[0],
            *(server.call("GET", path, "support")[0] for path in paths),
        ]

    with ThreadPoolExecutor(CALLERS) as threads:
        results = list(threads.map(work, range(CALLS)))
    assert results == [[201, 200, 200, 200, 200, 200]] * CALLS
    status, found = server.call("GET", "requests/?request_type=no_supply&page_size=100", "support")
    assert (status, len(found["results"])) == (200, CALLS)
    assert 0 < pooler.server_connections() <= POOL_SIZE
