"""`migrate` on PostgreSQL: calls never wait for it, and it continues after an interruption."""

import subprocess
import sys

import psycopg
import pytest

from project.settings import BASE_DIR
from tests.support.processes import manage
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
MIGRATE = ("migrate", "-v0", "gasutil")
# Before each migration that is not atomic is recorded, it is interrupted, and runs again.
INTERRUPT = """
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
loader = MigrationLoader(connection)
call_command("migrate", "gasutil", "0012", verbosity=0)
for app, name in loader.graph.forwards_plan(loader.graph.leaf_nodes("gasutil")[0]):
    if app == "gasutil" and name > "0013":
        call_command("migrate", app, name, verbosity=0)
        if not loader.get_migration(app, name).atomic:
            MigrationRecorder(connection).record_unapplied(app, name)
            call_command("migrate", app, name, verbosity=0)
"""


def test_calls_never_wait_for_it(
    url: str, environment: dict[str, str], session: psycopg.Connection
) -> None:
    manage(*MIGRATE, "0021", environment=environment)
    with psycopg.connect(url) as reader:
        reader.execute("SELECT count(*) FROM gasutil_user")  # a report that takes long, or a dump
        migrate = subprocess.Popen(
            [sys.executable, "manage.py", *MIGRATE, "0022"],
            cwd=BASE_DIR,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        session.execute("SET statement_timeout = '10s'")
        wait_for(lambda: _waits_for_a_lock(session))
        session.execute("SELECT count(*) FROM gasutil_user")
        assert migrate.poll() is None
    _, errors = migrate.communicate(timeout=60)
    assert (migrate.returncode, "A table is in use" in errors) == (0, True), errors
    assert session.execute("SELECT count(previous_email) FROM gasutil_user").fetchone() == (0,)


def _waits_for_a_lock(session: psycopg.Connection) -> bool:
    rows = session.execute(
        "SELECT FROM pg_locks WHERE NOT granted AND relation = 'gasutil_user'::regclass"
    ).fetchall()
    return bool(rows)


def test_it_continues_after_an_interruption(
    environment: dict[str, str], session: psycopg.Connection
) -> None:
    manage("shell", "-v0", "-c", INTERRUPT, environment=environment)
    assert session.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone() == (0,)


def test_it_builds_an_index_again_that_an_interruption_left_invalid(
    environment: dict[str, str], session: psycopg.Connection
) -> None:
    manage(*MIGRATE, "0022", environment=environment)
    names = ["delivery_given_up", "gasutil_user_previous_email_key_7a1a0d81_uniq"]
    session.execute(
        "ALTER TABLE gasutil_user DROP CONSTRAINT gasutil_user_previous_email_key_7a1a0d81_uniq"
    )
    session.execute(
        "CREATE UNIQUE INDEX gasutil_user_previous_email_key_7a1a0d81_uniq ON gasutil_user"
        " (previous_email_key)"
    )
    session.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid::regclass::text = ANY(%s)", [names]
    )
    session.execute("DELETE FROM django_migrations WHERE app = 'gasutil' AND name >= '0022'")
    manage(*MIGRATE, "0022", environment=environment)
    valid = (
        "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid::regclass::text = ANY(%s)"
    )
    assert session.execute(valid, [names]).fetchone() == (2,)
    assert session.execute(
        "SELECT count(*) FROM pg_constraint WHERE conname = %s", [names[1]]
    ).fetchone() == (1,)
