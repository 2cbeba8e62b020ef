"""The databases of the benchmark: created, marked, filled and dropped; it touches no others."""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.code import HERE, Code

SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/")
MARK = "Made by python -m bench, which may drop it."
COMMON = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "DEBUG": "False",
    "REDIS_URL": "",
    "EMAIL_URL": "dummy:",
    "JWT_ISSUER": "bench",
    "JWT_AUDIENCE": "bench",
    "JWT_ACCESS_SECONDS": "86400",
    "REGISTER_LIMIT": "0",
    "REQUEST_LIMIT": "0",
    "COMMENT_LIMIT": "0",
    "UPDATE_LIMIT": "0",
    "LOGIN_LIMIT_PAIR": "0",
    "LOGIN_LIMIT_ADDRESS": "0",
}


@dataclass(frozen=True)
class Database:
    """One database with `size` requests, of this tree or of another release.

    A path in `BENCH_DATABASE_URL` is the prefix of its name.
    """

    size: int
    code: Code = HERE
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Return the name without the size, such as `bench` or `bench_0_1_0`."""
        own = urlsplit(SERVER).path.strip("/") or "bench"
        return f"{own}_{self.code.release}".rstrip("_").replace(".", "_")

    @property
    def name(self) -> str:
        """Return the name, such as `bench_1000`."""
        return f"{self.prefix}_{self.size}"

    @property
    def url(self) -> str:
        """Return its URL."""
        return url_of(self.name)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a process that uses it."""
        return os.environ | COMMON | {"DATABASE_URL": self.url} | self.settings

    def manage(self, *arguments: str) -> str:
        """Run a management command on it and return what it prints."""
        return self.code.run(["manage.py", *arguments], self.environment)

    def shell(self, script: str) -> str:
        """Run statements inside the application and return what they print."""
        return self.manage("shell", "--no-imports", "-c", script)


def url_of(name: str) -> str:
    """Return the address of a database on the bench's server."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


@contextmanager
def made(databases: Sequence[Database], *, keep: bool, is_filled: bool = False) -> Iterator[None]:
    """Provide the databases of this run, empty unless an earlier run filled them.

    Drop them at the end unless they are to remain.
    """
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        if not _one(server, "SELECT pg_try_advisory_lock(hashtext(%s))", databases[0].name):
            raise SystemExit(f"Another bench is at work on {databases[0].name}.")
        try:
            for database in databases if not is_filled else ():
                _drop(server, database.name)
                if database.code is HERE:  # other releases create their own
                    _create(server, database.name)
            yield
        finally:
            for database in databases if not keep else ():
                _drop(server, database.name)


def copy_tables(source: Database, targets: Sequence[Database]) -> None:
    """Create the tables in a database, and make empty databases copies of it."""
    source.manage("migrate", "-v0")
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        for target in targets:
            _drop(server, target.name)
            _create(server, target.name, template=source.name)


def _create(server: psycopg.Connection, name: str, template: str = "template1") -> None:
    names = sql.Identifier(name), sql.Identifier(template)
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    server.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK))
    )


def _drop(server: psycopg.Connection, name: str) -> None:
    """Drop a database that the benchmark made; refuse to touch any other."""
    if not _one(server, "SELECT count(*) FROM pg_database WHERE datname = %s", name):
        return
    if (
        _one(
            server,
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            name,
        )
        != MARK
    ):
        raise SystemExit(
            f"There is a database {name} that the bench did not make. Put another prefix into"
            " BENCH_DATABASE_URL."
        )
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _one(server: psycopg.Connection, statement: str, *values: object) -> object:
    row = server.execute(statement, values).fetchone()
    return row[0] if row else None
