"""The list of requests: what is in each view, what it costs, and that what people typed stays text."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import requests
from tests.admin.conftest import QUEUE

NASTY = """"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}' x-init='alert(3)"""


def file(customer: User, number: int, description: str = "Application", kind: str = "new_connection") -> list[ServiceRequest]:
    actor = Actor(customer, Channel.API)
    return [requests.submit(actor=actor, request_type=kind, description=f"{description} {n}") for n in range(number)]


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


def test_emergencies_come_first_then_the_newest(support: User, customer: User, console) -> None:
    calm = file(customer, 2)
    urgent = file(customer, 1, kind="gas_leak_inspection")
    late = file(customer, 1)
    assert listed(console(support)) == [one.reference for one in (*urgent, *late, calm[1], calm[0])]


def test_each_view_shows_its_own(support: User, colleague: User, customer: User, console, leak: ServiceRequest) -> None:
    mine, theirs, closed = file(customer, 3)
    requests.assign(mine.pk, actor=Actor(support), assigned_to=support.pk)
    requests.assign(theirs.pk, actor=Actor(support), assigned_to=colleague.pk)
    requests.resolve(closed.pk, actor=Actor(support))
    client = console(support)
    assert listed(client, view="mine") == [mine.reference]
    assert listed(client, view="unassigned") == [leak.reference]
    assert listed(client, view="emergencies") == [leak.reference]
    assert listed(client, view="all") == [one.reference for one in (closed, theirs, mine, leak)]
    assert closed.reference not in listed(client)
    assert listed(client, view="nonsense") == listed(client)


def test_a_view_is_no_active_filter(support: User, console, leak: ServiceRequest) -> None:
    assert not console(support).get(QUEUE, {"view": "mine"}).context["cl"].has_active_filters


def test_a_search_looks_through_every_view(support: User, console, connection: ServiceRequest) -> None:
    requests.resolve(connection.pk, actor=Actor(support))
    client = console(support)
    for term in (connection.reference, connection.reference.lower().replace("-", ""), "application for new"):
        assert listed(client, q=term, view="mine") == [connection.reference]
    assert listed(client, q="nothing of the kind") == []


def test_its_filters_keep_what_they_say(support: User, customer: User, console, leak: ServiceRequest) -> None:
    (other,) = file(customer, 1)
    requests.assign(other.pk, actor=Actor(support), assigned_to=support.pk)
    client = console(support)
    today = timezone.localdate()
    assert listed(client, status__exact="pending") == [other.reference, leak.reference]
    assert listed(client, request_type__code__exact="new_connection") == [other.reference]
    assert listed(client, priority__exact="emergency") == [leak.reference]
    assert listed(client, assignee=str(support.pk)) == [other.reference]
    assert listed(client, assignee="nobody") == [leak.reference]
    assert len(listed(client, created_at_from=str(today), created_at_to=str(today))) == 2
    assert listed(client, created_at_from=str(today + dt.timedelta(days=1))) == []
    assert len(listed(client, created_at_from="soon", created_at_to="9999-12-31")) == 2


@pytest.mark.parametrize("query", ["assignee=x", "p=99999999", "p=x", "o=9", "q=%00", "status__exact=x", "created_at_from=0000-00-00"])
def test_no_query_is_a_server_error(query: str, support: User, console, leak: ServiceRequest) -> None:
    assert console(support).get(f"{QUEUE}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("query", ["customer__password__startswith=a", "assigned_to__email__contains=a", "customer__is_superuser=1"])
def test_it_answers_no_questions_about_people(query: str, support: User, console, leak: ServiceRequest) -> None:
    assert console(support).get(f"{QUEUE}?{query}").status_code == 400


def test_its_cost_does_not_grow(support: User, customer: User, console, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = console(support)
    for number in (3, 60):
        file(customer, number)
        with django_assert_max_num_queries(10):
            assert client.get(QUEUE).status_code == 200


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    User.objects.filter(pk=customer.pk).update(first_name=NASTY[:100])
    file(customer, 1, description=NASTY)
    page = console(support).get(QUEUE).content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "' x-init='alert" not in page
    assert "{{7*7}}" in page


def test_agents_learn_nobodys_account_by_completion(support: User, console) -> None:
    query = {"app_label": "gasutil", "model_name": "servicerequest", "field_name": "assigned_to", "term": "a"}
    assert console(support).get("/admin/autocomplete/", query).status_code == 403
