"""A desk with a hundred thousand requests, filled as the bench fills its own."""

from collections.abc import Callable

import pytest
from django.db import connection

from bench import fill


@pytest.fixture(autouse=True)
def real_database() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans otherwise; set DATABASE_URL to a PostgreSQL.")


@pytest.fixture
def filled(transactional_db: None) -> Callable[[int], None]:
    """Return `filled(size)`, which fills an empty desk with requests.

    Most are closed; the tables are analysed.
    """

    def with_requests(size: int) -> None:
        known = fill.customers(size)
        values = {
            "size": size,
            "heavy": fill.HEAVY,
            "first_customer": fill.FIRST_CUSTOMER,
            "customers": len(known),
            "users": known[-1],
        }
        with connection.cursor() as cursor:
            cursor.execute(fill.USERS, values)
            for first in range(1, size + 1, fill.BATCH_SIZE):
                span = values | {"first": first, "last": min(first + fill.BATCH_SIZE - 1, size)}
                cursor.execute(fill.REQUESTS, span)
            cursor.execute(fill.NEXT_IDS)
            cursor.execute(LOG)
            cursor.execute("VACUUM ANALYZE")

    return with_requests


# One row a request is enough for a log that no one would want to read through; one in fifty has
# escalated.
LOG = """
INSERT INTO gasutil_requestupdate (
    id, event, subject, notes, is_internal, channel, status, priority, version, history_date,
    history_type, request_type
)
SELECT id, CASE WHEN id % 50 = 0 THEN 'request.escalated' ELSE 'request.created' END,
    'acknowledged', '', true, 'system', status, priority, 4,
    now() - (id % 100) * interval '1 hour', '~', request_type
FROM gasutil_servicerequest
"""
