"""Who owns a request, where an index needs it: on the rows of its history, and on grants.

Grants alone show a request to a customer. What is written here lets `access.parts` find the newest
updates of a customer without a look at those of others.
"""

from collections.abc import Iterator

from django.db import connection, transaction

from gasutil.models.append_only import Exemption, exempt

BATCH_SIZE = 5_000
HISTORY_TABLE, GRANTS_TABLE = "gasutil_requestupdate", "gasutil_servicerequestuserpermission"
UNKNOWN, UNMARKED = "customer_id IS NULL AND NOT is_internal", "NOT is_owner"
OWNER = "(SELECT customer_id FROM gasutil_servicerequest AS r WHERE r.id = {table}.{key})"
SET_CUSTOMER = (
    f"UPDATE {HISTORY_TABLE} SET customer_id = {OWNER.format(table=HISTORY_TABLE, key='id')}"  # noqa: S608  # constants only
)
MARK_OWNER = f"UPDATE {GRANTS_TABLE} SET is_owner = true WHERE user_id = "  # noqa: S608
MARK_OWNER += OWNER.format(table=GRANTS_TABLE, key="content_object_id")


def move_history(pk: int) -> None:
    """Move the history of a request to its present customer."""
    with exempt(Exemption.CUSTOMER), connection.cursor() as cursor:
        cursor.execute(f"{SET_CUSTOMER} WHERE id = %s", [pk])


def fill_owners() -> None:
    """Fill what the previous release has left empty, in batches. A second run finds nothing."""
    for span in _batches(HISTORY_TABLE, "history_id", UNKNOWN):
        with exempt(Exemption.CUSTOMER), connection.cursor() as cursor:
            cursor.execute(f"{SET_CUSTOMER} WHERE {UNKNOWN} AND history_id BETWEEN %s AND %s", span)
    for span in _batches(GRANTS_TABLE, "id", UNMARKED):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{MARK_OWNER} AND {UNMARKED} AND id BETWEEN %s AND %s", span)


def _batches(table: str, key: str, rows: str) -> Iterator[tuple[int, int]]:
    """Return the first and the last key of each batch of a table in which there may be such rows.

    The least and the greatest come from the index of such rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min({key}), max({key}) FROM {table} WHERE {rows}")  # noqa: S608  # constants only
        first, last = cursor.fetchone()
    for start in range(first or 0, (last or -1) + 1, BATCH_SIZE):
        yield start, start + BATCH_SIZE - 1
