"""The front page, the queue and a ticket with a hundred thousand requests.

They take as many statements as with a hundred, and no table is scanned.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gasutil import duplicates
from gasutil.access import Actor
from gasutil.groups import MANAGERS
from gasutil.models import ServiceRequest, User
from tests.support.console import QUEUE, ticket
from tests.support.people import make_user

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
LARGE = ("gasutil_servicerequest", "gasutil_requestupdate")
FRONT_PAGE = "/admin/"
LISTS: list[dict[str, str]] = [
    *(
        {"view": view}
        for view in (
            "open",
            "mine",
            "unassigned",
            "overdue",
            "emergencies",
            "on_hold",
            "closed",
            "all",
        )
    ),
    {"view": "open", "o": "2"},
    {"view": "open", "o": "-2"},
    {"view": "open", "o": "-6"},
    {"status__exact": "on_hold"},
    {"view": "open", "request_type__code__exact": "gas_leak_inspection"},
    {"view": "open", "assignee": "7"},
    {"view": "open", "pressing": "yes", "late": "yes"},
    {"q": "SR-387-420-489"},
    {"q": "user99@example"},
    {"q": "First99 Last99"},
    {"q": "Meter 012345"},
    {"q": "+917890123450"},
    {"q": "499, Sunrise"},
]


def watched(client: Client, path: str, query: dict[str, str]) -> list[str]:
    """Return the statements of a page with an empty cache."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, query).status_code == 200
    return [item["sql"] for item in queries]


def open_leak() -> ServiceRequest:
    """Return the newest open emergency."""
    return ServiceRequest.objects.filter(is_open=True, is_emergency=True).latest("pk")


def scans(statements: list[str]) -> list[str]:
    """Return the steps of the plans of statements that scan one of the large tables."""
    result = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            result += re.findall(rf"Seq Scan on (?:{'|'.join(LARGE)})\b.*", plan)
    return result


@pytest.fixture
def agent(filled: Callable[[int], None], settings: Any) -> Callable[[int], Any]:
    """Return `agent(size)`: the browser of an agent on a desk of that size.

    The agent has all permissions of managers.
    """
    # Every sixtieth of this a page also stores when the session was used last.
    settings.CONSOLE_IDLE_MINUTES = 24 * 60

    def at_desk(size: int) -> Client:
        filled(size)
        user = User.objects.get(pk=7)
        user.groups.add(Group.objects.get(name=MANAGERS))
        client = Client()
        client.force_login(user, backend="gasutil.identity.backend.ThrottledBackend")
        return client

    return at_desk


def test_nothing_reads_a_large_table_through(agent: Callable[[int], Client]) -> None:
    client = agent(100_000)
    front = watched(client, FRONT_PAGE, {})
    assert len(front) < 15
    assert scans(front) == []
    of_ticket = watched(client, ticket(open_leak()), {})
    assert len(of_ticket) <= 20
    assert scans(of_ticket) == []
    for query in LISTS:
        statements = watched(client, QUEUE, query)
        assert len(statements) <= (13 if "q" in query else 10), query
        assert scans(statements) == [], urlencode(query)


def test_a_hundred_requests_cost_as_many_statements(agent: Callable[[int], Client]) -> None:
    client = agent(100)
    assert len(watched(client, FRONT_PAGE, {})) < 15
    assert len(watched(client, ticket(open_leak()), {})) <= 20
    for query in LISTS[:8]:
        assert len(watched(client, QUEUE, query)) <= 10, query


def test_open_requests_at_an_address_are_found_by_an_index(filled: Callable[[int], None]) -> None:
    filled(100_000)
    agent = make_user("agent", user_type="support", is_approved=True)
    address = ServiceRequest.objects.filter(is_open=True).order_by("pk").first().address
    with CaptureQueriesContext(connection) as queries:
        assert [row.address for row in duplicates.open_near(Actor(agent), address)][:1] == [address]
    assert len(queries) == 3
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ANALYZE {queries[1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "request_open_address" in plan
