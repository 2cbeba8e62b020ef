"""The pages of the queue.

Rows that leave the list while an agent works make no page skip others.
"""

import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from gasutil.access import Actor
from gasutil.admin.requests.service_requests import ServiceRequestAdmin
from gasutil.models import User
from gasutil.workflow import requests
from tests.support.console import QUEUE, file
from tests.support.request_types import make_type

ORDERS = [
    {},
    {"o": "2"},
    {"o": "-2"},
    {"o": "6"},
    {"o": "-6"},
    {"view": "all"},
    {"view": "unassigned", "o": "2.-6"},
    {"q": "application"},
]


def references(page: str) -> list[str]:
    return re.findall(r'class="reference">(SR-[^<]+)<', page)


def link(page: str, rel: str) -> str:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(match[1]) if match else ""


def get(client: Any, query: str) -> str:
    response = client.get(QUEUE + query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_next_page_skips_nothing_when_rows_have_left_the_first(
    support: User, customer: User, console
) -> None:
    objs = {obj.reference: obj for obj in file(customer, 70)}
    client = console(support)
    everything = references(client.get(QUEUE, {"view": "open"}).content.decode())
    first = get(client, "?view=open")
    for reference in references(first)[:10]:
        requests.resolve(objs[reference].pk, actor=Actor(support))
    second = get(client, link(first, "next"))
    assert len(everything) == 50
    assert sorted(references(first) + references(second)) == sorted(objs)
    assert "Page 2" in second
    assert references(get(client, link(second, "prev"))) == references(first)[10:]


@pytest.mark.parametrize("query", ORDERS, ids=str)
def test_each_order_has_each_row_once_forwards_and_backwards(
    query: dict[str, str], support: User, customer: User, console, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_type("timed", limits={"resolved": 60})
    make_type("someday")  # these are never due
    for request_type in ("timed", "someday", "timed", "gas_leak_inspection"):
        file(customer, 2, request_type=request_type)
    client = console(support)
    expected = references(client.get(QUEUE, query).content.decode())
    monkeypatch.setattr(ServiceRequestAdmin, "list_per_page", 3)
    pages = [client.get(QUEUE, query).content.decode()]
    while link(pages[-1], "next"):
        pages.append(get(client, link(pages[-1], "next")))
    assert [reference for page in pages for reference in references(page)] == expected
    assert len(pages) == 3
    for page in reversed(pages[:-1]):
        later = get(client, link(pages[pages.index(page) + 1], "prev"))
        assert references(later) == references(page)
    assert link(pages[0], "prev") == ""


@pytest.mark.parametrize(
    "cursor",
    ["x", "bnVsbA", "W10", "WzFd", "W251bGxd", "WyJ4Il0", "é", "WzFlOTk5XQ", "W1sxXV0", "a" * 500],
)
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_cursor_that_is_none_shows_no_error(
    name: str, cursor: str, support: User, console
) -> None:
    for view in ("open", "all"):
        assert (
            console(support).get(QUEUE, {"view": view, name: cursor}, follow=True).status_code
            == 200
        )


def test_a_page_costs_what_the_first_one_costs(support: User, customer: User, console) -> None:
    file(customer, 70)
    client = console(support)
    first, costs = get(client, "?view=open"), []
    for query in ("?view=open", link(first, "next")):
        cache.clear()  # the counts beside the queue may be cached or not
        with CaptureQueriesContext(database) as queries:
            get(client, query)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_links_to_other_orders_and_filters_have_no_cursor(
    support: User, customer: User, console
) -> None:
    file(customer, 60)
    client = console(support)
    second = get(client, link(get(client, "?view=open"), "next"))
    with_cursor = [
        address
        for address in re.findall(r'href="(\?[^"]+)"', second)
        if "after=" in address or "before=" in address
    ]
    assert [html.unescape(address) for address in with_cursor] == [link(second, "prev")]
