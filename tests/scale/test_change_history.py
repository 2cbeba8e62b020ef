"""The change history of three thousand rows and of ninety thousand.

Each filter finds its newest rows by an index of its own, so that it reads as little of the large
history as of the small one.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gasutil.groups import MANAGERS
from gasutil.models import User

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
TABLE = "gasutil_requestupdate"
HISTORY = "/admin/gasutil/requestupdate/"
SMALL, LARGE = 1_000, 30_000  # requests, of three rows each
MAX_BLOCKS = 1_500  # of tables and indexes, for the 50 rows of a page
RARE = 7  # a person who did one change in a hundred, long ago
# One row of each hundred has each of the rare values; all of these are in the older half.
ROWS = """
INSERT INTO gasutil_requestupdate (
    id, event, subject, notes, is_internal, channel, status, priority, version, history_date,
    history_type, request_type, history_user_id, changed
)
SELECT 1 + n %% %(requests)s,
    CASE WHEN rare AND n %% 5 = 0 THEN 'request.reclassified' ELSE 'request.commented' END,
    '', '', rare, CASE WHEN rare THEN 'import' ELSE 'api' END, 'pending', 'normal', 4,
    now() - n * interval '1 minute', '~', 'gas_leak_inspection',
    CASE WHEN rare THEN %(person)s END,
    CASE WHEN NOT rare THEN '' WHEN n %% 4 = 0 THEN 'status' WHEN n %% 4 = 1 THEN 'priority'
        WHEN n %% 4 = 2 THEN 'assigned_to' ELSE 'resolve_by' END
FROM (
    SELECT n, n > %(size)s / 2 AND n %% 97 = 0 AS rare FROM generate_series(1, %(size)s) AS n
) AS numbers
"""
FILTERS: dict[str, tuple[dict[str, str], str]] = {
    "everything": ({}, "request_update_newest"),
    "person": ({"history_user__id__exact": str(RARE)}, "request_update_history_user"),
    "event": ({"event__exact": "request.reclassified"}, "request_update_event"),
    "channel": ({"channel__exact": "import"}, "request_update_channel"),
    "internal": ({"is_internal__exact": "1"}, "request_update_internal"),
    "status": ({"changed": "status"}, "request_update_status"),
    "priority": ({"changed": "priority"}, "request_update_priority"),
    "assignee": ({"changed": "assignee"}, "request_update_assignee"),
    "deadline": ({"changed": "deadline"}, "request_update_deadline"),
    "period": ({"history_date_to": "2999-01-01"}, "request_update_newest"),
    "person and period": (
        {"history_user__id__exact": str(RARE), "history_date_from": "2020-01-01"},
        "request_update_history_user",
    ),
}


@pytest.fixture
def manager(filled: Any) -> Any:
    """Give `manager(size)`: the browser of a manager, with a history of that many requests."""

    def with_rows(size: int) -> Client:
        filled(size)
        with connection.cursor() as cursor:
            cursor.execute(ROWS, {"requests": size, "size": 3 * size, "person": RARE})
            cursor.execute("VACUUM ANALYZE gasutil_requestupdate")
        user = User.objects.get(pk=RARE)
        user.groups.add(Group.objects.get(name=MANAGERS))
        client = Client()
        client.force_login(user, backend="gasutil.identity.backend.ThrottledBackend")
        return client

    return with_rows


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan and all that is below it."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


def plans(client: Client, query: dict[str, str]) -> list[dict[str, Any]]:
    """Return the plan of each statement of a page that reads the history."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(HISTORY, query).status_code == 200
    found = []
    with connection.cursor() as cursor:
        for statement in (item["sql"] for item in queries):
            if TABLE in statement and statement.startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
                [(result,)] = cursor.fetchall()
                plan = (json.loads(result) if isinstance(result, str) else result)[0]["Plan"]
                found.append(plan)
    return found


def problems(client: Client, query: dict[str, str], index: str) -> list[str]:
    """Return what is wrong with the plans of a page of the history."""
    found = plans(client, query)
    used = [step for plan in found for step in steps(plan)]
    blocks = [plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in found]
    scanned = [step for step in used if step["Node Type"] == "Seq Scan"]
    return [
        *([] if any(step.get("Index Name") == index for step in used) else [f"without {index}"]),
        *([f"reads {max(blocks)} blocks"] if max(blocks) > MAX_BLOCKS else []),
        *(["reads all"] if any(step["Relation Name"] == TABLE for step in scanned) else []),
    ]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_each_filter_reads_by_its_index(manager: Any, size: int) -> None:
    client = manager(size)
    assert {name: problems(client, *each) for name, each in FILTERS.items()} == {
        name: [] for name in FILTERS
    }
