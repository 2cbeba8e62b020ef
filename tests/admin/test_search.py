"""The search of every page: its results by role, hostile texts, without a script, and its cost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gasutil.access import Actor
from gasutil.models import Channel, Incident, RequestType, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import QUEUE, ticket
from tests.support.people import make_user

SEARCH = "/admin/search/"
SCRIPT = {"HX-Request": "true"}
HOSTILE = '<script>alert(1)</script><mark>&"\'</mark> {{ 7|add:7 }} {% now %} x-data="x"'


def file(customer: User, description: str) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer, Channel.API), request_type="new_connection", description=description
    )


def found(client: Any, text: str, **headers: str) -> str:
    answer = client.get(SEARCH, {"q": text}, headers=headers or SCRIPT)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_works(console: Any, support: User, customer: User) -> None:
    obj = file(customer, "Smells near the lift")
    html = found(console(support), "lift")
    assert f'href="{ticket(obj)}"' in html
    assert "Smells near the <mark>lift</mark>" in html
    assert obj.reference in html
    assert obj.request_type.name in html
    assert str(customer) in html
    assert obj.get_status_display() in html
    assert "<time datetime=" in html
    assert f'href="{QUEUE}?q=lift"' in html
    assert "<html" not in html


def test_it_works_without_a_script(console: Any, support: User, customer: User) -> None:
    obj = file(customer, "Smells near the lift")
    html = console(support).get(SEARCH, {"q": "lift"}).content.decode()
    assert "<!DOCTYPE html>" in html
    assert '<input type="search" name="q" value="lift"' in html
    assert f'href="{ticket(obj)}"' in html
    assert "Find requests, customers and incidents" in console(support).get(SEARCH).content.decode()


def test_a_customer_leads_to_their_requests(console: Any, support: User, customer: User) -> None:
    file(customer, "Hums")
    html = found(console(support), customer.phone_number[-4:])
    assert f'href="{QUEUE}?customer__id__exact={customer.pk}"' in html
    assert (
        html.count(f"<mark>{customer.phone_number[-4:]}</mark>") == 2
    )  # of the customer and of the request


@pytest.mark.parametrize(
    "text", ["script", "alert", "mark", "now", "x-data", "&", "\"'", "<", HOSTILE]
)
@pytest.mark.parametrize("headers", [SCRIPT, {"Accept": "text/html"}])
def test_hostile_texts_are_shown_as_text(
    text: str, headers: dict[str, str], console: Any, support: User
) -> None:
    RequestType.objects.filter(code="new_connection").update(name=HOSTILE[:100])
    Incident.objects.create(title=HOSTILE)
    user = make_user("hostile", first_name=HOSTILE[:40], last_name=HOSTILE[40:])
    obj = file(user, f"{HOSTILE} {HOSTILE}")
    requests.comment(obj.pk, actor=Actor(support), notes=f"note {HOSTILE}")
    for query in (text, f"note {text}"):
        html = found(console(support), query, **headers)
        assert "<script>alert" not in html
        assert "<mark>&" not in html
        assert 'x-data="x"' not in html


def test_an_empty_result_is_announced(console: Any, support: User) -> None:
    assert "Nothing found for “&lt;b&gt;”" in found(console(support), "<b>")
    assert "Find requests, customers and incidents" in found(console(support), " ")


def test_a_long_text_is_cut(console: Any, support: User) -> None:
    assert "x" * 201 not in found(console(support), "x" * 3_000)


@pytest.mark.parametrize("who", ["customer", "neighbour", "pending"])
def test_it_shows_nothing_to_anyone_else(
    who: str, console: Any, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    client = console(request.getfixturevalue(who))
    for headers, status in ((SCRIPT, 401), ({}, 302)):
        answer = client.get(SEARCH, {"q": leak.reference}, headers=headers)
        assert answer.status_code == status
        assert leak.description.encode() not in answer.content


def test_it_opens_from_every_page_and_unfolds_own_does_not(
    console: Any, manager: User, leak: ServiceRequest
) -> None:
    for path in (
        "/admin/",
        QUEUE,
        ticket(leak),
        "/admin/gasutil/user/",
        "/admin/password_change/",
        "/admin/gasutil/incident/",
        SEARCH,
    ):
        html = console(manager).get(path).content.decode()
        assert html.count('<dialog id="search"') == html.count('id="search-open"') == 1, path
        assert "searchCommand()" not in html, path


def test_the_number_of_queries_does_not_grow(console: Any, support: User) -> None:
    client = console(support)

    def cost(number: int) -> int:
        for _number in range(number):
            file(make_user(f"kumar{User.objects.count()}", last_name="Kumar"), "Hums")
        with CaptureQueriesContext(connection) as queries:
            found(client, "kumar")
        return len(queries)

    found(client, "kumar")
    few, many, more = cost(5), cost(15), cost(30)
    assert 10 >= few >= many == more  # enough likely requests spare the search for others
