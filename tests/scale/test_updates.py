"""The newest updates of a customer with 2% of all requests, after many updates of others."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import fill
from gasutil.access import Actor, visible_to
from gasutil.models import RequestUpdate, ServiceRequest, ServiceRequestUserPermission, User
from tests.support.api import Api

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PATHS = ("request-updates/", "request-updates/?since=2020-01-01T00:00:00Z")
# Rows of others that are newer than all of the customer's
SINCE = """
INSERT INTO gasutil_requestupdate (
    id, event, subject, notes, is_internal, channel, status, priority, version, history_date,
    history_type, request_type, customer_id, changes
)
SELECT id, 'request.commented', '', '', false, 'api', status, priority, 4, now(), '~',
    request_type, customer_id, '{}'
FROM gasutil_servicerequest, generate_series(1, 3) WHERE customer_id <> %s
"""
SHARED = ServiceRequestUserPermission


def fill_log(first: int, size: int) -> None:
    span = {"first": first, "last": size}
    with connection.cursor() as cursor:
        cursor.execute(fill.UPDATES, span)
        cursor.execute(fill.GRANTS, span)
        cursor.execute(SINCE, [fill.HEAVY])
        cursor.execute("VACUUM ANALYZE")


def buffers(statement: str) -> int:
    """Return the number of pages of tables and indexes that a statement reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        [(plan,)] = cursor.fetchall()
    read = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(read["Shared Hit Blocks"] + read["Shared Read Blocks"])


def cost(client: Api, path: str) -> tuple[int, int]:
    """Return the number of statements of a call, and of the pages that the largest reads."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert len(answer.json()["results"]) == 20
    return len(queries), max(buffers(query["sql"]) for query in queries)


def share(user: User, pks: list[int]) -> None:
    """Share requests of other customers, as an administrator can."""
    view = SHARED.objects.filter(permission__codename="view_servicerequest")[0].permission
    SHARED.objects.bulk_create(
        SHARED(user=user, content_object_id=pk, permission=view) for pk in pks
    )


def costs(heavy: User) -> dict[str, tuple[int, int]]:
    heavy.refresh_from_db()
    client = Api(heavy)
    first = client.get("request-updates/").json()
    cursor = {"a second page": first["next"].partition("/api/v1/")[2]}
    paths = {"the first page": PATHS[0], "since a time": PATHS[1]} | cursor
    return {name: cost(client, path) for name, path in paths.items()}


def dear(taken: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return the calls with more than two statements, or with more reads than a page of rows needs.

    Reading all of the customer's rows takes 800 pages, and reading those of others takes thousands.
    """
    return {name: (n, read) for name, (n, read) in taken.items() if n > 2 or read > 400}


def test_they_cost_the_same_however_much_others_write(filled: Any) -> None:
    size = 5_000
    filled(size)
    fill_log(1, size)
    heavy = User.objects.get(pk=fill.HEAVY)
    read = costs(heavy)
    assert dear(read) == {}
    others = ServiceRequest.objects.exclude(customer=heavy).order_by("pk")
    share(heavy, list(others.values_list("pk", flat=True)[:3]))
    with connection.cursor() as cursor:
        cursor.execute(SINCE, [fill.HEAVY])
        cursor.execute(SINCE, [fill.HEAVY])
        cursor.execute("VACUUM ANALYZE")
    again = costs(heavy)
    assert dear(again) == {}
    newest = visible_to(Actor(heavy), RequestUpdate).order_by("-history_id")[:20]
    listed = Api(heavy).get("request-updates/").json()["results"]
    assert [row["id"] for row in listed] == [row.history_id for row in newest]
