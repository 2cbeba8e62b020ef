"""The change history with a hundred thousand rows.

The usual queries use an index, and nothing is counted.
"""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import fill
from gasutil.groups import MANAGERS
from gasutil.models import CHANGES, Channel, Event, RequestUpdate, ServiceRequest, User
from tests.support.people import make_support

pytestmark = [pytest.mark.services, pytest.mark.django_db]
HISTORY = "/admin/gasutil/requestupdate/"
REQUEST_COUNT = 35_000  # requests, with three rows of the log each


@pytest.fixture
def filled(db: None) -> User:
    """A desk with a long history."""
    values = {
        "size": REQUEST_COUNT,
        "heavy": fill.HEAVY,
        "first_customer": fill.FIRST_CUSTOMER,
        "customers": len(fill.customers(REQUEST_COUNT)),
    }
    with connection.cursor() as cursor:
        cursor.execute(fill.USERS, values | {"users": fill.customers(REQUEST_COUNT)[-1]})
        for first in range(1, REQUEST_COUNT + 1, fill.BATCH_SIZE):
            for statement in (fill.REQUESTS, fill.UPDATES):
                cursor.execute(
                    statement, values | {"first": first, "last": first + fill.BATCH_SIZE - 1}
                )
        cursor.execute(fill.NEXT_IDS)
        cursor.execute("ANALYZE gasutil_requestupdate")
        cursor.execute("ANALYZE gasutil_servicerequest")
    user = make_support("manager")
    user.groups.add(Group.objects.get(name=MANAGERS))
    return user


def reads(client: Client, query: dict[str, str]) -> list[str]:
    """Return the nodes that name the log's table in the database's plans for a page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(HISTORY, query).status_code == 200
    asked = [item["sql"] for item in captured if 'FROM "gasutil_requestupdate"' in item["sql"]]
    assert asked
    assert not [sql for sql in asked if "COUNT(" in sql.upper()]
    return [node for sql in asked for node in nodes(plan(sql))]


def plan(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [(result,)] = cursor.fetchall()
    parsed: dict[str, Any] = (json.loads(result) if isinstance(result, str) else result)[0]["Plan"]
    return parsed


def nodes(node: dict[str, Any]) -> list[str]:
    own = (
        [f"{node['Node Type']} {node['Actual Rows'] * node['Actual Loops']:.0f}"]
        if node.get("Relation Name") == RequestUpdate._meta.db_table
        else []
    )
    return own + [item for child in node.get("Plans", []) for item in nodes(child)]


def test_the_usual_queries_use_an_index(filled: User) -> None:
    assert RequestUpdate.objects.count() == REQUEST_COUNT * 3
    client = Client()
    client.force_login(filled, backend="gasutil.identity.backend.ThrottledBackend")
    agent = str(User.objects.get(username="user7").pk)
    reference = ServiceRequest.objects.latest("pk").reference
    queries: list[dict[str, str]] = [
        {},
        {"history_user__id__exact": agent},
        {
            "history_user__id__exact": agent,
            "history_date_from": "2000-01-01",
            "history_date_to": "2999-12-31",
        },
        {"history_date_from": "2026-01-01", "history_date_to": "2999-12-31"},
        {"is_internal__exact": "1"},
        {"q": reference},
        *({"changed": field} for field in CHANGES),
        *({"channel__exact": channel.value} for channel in Channel),
        *(
            {"event__exact": event.value}
            for event in (Event.CREATED, Event.ESCALATED, Event.ASSIGNED)
        ),
    ]
    for query in queries:
        result = reads(client, query)
        assert not [node for node in result if node.startswith(("Seq", "Parallel"))], (
            query,
            result,
        )
        assert all(int(node.split()[-1]) <= 200 for node in result), (query, result)
