"""`request-updates/?after=<id>`: every later update, in the order of the log."""

import pytest

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.problems import field_errors


@pytest.fixture
def ids(leak: ServiceRequest, support: User) -> list[int]:
    for number in range(4):
        requests.comment(leak.pk, actor=Actor(support), notes=f"{number}")
    requests.comment(leak.pk, actor=Actor(support), notes="For us", is_internal=True)
    return list(RequestUpdate.objects.order_by("history_id").values_list("history_id", flat=True))


def after(user: User, query: str) -> list[int]:
    """Return the IDs of all pages."""
    found, url = [], f"request-updates/?after={query}"
    while url:
        page = Api(user).get(url).json()
        found += [row["id"] for row in page["results"]]
        url = (page["next"] or "").partition("/api/v1/")[2]
    return found


def test_it_works(ids: list[int], support: User, customer: User, neighbour: User) -> None:
    assert after(support, f"{ids[1]}") == ids[2:]
    assert after(support, "0") == ids
    assert after(support, f"{ids[1]}&page_size=2") == ids[2:]
    assert after(support, f"{ids[1]}&ordering=id") == ids[2:]
    assert after(support, f"{ids[-1]}") == []
    assert after(customer, f"{ids[1]}") == ids[2:-1]
    assert after(customer, f"{ids[-1] + 1000}") == []
    assert after(neighbour, "0") == []


def test_it_takes_other_filters(ids: list[int], connection: ServiceRequest, support: User) -> None:
    assert after(support, f"0&service_request={connection.pk}") == [ids[-1] + 1]


def test_it_goes_back(ids: list[int], support: User) -> None:
    first = Api(support).get("request-updates/?after=0&page_size=2").json()
    second = Api(support).get(first["next"].partition("/api/v1/")[2]).json()
    again = Api(support).get(second["previous"].partition("/api/v1/")[2]).json()
    assert again["results"] == first["results"]


def test_it_rejects_another_order(support: User) -> None:
    for ordering in ("-id",):
        answer = Api(support).get(f"request-updates/?after=1&ordering={ordering}")
        assert field_errors(answer) == [("ordering", "fixed_ordering")]
    assert field_errors(Api(support).get("request-updates/?after=x")) == [("after", "int_parsing")]
    assert field_errors(Api(support).get("request-updates/?after=-1")) == [
        ("after", "greater_than_equal")
    ]


def test_a_cursor_of_another_list_is_none(ids: list[int], support: User) -> None:
    page = Api(support).get("request-updates/?page_size=1").json()
    cursor = page["next"].partition("cursor=")[2].partition("&")[0]
    answer = Api(support).get(f"request-updates/?after=0&cursor={cursor}")
    assert field_errors(answer) == [("cursor", "invalid_cursor")]
