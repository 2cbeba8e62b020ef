"""The list of requests: its views and its cost. Text that people typed stays text."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gasutil.access import Actor
from gasutil.admin.requests.queue import short_number
from gasutil.admin.requests.service_requests import ServiceRequestAdmin
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import QUEUE, file
from tests.support.hostile_input import NASTY
from tests.support.query_counts import assert_cost_is_constant, count_of
from tests.support.request_types import make_type


def listed(client, **query) -> list[str]:
    """Return the references in a list, in order."""
    page = client.get(QUEUE, query)
    assert page.status_code == 200
    return re.findall(r'class="reference">(SR-[^<]+)<', page.content.decode())


def test_it_works(support: User, console, leak: ServiceRequest, connection: ServiceRequest) -> None:
    page = console(support).get(QUEUE).content.decode()
    assert page.index(leak.reference) < page.index(connection.reference)
    assert 'class="chip chip-emergency mark"' in page
    assert leak.description in page


def test_emergencies_come_first_then_what_is_due_soonest_then_the_newest(
    support: User, customer: User, console
) -> None:
    for code, limits in (
        ("someday", {}),
        ("today", {"resolved": 480}),
        ("this_hour", {"resolved": 60}),
    ):
        make_type(code, limits=limits)
    (first, second), (day,), (hour,) = (
        file(customer, n, request_type=request_type)
        for n, request_type in ((2, "someday"), (1, "today"), (1, "this_hour"))
    )
    (urgent,) = file(customer, 1, request_type="gas_leak_inspection")
    assert listed(console(support)) == [
        item.reference for item in (urgent, hour, day, second, first)
    ]


def test_each_view_shows_its_own(
    support: User, colleague: User, customer: User, console, leak: ServiceRequest
) -> None:
    mine, theirs, closed = file(customer, 3)
    requests.assign(mine.pk, actor=Actor(support), assigned_to=support.pk)
    requests.assign(theirs.pk, actor=Actor(support), assigned_to=colleague.pk)
    requests.resolve(closed.pk, actor=Actor(support))
    client = console(support)
    assert listed(client, view="mine") == [mine.reference]
    assert listed(client, view="unassigned") == [leak.reference]
    assert listed(client, view="emergencies") == [leak.reference]
    assert listed(client, view="closed") == [closed.reference]
    assert listed(client, view="all") == [item.reference for item in (closed, theirs, mine, leak)]
    assert closed.reference not in listed(client)
    assert listed(client, view="nonsense") == listed(client)


def test_a_view_is_no_active_filter(support: User, console, leak: ServiceRequest) -> None:
    assert not console(support).get(QUEUE, {"view": "mine"}).context["cl"].has_active_filters


def test_a_search_looks_through_every_view(
    support: User, console, connection: ServiceRequest
) -> None:
    requests.resolve(connection.pk, actor=Actor(support))
    client = console(support)
    for term in (
        connection.reference,
        connection.reference.lower().replace("-", ""),
        "application for new",
    ):
        assert listed(client, q=term, view="mine") == [connection.reference]
    assert listed(client, q="nothing of the kind") == []


def test_it_shows_what_a_search_found(
    support: User, customer: User, console, connection: ServiceRequest
) -> None:
    client = console(support)
    for term, text in (
        (connection.reference, "1 request"),
        ("7890 123456", "of customers with this phone number"),
        (customer.last_name, "of customers with this name"),
        (customer.address, "at an address with these words"),
        ("application", "with these words in the description"),
    ):
        page = client.get(QUEUE, {"q": term}).content.decode()
        assert connection.reference in page
        assert text in page
    assert "Try fewer letters" in client.get(QUEUE, {"q": "nothing of the kind"}).content.decode()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("view=mine", "You have no open requests."),
        ("view=overdue", "No overdue requests."),
        ("priority__exact=low", "Clear filters"),
    ],
)
def test_an_empty_view_explains_itself(query: str, text: str, support: User, console) -> None:
    assert text in console(support).get(f"{QUEUE}?{query}").content.decode()


def test_its_tabs_count(support: User, customer: User, console, leak: ServiceRequest) -> None:
    for closed in file(customer, 2):
        requests.resolve(closed.pk, actor=Actor(support))
    page = console(support).get(QUEUE).content.decode()
    counts = dict(re.findall(r"([A-Z][a-z ]+) <span class=\"tab-count\">([^<]+)<", page))
    assert counts == {
        "Open": "1",
        "Mine": "0",
        "Customer replied": "0",
        "Unassigned": "1",
        "Overdue": "0",
        "Emergencies": "1",
        "On hold": "0",
        "Closed": "2",
        "All": "3",
    }


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1.0k"), (1999, "1.9k"), (15_499, "15k"), (1_000_000, "1000k")],
)
def test_numbers_are_short(number: int, text: str) -> None:
    assert short_number(number) == text


def test_a_row_opens_up(
    support: User,
    customer: User,
    console,
    leak: ServiceRequest,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    requests.comment(leak.pk, actor=Actor(support), notes="Say <b>nothing</b>", is_internal=True)
    client = console(support)
    assert f"{QUEUE}{leak.pk}/peek/" in client.get(QUEUE).content.decode()
    with django_assert_max_num_queries(8):
        page = client.get(f"{QUEUE}{leak.pk}/peek/").content.decode()
    assert leak.address in page
    assert "Say &lt;b&gt;nothing&lt;/b&gt;" in page
    assert client.get(f"{QUEUE}{leak.pk + 1}/peek/").status_code == 404
    assert console(customer).get(f"{QUEUE}{leak.pk}/peek/").status_code == 302


def test_a_resolved_request_shows_whether_it_was_in_time(
    support: User, customer: User, console, leak: ServiceRequest
) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="Done")
    assert "on time" in console(support).get(QUEUE, {"view": "closed"}).content.decode()


def test_its_filters_show_what_they_name(
    support: User, customer: User, console, leak: ServiceRequest
) -> None:
    (other,) = file(customer, 1)
    requests.assign(other.pk, actor=Actor(support), assigned_to=support.pk)
    client = console(support)
    today = timezone.localdate()
    assert listed(client, status__exact="pending") == [other.reference, leak.reference]
    assert listed(client, request_type__code__exact="new_connection") == [other.reference]
    assert listed(client, priority__exact="emergency") == [leak.reference]
    assert listed(client, assignee=str(support.pk)) == [other.reference]
    assert listed(client, assignee="none") == [leak.reference]
    assert listed(client, assignee="nobody") == [leak.reference]  # a saved view of 0.1.0
    assert listed(client, pressing="yes") == [leak.reference]
    assert listed(client, pressing="no", late="no") == [other.reference]
    assert listed(client, late="yes") == []
    assert len(listed(client, created_at_from=str(today), created_at_to=str(today))) == 2
    assert listed(client, created_at_from=str(today + dt.timedelta(days=1))) == []
    assert len(listed(client, created_at_from="soon", created_at_to="9999-12-31")) == 2


@pytest.mark.parametrize(
    "query", ["p=99999999", "p=x", "o=9", "status__exact=x", "created_at_from=0000-00-00"]
)
def test_no_query_is_a_server_error(
    query: str, support: User, console, leak: ServiceRequest
) -> None:
    assert console(support).get(f"{QUEUE}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "customer__password__startswith=a",
        "assigned_to__email__contains=a",
        "customer__is_superuser=1",
    ],
)
def test_no_filter_reveals_anything_about_people(
    query: str, support: User, console, leak: ServiceRequest
) -> None:
    assert console(support).get(f"{QUEUE}?{query}").status_code == 400


def test_its_cost_does_not_grow(support: User, customer: User, console) -> None:
    client = console(support)
    assert_cost_is_constant(
        lambda: client.get(QUEUE),
        lambda number: file(customer, number),
        count_of('class="reference"'),
        at_most=10,
    )


def test_a_page_is_turned_only_where_there_is_another(
    support: User, customer: User, console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServiceRequestAdmin, "list_per_page", 2)
    client = console(support)

    def links(**query: int) -> list[str]:
        return re.findall(r'rel="(prev|next)"', client.get(QUEUE, query).content.decode())

    file(customer, 1)
    assert links() == []
    assert "1 in total<" in client.get(QUEUE).content.decode()
    file(customer, 4)
    assert [links(), links(p=2), links(p=3)] == [["next"], ["prev", "next"], ["prev"]]
    seen = [item for number in (1, 2, 3) for item in listed(client, p=number)]
    assert len(seen) == len(set(seen)) == 5


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    User.objects.filter(pk=customer.pk).update(first_name=NASTY[:100])
    file(customer, 1, description=NASTY)
    page = console(support).get(QUEUE).content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "' x-init='alert" not in page
    assert "{{7*7}}" in page


def test_completion_reveals_no_account_to_agents(support: User, console) -> None:
    query = {
        "app_label": "gasutil",
        "model_name": "servicerequest",
        "field_name": "assigned_to",
        "term": "a",
    }
    assert console(support).get("/admin/autocomplete/", query).status_code == 403
