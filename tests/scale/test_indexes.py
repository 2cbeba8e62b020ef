"""No index begins with all the columns of another.

The shorter one would cost writes, and is never needed.
"""

import pytest
from django.db import connection

pytestmark = [pytest.mark.services, pytest.mark.django_db]
# Two indexes are compared by their columns alone, so that the second one which Django makes of a
# text, for `startswith` (varchar_pattern_ops), counts: nothing uses it. One that is read backwards
# is read in the other order of each column.
REDUNDANT = """
WITH keys AS (
    SELECT indexrelid, indrelid, indisunique, relam,
        pg_get_expr(indpred, indrelid) AS rows, indnatts > indnkeyatts AS has_more,
        ARRAY(
            SELECT pg_get_indexdef(indexrelid, number, true)
            FROM generate_series(1, indnkeyatts) AS number ORDER BY number
        ) AS columns,
        ARRAY(
            SELECT indoption[number - 1]
            FROM generate_series(1, indnkeyatts) AS number ORDER BY number
        ) AS forwards,
        ARRAY(
            SELECT (3 # indoption[number - 1])::smallint
            FROM generate_series(1, indnkeyatts) AS number ORDER BY number
        ) AS backwards
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace
        AND indrelid::regclass::text NOT LIKE 'example_app%'  -- an app of the tests
)
SELECT DISTINCT one.indexrelid::regclass::text FROM keys one JOIN keys other USING (indrelid, relam)
WHERE one.indexrelid <> other.indexrelid
    AND one.rows IS NOT DISTINCT FROM other.rows AND NOT one.has_more
    AND one.columns = other.columns[:cardinality(one.columns)]
    AND other.forwards[:cardinality(one.columns)] IN (one.forwards, one.backwards)
    AND (NOT one.indisunique OR one.columns = other.columns AND other.indisunique)
ORDER BY 1
"""
HOW = (
    "Use db_index=False where a constraint begins with the column; drop others by DropIndexesOnline"
    " in a migration."
)


def redundant() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(REDUNDANT)
        return [name for (name,) in cursor.fetchall()]


def test_none_begins_another() -> None:
    assert redundant() == [], HOW


@pytest.mark.parametrize(
    "rows",
    [
        "gasutil_servicerequest WHERE reference = 'SR-1'",
        "gasutil_requestupdate WHERE history_user_id = 1",
        "gasutil_servicerequestuserpermission WHERE user_id = 1",
        "gasutil_servicerequestgrouppermission WHERE group_id = 1",
        "gasutil_idempotencykey WHERE user_id = 1",
        "gasutil_user WHERE username = 'priya'",
        "gasutil_user_groups WHERE user_id = 1",
        "auth_group_permissions WHERE group_id = 1",
        "django_session WHERE session_key = 'x'",
    ],
)
def test_what_a_redundant_one_found_is_found_by_the_other(rows: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off"
        )  # in a table without rows, PostgreSQL would not use an index
        cursor.execute(f"EXPLAIN SELECT * FROM {rows}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("index", "is_redundant"),
    [
        ("(customer_id)", True),
        ("(customer_id DESC)", True),
        ("(reference varchar_pattern_ops)", True),
        ("(due_at) WHERE is_open", True),
        ("(due_at)", False),
        ("(due_at) WHERE NOT is_open", False),
        ("(customer_id, status)", False),
        ("(customer_id DESC, id)", True),
        ("(customer_id, id)", False),
        ("(customer_id) INCLUDE (status)", False),
        ("USING hash (customer_id)", False),
    ],
)
def test_one_that_does_is_found(index: str, is_redundant: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX extra ON gasutil_servicerequest {index}")
    assert ("extra" in redundant()) == is_redundant
