"""Filing for a caller: by GET one only looks.

One POST files it for the customer, once, and tells what is wrong at its field.
"""

from typing import Any

import pytest

from gasutil.models import RequestUpdate, ServiceRequest, User
from tests.support.console import QUEUE
from tests.support.hostile_input import NASTY
from tests.support.request_types import make_type

NEW = f"{QUEUE}new/"
ASKS: list[dict[str, Any]] = [
    {"name": "workers", "kind": "whole_number", "maximum": 9, "is_required": True},
    {"name": "digger", "kind": "yes_no"},
    {
        "name": "size",
        "kind": "one_of",
        "choices": "s: Small\nl: Large",
        "shown_if": "digger",
        "shown_if_value": "true",
        "is_required": True,
    },
    {"name": "surfaces", "kind": "several_of", "choices": "road: Road\npath: Path"},
    {"name": "at", "kind": "date_time"},
]


def about(customer: User, request_type: str = "gas_leak_inspection") -> dict[str, str]:
    return {"customer": str(customer.pk), "request_type": request_type}


def test_it_works(support: User, customer: User, console) -> None:
    client = console(support)
    assert "New request" in client.get(QUEUE).content.decode()
    for text in ("customer exam", "07890123456", "+91 78901-23456", "CUSTOMER@example.com"):
        answer = client.get(NEW, {"q": text})
        assert customer in answer.context["found"], text
        assert "+91 78901 23456" in answer.content.decode()
    for text in ("support", "7890"):
        assert client.get(NEW, {"q": text}).context["found"] == [], text
    assert "Gas leak" in client.get(NEW, {"customer": customer.pk}).content.decode()
    page = client.get(NEW, about(customer))
    assert "Tell the caller now" in page.content.decode()
    assert page.context["form"].initial["address"] == customer.address

    form = {"once": "abc", "description": "It smells of gas", "address": ""}
    answer = client.post(NEW, form, query_params=about(customer))
    obj = ServiceRequest.objects.get()
    assert answer.headers["Location"] == f"{QUEUE}{obj.pk}/change/"
    assert (obj.customer, obj.address) == (customer, customer.address)
    row = RequestUpdate.objects.get()
    assert (row.history_user, row.channel) == (support, "console")

    again = client.post(NEW, form, query_params=about(customer))
    assert again.headers["Location"] == answer.headers["Location"]
    assert ServiceRequest.objects.count() == 1


def test_it_asks_what_the_type_asks(support: User, customer: User, console) -> None:
    make_type("works", fields=ASKS)
    client = console(support)
    wrong = client.post(
        NEW,
        {"once": "a", "description": "x", "details.workers": "12", "details.digger": "true"},
        query_params=about(customer, "works"),
    )
    assert set(wrong.context["form"].errors) == {"details.workers", "details.size"}
    right = {
        "once": "a",
        "description": "x",
        "details.workers": "4",
        "details.digger": "false",
        "details.size": "l",  # hidden by now, and so not said
        "details.surfaces": ["road", "path"],
        "details.at": "2026-12-01T09:30",
    }
    client.post(NEW, right, query_params=about(customer, "works"))
    assert ServiceRequest.objects.get().details == {
        "workers": 4,
        "digger": False,
        "surfaces": ["road", "path"],
        "at": "2026-12-01T04:00:00Z",
    }


def test_it_requires_the_permission(support: User, customer: User, console) -> None:
    support.groups.clear()
    client = console(support)
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, {"description": "x"}, query_params=about(customer)).status_code == 404
    assert f'href="{NEW}"' not in client.get(QUEUE).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"customer": "999999999"},
        {"customer": "x"},
        {"customer": "9" * 40},
        {"request_type": "none"},
        {"q": "\x00"},
    ],
)
def test_no_query_is_a_server_error(
    query: dict[str, str], support: User, customer: User, console
) -> None:
    client = console(support)
    assert client.get(NEW, query).status_code in (200, 404)
    assert client.get(NEW, about(customer) | query).status_code in (200, 404)


def test_nothing_is_filed_by_get_or_without_a_token(support: User, customer: User, console) -> None:
    console(support).get(NEW, about(customer) | {"description": "x", "once": "a"})
    strict = console(support, enforce_csrf_checks=True)
    assert (
        strict.post(
            NEW, {"description": "x", "once": "a"}, query_params=about(customer)
        ).status_code
        == 403
    )
    assert not ServiceRequest.objects.exists()


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    User.objects.filter(pk=customer.pk).update(last_name=NASTY[:100], address=NASTY)
    client = console(support)
    for query in ({"q": NASTY}, {"q": "customer"}, {"customer": customer.pk}, about(customer)):
        page = client.get(NEW, query).content.decode()
        for live in ("<img src=x", "<script>alert", "' x-init='alert"):
            assert live not in page, (query, live)
