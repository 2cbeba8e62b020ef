"""PostgreSQL's count of transactions."""

from django.db import connection


def horizon() -> int:
    """Return the first transaction that may still be running.

    To be asked before the rows, never after. SQLite has one writer, and each of its rows counts as
    of transaction 0.
    """
    if connection.vendor != "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
