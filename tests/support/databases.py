"""Databases beside the tests' own.

There is an empty one on the run's PostgreSQL, and a whole PostgreSQL that may be killed.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection


@contextmanager
def empty_database() -> Iterator[dict[str, str]]:
    """Give the settings of a server that has an empty database to itself.

    The database is on the run's PostgreSQL, or on none.
    """
    if connection.vendor != "postgresql":
        yield {}
        return
    known = connection.settings_dict
    login = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    server, name = (
        f"postgres://{login}@{known['HOST']}:{known['PORT']}",
        f"tests_{os.getpid()}_{time.time_ns()}",
    )
    with psycopg.connect(f"{server}/postgres", autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")
        yield {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": os.environ.get("REDIS_URL", "")}
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgreSQL:
    """A cluster of one's own, in a folder of its own."""

    def __init__(self) -> None:
        self.programs = max(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
        )
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-"))
        self.port = free_port()
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self._run(
            "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        self.start()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c"
            " fsync=off"
        )
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is what a power cut leaves."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def copy_to(self, other: "PostgreSQL") -> None:
        """Restore a dump of what is in here into another, which is empty."""
        dump = subprocess.run(
            [self.programs / "pg_dump", self.url], check=True, capture_output=True
        ).stdout
        restore = [self.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-1", other.url]
        subprocess.run(restore, input=dump, check=True, stdout=subprocess.DEVNULL)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*as_postgres, *command],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


MIGRATE = [sys.executable, "manage.py", "migrate", "-v0", "gasutil"]


def database_url() -> str:
    """Return the address of the tests' own database, for another process."""
    return server_url(connection.settings_dict["NAME"])


def server_url(name: str) -> str:
    """Return the address of a database on the tests' server."""
    known = connection.settings_dict
    login = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    return f"postgres://{login}@{known['HOST']}:{known['PORT']}/{name}"


@contextmanager
def database(template: str = "template1") -> Iterator[str]:
    """Give the address of a database, made after another, which is dropped in the end."""
    name = f"kill_{secrets.token_hex(6)}"
    with psycopg.connect(server_url("postgres"), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield server_url(name)
        finally:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")
