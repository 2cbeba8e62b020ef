"""Apply migrations without blocking calls.

On PostgreSQL, a migration waits half a second for a lock, then tries again.
"""

import time
from typing import Any

import psycopg
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.utils import OperationalError

# While a migration waits for a lock, all calls that need the table wait behind it.
LOCK_TIMEOUT_MILLISECONDS = 500
PAUSE_SECONDS = 2  # in which those calls go on
MAX_ATTEMPTS = 150  # about six minutes
BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
GIVEN_UP = (
    "\nA table that the migration changes is in use: a transaction has been open for minutes.\n"
    "Find it (SELECT pid, xact_start, query FROM pg_stat_activity ORDER BY xact_start),"
    " end it, and run this command again.\n"
    "The migrations so far are applied, and the previous release can continue to serve.\n"
)


class Command(migrate.Command):
    """Django's `migrate`, whose migrations wait half a second for a lock at most."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; on PostgreSQL, retry while a table is in use."""
        self.connection = connections[options["database"]]
        if self.connection.vendor != "postgresql" or self.connection.in_atomic_block:
            super().handle(*args, **options)
            return
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, BUSY):
                    raise
                self.stderr.write(
                    f"A table is in use ({str(error).splitlines()[0]}). Attempt {attempt} of"
                    f" {MAX_ATTEMPTS}."
                )
            else:
                return
            finally:
                set_lock_timeout(self.connection, 0)
            time.sleep(PAUSE_SECONDS)
        raise CommandError(GIVEN_UP.strip())

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: bool = False
    ) -> None:
        """Set the limit for each migration.

        What Django does before and after them waits for row locks alone.
        """
        if self.connection.vendor == "postgresql" and not self.connection.in_atomic_block:
            set_lock_timeout(
                self.connection, LOCK_TIMEOUT_MILLISECONDS if action.endswith("apply_start") else 0
            )
        super().migration_progress_callback(action, migration, fake)


def set_lock_timeout(connection: Any, milliseconds: int) -> None:
    """Limit how long this connection's statements wait for a lock; 0 is no limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [str(milliseconds)])
