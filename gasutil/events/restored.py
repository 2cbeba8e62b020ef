"""A log that a dump has brought from another PostgreSQL.

Its transactions are numbered by that server's count. Where that count was ahead of ours, its rows
seem to be of transactions that are still to come. Positions in it mean nothing here either: they
name their cluster (`tail.epoch`), and a client that sends another's starts from now.
"""

import logging
from contextlib import suppress
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection

from gasutil import installation
from gasutil.models import RequestUpdate
from gasutil.models.append_only import Exemption, exempt

logger = logging.getLogger(__name__)
LOG_TABLE = RequestUpdate._meta.db_table
# The current transaction may have the newest number that there is, and its rows are not from
# elsewhere.
STILL_TO_COME = """txid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    AND txid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint"""


def is_restored() -> bool:
    """Return whether the history has rows of transactions with ids in the future."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {LOG_TABLE} WHERE {STILL_TO_COME})")  # noqa: S608  # constants only
        return bool(cursor.fetchone()[0])


def repair() -> int:
    """Count such rows as older than all others, and return how many there were.

    A second time there are none.

    The database rejects changes of the log, with an exemption for this one.
    """
    if not is_restored():
        return 0
    with exempt(Exemption.RESTORE), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {LOG_TABLE} SET txid = 0 WHERE {STILL_TO_COME}")  # noqa: S608  # constants only
        return int(cursor.rowcount)


def after_migrating(sender: Any, *, apps: Any = None, **kwargs: Any) -> None:
    """Repair the log after each `migrate`, which is run before a restored dump is served."""
    if apps is None:  # `flush` sends the same signal, and leaves no log
        return
    try:
        apps.get_model("gasutil", "requestupdate")._meta.get_field("txid")
    except (LookupError, FieldDoesNotExist):  # migrated back to before there was a stream
        return
    repaired = repair()
    if repaired:
        with suppress(LookupError):  # migrated back to before installations were known
            apps.get_model("gasutil", "installation")
            installation.mark_restored()
        with suppress(LookupError):  # or before there was a provable history
            apps.get_model("gasutil", "proofstate").objects.update(positions={})
        logger.warning(
            "The event log was restored from another PostgreSQL server: %s rows were renumbered.",
            repaired,
        )
