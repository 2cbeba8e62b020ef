"""The number of statements of a call is the same for one row and for sixty."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests


def cost(client: Any, path: str) -> int:
    """Return how many statements a call makes, once the process is warm."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def file_many(customer: User, number: int) -> ServiceRequest:
    """File requests and return the last one."""
    return [
        requests.submit(actor=Actor(customer), request_type="new_connection", description="x")
        for _ in range(number)
    ][-1]


def say_much(support: User, obj: ServiceRequest, number: int) -> None:
    for _ in range(number):
        requests.comment(obj.pk, actor=Actor(support), notes="x")


@pytest.mark.parametrize("who", ["customer", "support"])
@pytest.mark.parametrize(
    "path",
    [
        "requests/?page_size=100",
        "requests/?page_size=100&status=pending&ordering=priority",
        "requests/?page_size=100&overdue=false&priority=normal",
        "requests/?page_size=100&q=x",
        "request-updates/?page_size=100",
        "request-types/",
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_sixty(
    path: str, who: str, api: Any, customer: User, support: User
) -> None:
    client = api({"customer": customer, "support": support}[who])
    file_many(customer, 1)
    before = cost(client, path)
    file_many(customer, 59)
    is_sampled = "q=" in path and connection.vendor == "postgresql" and who == "support"
    assert cost(client, path) == before <= (5 if is_sampled else 4)


@pytest.mark.parametrize("who", ["customer", "support"])
def test_one_request_costs_the_same_with_one_update_and_with_sixty(
    who: str, api: Any, customer: User, support: User
) -> None:
    client = api({"customer": customer, "support": support}[who])
    obj = file_many(customer, 1)
    before = cost(client, f"requests/{obj.pk}/")
    say_much(support, obj, 59)
    file_many(customer, 59)
    assert cost(client, f"requests/{obj.pk}/") == before <= 5


def test_the_history_of_a_request_costs_the_same_with_one_update_and_with_sixty(
    api: Any, customer: User, support: User
) -> None:
    client = api(support)
    obj = file_many(customer, 1)
    before = cost(client, f"requests/{obj.pk}/history/")
    say_much(support, obj, 59)
    assert cost(client, f"requests/{obj.pk}/history/") == before <= 5


def test_the_profile_costs_two(api: Any, customer: User) -> None:
    assert cost(api(customer), "profile/") <= 2


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "on_hold", "notes": "x"},
        {"status": "on_hold", "notes": "x", "is_internal": True},
        {"notes": "x"},
    ],
)
def test_planning_the_notices_of_a_change_costs_one_statement(
    changes: dict[str, Any], api: Any, customer: User, support: User
) -> None:
    obj = file_many(customer, 1)
    client = api(support)
    client.patch(f"requests/{obj.pk}/", {"priority": "high"})
    with CaptureQueriesContext(connection) as queries:
        assert client.patch(f"requests/{obj.pk}/", changes).status_code == 200
    result = [
        query["sql"]
        for query in queries
        if "gasutil.notify" in query["sql"] or "gasutil_delivery" in query["sql"]
    ]
    assert len(result) == 1
    assert result[0].startswith("INSERT")


def test_planning_the_notices_of_a_new_request_costs_one_statement(
    api: Any, customer: User
) -> None:
    client = api(customer)
    with CaptureQueriesContext(connection) as queries:
        assert (
            client.post(
                "requests/", {"request_type": "new_connection", "description": "x"}
            ).status_code
            == 201
        )
    assert (
        len(
            [
                query["sql"]
                for query in queries
                if "gasutil.notify" in query["sql"] or "gasutil_delivery" in query["sql"]
            ]
        )
        == 1
    )


def test_a_new_request_reads_no_column_of_its_customer_again(api: Any, customer: User) -> None:
    client = api(customer)
    body = {"request_type": "new_connection", "description": "x"}
    with CaptureQueriesContext(connection) as queries:
        assert client.post("requests/", body).status_code == 201
    assert [query["sql"] for query in queries if 'FROM "gasutil_user"' in query["sql"]] == []


def test_a_change_checks_its_assignee_without_reading_the_account(
    api: Any, customer: User, support: User
) -> None:
    obj, client = file_many(customer, 1), api(support)
    client.patch(f"requests/{obj.pk}/", {"assigned_to": support.pk})
    with CaptureQueriesContext(connection) as queries:
        assert client.patch(f"requests/{obj.pk}/", {"priority": "high"}).status_code == 200
    read = [query["sql"] for query in queries if 'FROM "gasutil_user"' in query["sql"]]
    assert len(read) == 1
    assert "password" not in read[0]
