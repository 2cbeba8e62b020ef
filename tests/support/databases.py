"""Databases beside that of the tests: empty ones, and whole servers that may be killed."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.db import connection

from tests.support.processes import children_of, free_port
from tests.support.waiting import wait_for


@contextmanager
def empty_database() -> Iterator[dict[str, str]]:
    """Yield the settings of a server with an empty database on the PostgreSQL of the tests.

    They are empty if the tests run on SQLite.
    """
    if connection.vendor != "postgresql":
        yield {}
        return
    with database() as url:
        yield {"DATABASE_URL": url, "REDIS_URL": os.environ.get("REDIS_URL", "")}


class PostgreSQL:
    """A PostgreSQL server of a test's own, which the test may kill."""

    def __init__(self) -> None:
        self.programs = max(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
        )
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-"))
        self.port = free_port()
        if os.getuid() == 0:  # PostgreSQL does not run as root
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self._run(
            "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        self.start()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self, *, syncs: bool = False) -> None:
        """Start it; `syncs` lets it write to the disk as it does by default."""
        options = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        options += f"-c port={self.port} -c fsync={'on' if syncs else 'off'}"
        command = ("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        wait_for(lambda: self._succeeds(*command))  # memory of one that was killed is freed late

    def kill(self) -> None:
        """Kill it and every process that it has started, all at once."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        killed = [postmaster, *children_of(postmaster)]
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(_is_alive(pid) for pid in killed))

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` leaves what a power cut leaves."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def copy_to(self, other: "PostgreSQL") -> None:
        """Copy the database into another server, which is empty."""
        dump = subprocess.run(
            [self.programs / "pg_dump", self.url], check=True, capture_output=True
        ).stdout
        restore = [self.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-1", other.url]
        subprocess.run(restore, input=dump, check=True, stdout=subprocess.DEVNULL)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _succeeds(self, program: str, *arguments: str) -> bool:
        with suppress(subprocess.CalledProcessError):
            self._run(program, *arguments)
            return True
        return False

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


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


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
    """Yield the address of a copy of a database, which is dropped in the end."""
    name = f"tests_{secrets.token_hex(6)}"
    with psycopg.connect(server_url("postgres"), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield server_url(name)
        finally:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")
