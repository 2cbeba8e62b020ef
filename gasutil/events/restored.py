"""A log that a dump has brought from another PostgreSQL, whose transactions are numbered by a count of its own.

Where that count was ahead of ours, its rows seem to be of transactions that are still to come. Positions in it mean nothing
here either: they name the cluster that they are of (`tail.epoch`), and whoever comes with another's starts afresh.
"""

import logging
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction

from gasutil.models import RequestUpdate

logger = logging.getLogger(__name__)
TABLE = RequestUpdate._meta.db_table
STILL_TO_COME = "txid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


def is_restored() -> bool:
    """Return whether the log has rows of transactions that are still to come."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {TABLE} WHERE {STILL_TO_COME})")  # noqa: S608  # nothing of anybody's
        return bool(cursor.fetchone()[0])


def mend() -> int:
    """Count such rows as older than all others, and return how many there were; a second time there are none.

    The database lets nobody change the log. Its owner, who makes its tables, may stop that for this one column in one
    transaction, which keeps everybody else from writing meanwhile.
    """
    if not is_restored():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER append_only")
        cursor.execute(f"UPDATE {TABLE} SET txid = 0 WHERE {STILL_TO_COME}")  # noqa: S608  # nothing of anybody's
        mended: int = cursor.rowcount
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER append_only")
    return mended


def after_migrating(sender: Any, *, apps: Any = None, **kwargs: Any) -> None:
    """Mend the log after each `migrate`, which whoever restores a dump runs before he serves it."""
    if apps is None:  # `flush` sends the same signal, and leaves no log
        return
    try:
        apps.get_model("gasutil", "requestupdate")._meta.get_field("txid")
    except (LookupError, FieldDoesNotExist):  # migrated back to before there was a stream
        return
    mended = mend()
    if mended:
        logger.warning("The log has come from another PostgreSQL: %s of its rows were put before all others.", mended)
