"""A migrated database that the test databases of all processes and runs are copied from.

Migrating takes most of a minute on a slow machine. The template is made once for the files that
decide what is in it. SQLite's is a file in `var/tests`, PostgreSQL's a database of its own.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.db import connection

from project.settings import BASE_DIR

FOLDER = BASE_DIR / "var" / "tests"
PREFIX = "gasutil_template_"
# Migrations, and all that they or the signals after them import or load.
SOURCES = (
    *("gasutil/*.py", "gasutil/migrations/*.py", "gasutil/models/*.py", "gasutil/search/*.py"),
    *("gasutil/workflow/*.py", "fixtures/*", "tests/example_app/**/*.py", "requirements.txt"),
    *("project/settings*.py", "project/postgresql/*.py"),
)


def use_template() -> None:
    """Let the test databases of this process be copies of the template; make it first if needed."""
    name = PREFIX + _digest()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            _use_database(name)
        else:
            _use_file(FOLDER / f"{name}.sqlite3")


def _digest() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for pattern in SOURCES:
        for file in sorted(BASE_DIR.glob(pattern)):
            if file.is_file():
                digest.update(str(file.relative_to(BASE_DIR)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _use_file(template: Path) -> None:
    if not template.exists():
        for old in FOLDER.glob(f"{PREFIX}*"):
            old.unlink()
        unfinished = template.with_suffix(".new")
        with _test_name(unfinished):
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        unfinished.rename(template)
    create = connection.creation._create_test_db

    def copy(verbosity: int, autoclobber: bool, keepdb: bool = False) -> Any:
        name = create(verbosity, autoclobber, keepdb)
        if not keepdb:
            shutil.copyfile(template, name)
        return name

    connection.creation._create_test_db = copy


def _use_database(template: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        is_made = cursor.fetchone() is not None
        if not is_made:
            _drop_old_databases(cursor)
    if not is_made:
        unfinished = f"unfinished_{template}"
        with _test_name(unfinished):
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            connection.close_pool()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')
    connection.settings_dict["TEST"]["TEMPLATE"] = template


def _drop_old_databases(cursor: Any) -> None:
    """Drop the templates of last week: another checkout may be copying a newer one."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s"
        " AND (pg_stat_file('base/' || oid || '/PG_VERSION')).modification"
        " < now() - interval '7 days'",
        [f"{PREFIX}%"],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@contextmanager
def _test_name(name: str | Path) -> Iterator[None]:
    """Give the test database another name for a while."""
    settings, test = connection.settings_dict, connection.settings_dict["TEST"]
    usual, test_name = settings["NAME"], test["NAME"]
    test["NAME"] = name
    try:
        yield
    finally:
        settings["NAME"], test["NAME"] = usual, test_name
