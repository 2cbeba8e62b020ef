"""Requests by the hundred thousand, made by PostgreSQL.

Their customers, representatives and history come with them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.errors import InsufficientPrivilege

from bench.code import HERE, Code
from bench.databases import COMMON, Database, url_of

BATCH_SIZE = 5_000
SUPPORT = range(1, 51)
HEAVY = 51  # the one customer who has 2% of all requests
FIRST_CUSTOMER = 52
EACH = 20  # requests of every other customer

FILL = """
from bench.databases import Database, made
from bench.fill import fill
database = Database({size})
with made([database], keep=True):
    fill(database, lambda number: None)
"""
FOLDER = Path(__file__).parent / "sql"
USERS, ROLES, REQUESTS, UPDATES, GRANTS, NEXT_IDS = (
    (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("users", "roles", "requests", "updates", "grants", "next_ids")
)


def customers(size: int) -> range:
    """Return the ids of the customers with 20 requests each, without the heavy customer."""
    return range(FIRST_CUSTOMER, FIRST_CUSTOMER + size * 98 // 100 // EACH)


def fill(database: Database, done: Callable[[int], None]) -> None:
    """Migrate a database and fill it; another release fills its own.

    `done` gets the number of requests that each step has added.
    """
    if database.code is not HERE:
        fill_by(database.code, database.prefix, database.size)
        done(database.size)
        return
    database.manage("migrate", "-v0")
    size, known = database.size, customers(database.size)
    values = {
        "size": size,
        "heavy": HEAVY,
        "first_customer": FIRST_CUSTOMER,
        "customers": len(known),
        "users": known[-1],
    }
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(USERS, values)
        connection.execute(ROLES)
        for first in range(1, size + 1, BATCH_SIZE):
            last = min(first + BATCH_SIZE - 1, size)
            for statement in (REQUESTS, UPDATES, GRANTS):
                connection.execute(statement, values | {"first": first, "last": last})
            done(last - first + 1)
        connection.execute(NEXT_IDS)
        with connection.cursor() as cursor, without_trigrams(cursor):
            database.shell("from gasutil.search import index; index.fill_index()")
        settle(connection)


def fill_by(code: Code, prefix: str, size: int) -> None:
    """Let the bench of a release create and fill a database of its own."""
    code.run(
        ["-c", FILL.format(size=size)],
        os.environ | COMMON | {"BENCH_DATABASE_URL": url_of(prefix)},
    )


@contextmanager
def without_trigrams(cursor: Any) -> Iterator[None]:
    """Drop the trigram index of search while the block runs.

    Built at once, as by `migrate`, it takes a tenth of the time.
    """
    cursor.execute("SELECT pg_get_indexdef('search_entry_texts'::regclass)")
    (definition,) = cursor.fetchone()
    cursor.execute("DROP INDEX search_entry_texts")
    yield
    cursor.execute(definition)


def settle(connection: psycopg.Connection) -> None:
    """Analyse, vacuum and checkpoint now, so that the server does not during the measurement."""
    connection.execute("VACUUM ANALYZE")
    with suppress(InsufficientPrivilege):
        connection.execute("CHECKPOINT")
