"""Measure for how long an upgrade blocks logins and writes on a filled database.

`python -m bench.upgrade --help` lists its options.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.table import Table

from bench.code import ROOT, Code
from bench.databases import COMMON, Database, made
from bench.fill import fill_by

BUNDLE = next((ROOT / "tests" / "upgrade").glob("release-*.bundle"))  # the previous release
PAUSE_SECONDS = 0.01  # between two calls of a prober
LOG_IN = """
INSERT INTO gasutil_login (id, user_id, current, previous, rotated_at, created_at, auth_hash)
VALUES (%s, %s, 'x', '', now(), now(), 'x')
"""
LOG = """
INSERT INTO gasutil_requestupdate (
    id, event, subject, notes, is_internal, channel, status, priority, version, history_date,
    history_type, request_type
)
SELECT
    id, 'request.commented', '', 'x', true, 'system', status, priority, version, now(),
    '~', request_type
FROM gasutil_servicerequest
WHERE id = %s
"""


def log_in(session: psycopg.Connection, number: int) -> None:
    """Make the writes of a login."""
    session.execute("SELECT password, email FROM gasutil_user WHERE id = %s", [number % 1000 + 1])
    session.execute("UPDATE gasutil_user SET last_login = now() WHERE id = %s", [number % 1000 + 1])
    session.execute(LOG_IN, [uuid4(), number % 1000 + 1])


def write_log(session: psycopg.Connection, number: int) -> None:
    """Insert a row into the log."""
    session.execute(LOG, [number % 1000 + 1])


def change_request(session: psycopg.Connection, number: int) -> None:
    """Read and change a request."""
    session.execute(
        "SELECT id, status, version FROM gasutil_servicerequest WHERE id = %s FOR UPDATE",
        [number % 1000 + 1],
    )
    session.execute(
        "UPDATE gasutil_servicerequest SET updated_at = now() WHERE id = %s", [number % 1000 + 1]
    )


CALLS: Mapping[str, Callable[[psycopg.Connection, int], None]] = {
    "log in": log_in,
    "insert into the log": write_log,
    "change a request": change_request,
}


@contextmanager
def previous_release() -> Iterator[Path]:
    """Give a folder with the code of the previous release."""
    with tempfile.TemporaryDirectory() as folder:
        for command in (
            ["init", "-q"],
            ["fetch", "-q", str(BUNDLE), "refs/bundle/release"],
            ["checkout", "-q", "FETCH_HEAD"],
        ):
            subprocess.run(["git", *command], cwd=folder, check=True, stderr=subprocess.DEVNULL)
        yield Path(folder)


@contextmanager
def probed(url: str) -> Iterator[Mapping[str, list[float]]]:
    """Repeat each call while the block runs; yield the seconds that each took."""
    over, taken = threading.Event(), {name: list[float]() for name in CALLS}

    def repeat(name: str, call: Callable[[psycopg.Connection, int], None]) -> None:
        with psycopg.connect(url) as session:
            number = 0
            while not over.is_set():
                start = time.perf_counter()
                call(session, number)
                session.commit()
                taken[name].append(time.perf_counter() - start)
                number += 1
                time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=repeat, args=item) for item in CALLS.items()]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        yield taken
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def open_transaction(url: str, seconds: float) -> Iterator[None]:
    """Hold a transaction open that has read every table, as a report or a dump does."""

    def read() -> None:
        with psycopg.connect(url) as session:
            for table in ("gasutil_user", "gasutil_servicerequest", "gasutil_requestupdate"):
                session.execute(f"SELECT FROM {table} LIMIT 1")
            time.sleep(seconds)

    thread = threading.Thread(target=read)
    if seconds:
        thread.start()
    yield
    if seconds:
        thread.join()


def measure(
    database: Database, code: Path, seconds: float
) -> tuple[float, Mapping[str, list[float]]]:
    """Migrate to the code in a folder.

    Return the duration, and the durations of each call during it.
    """
    environment = os.environ | COMMON | {"DATABASE_URL": database.url}
    with probed(database.url) as taken, open_transaction(database.url, seconds):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"],
            cwd=code,
            env=environment,
            check=True,
        )
        return time.perf_counter() - start, taken


def main() -> None:
    """Fill a database with the previous release, upgrade it, and report."""
    parser = argparse.ArgumentParser(prog="python -m bench.upgrade", description=__doc__)
    parser.add_argument(
        "--size", type=int, default=100_000, help="number of requests (default: %(default)s)"
    )
    parser.add_argument(
        "--code",
        type=Path,
        default=ROOT,
        help="the folder of the release to upgrade to (default: this one)",
    )
    parser.add_argument(
        "--open",
        type=float,
        default=0,
        metavar="SECONDS",
        help="a transaction that stays open during it",
    )
    asked = parser.parse_args()
    database = Database(asked.size)
    with previous_release() as folder:
        fill_by(Code(folder, sys.executable), database.prefix, asked.size)
    with made([database], keep=False, is_filled=True):
        seconds, taken = measure(database, asked.code, asked.open)
    table = Table(
        "call",
        "calls",
        "median",
        "longest",
        title=f"`migrate` took {seconds:.1f} s with {asked.size:,} requests",
    )
    for name, times in taken.items():
        table.add_row(
            name, str(len(times)), f"{median(times) * 1e3:.1f} ms", f"{max(times) * 1e3:.0f} ms"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
