"""The list of reviews, and the review on a ticket."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gasutil import figures
from gasutil.access import Actor
from gasutil.groups import AUDITORS
from gasutil.models import Review, ReviewOutcome, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import ticket
from tests.support.machines import make_owner, withdraw
from tests.support.proof import publish

REVIEWS = "/admin/gasutil/review/"


@pytest.fixture
def closed(leak: ServiceRequest, support: User) -> ServiceRequest:
    requests.resolve(leak.pk, actor=Actor(support), notes="Joint replaced")
    leak.refresh_from_db()
    return leak


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def offered(page: str) -> set[str]:
    return set(re.findall(r'data-verb="(\w+)"', page)) & {"review", "return_for_work"}


def test_it_works(closed: ServiceRequest, manager: User, console: Any) -> None:
    client = console(manager)
    page = text_of(client.get(REVIEWS))
    for text in (closed.reference, "Emergency", "no deadline missed", "Waiting", "/story/"):
        assert text in page, text
    page = text_of(client.get(ticket(closed)))
    assert "Waits for review" in page
    assert offered(page) == {"review", "return_for_work"}

    answer = client.verb(closed, "review", notes="All in order")
    assert answer.headers["HX-Redirect"] == ticket(closed)
    page = text_of(client.get(ticket(closed)))
    assert "Waits for review" not in page
    assert "reviewed the request" in page
    assert "All in order" in page
    assert closed.reference not in text_of(client.get(REVIEWS))
    page = text_of(client.get(f"{REVIEWS}?state=reviewed"))
    assert closed.reference in page
    assert "Manager Example" in page


def test_it_is_returned_for_work(closed: ServiceRequest, manager: User, console: Any) -> None:
    client = console(manager)
    dialog = text_of(client.get(ticket(closed, "return_for_work")))
    assert "The customer is notified of that, but can&#x27;t read your comment." in dialog
    assert 'name="is_internal"' not in dialog
    refused = client.verb(closed, "return_for_work", notes="")
    assert "This field is required" in refused.content.decode()
    client.verb(closed, "return_for_work", notes="The gauge test is missing", version="2")
    closed.refresh_from_db()
    assert closed.status == "in_progress"
    page = text_of(client.get(ticket(closed)))
    assert "returned the request for work" in page
    assert "reopened the request" in page


def test_it_is_for_those_with_the_permission(
    closed: ServiceRequest, support: User, console: Any
) -> None:
    client = console(support)
    assert client.get(REVIEWS).status_code == 403
    assert client.get(ticket(closed, "review")).status_code == 403
    page = text_of(client.get(ticket(closed)))
    assert REVIEWS not in page
    assert "Waits for review" not in page
    assert client.verb(closed, "review").status_code == 403
    assert Review.objects.waiting().exists()


def test_a_manager_who_worked_on_it_leaves_it_to_another(
    leak: ServiceRequest, manager: User, console: Any
) -> None:
    requests.resolve(leak.pk, actor=Actor(manager), notes="Joint replaced")
    page = text_of(console(manager).get(ticket(leak)))
    assert "No one else can review it: the history will say so." in page
    assert offered(page) == {"review", "return_for_work"}

    other = make_owner("other")
    page = text_of(console(manager).get(ticket(leak)))
    assert "You worked on this request. Someone else has to review it." in page
    assert offered(page) == set()
    refused = console(manager).verb(leak, "review")
    assert f"You worked on {leak.reference}" in refused.content.decode()
    assert offered(text_of(console(other).get(ticket(leak)))) == {"review", "return_for_work"}


def test_ones_own_work_is_marked(leak: ServiceRequest, manager: User, console: Any) -> None:
    requests.resolve(leak.pk, actor=Actor(manager), notes="Joint replaced")
    client = console(manager)
    client.verb(leak, "review")
    assert "reviewed the request, which they had worked on" in text_of(client.get(ticket(leak)))
    assert "their own work" in text_of(client.get(f"{REVIEWS}?state=all"))


def test_a_cancelled_request_can_only_be_reviewed(
    leak: ServiceRequest, customer: User, manager: User, console: Any
) -> None:
    requests.cancel(leak.pk, actor=Actor(customer), notes="It was the neighbour's dinner")
    assert offered(text_of(console(manager).get(ticket(leak)))) == {"review"}


def test_overdue_reviews_are_marked(closed: ServiceRequest, manager: User, console: Any) -> None:
    client = console(manager)
    assert closed.reference not in text_of(client.get(f"{REVIEWS}?state=overdue"))
    Review.objects.update(due_at=timezone.now() - dt.timedelta(hours=1))
    page = text_of(client.get(f"{REVIEWS}?state=overdue"))
    assert closed.reference in page
    assert '<span class="chip chip-danger">Overdue</span>' in page
    assert '<span class="chip chip-danger">Overdue</span>' in text_of(client.get(ticket(closed)))


def test_missed_deadlines_are_named(
    leak: ServiceRequest, support: User, manager: User, console: Any
) -> None:
    later = timezone.now() + dt.timedelta(minutes=90)
    requests.resolve(leak.pk, actor=Actor(support), notes="Joint replaced", now=later)
    page = text_of(console(manager).get(REVIEWS))
    assert "missed: Acknowledged, On site" in page


def test_the_sidebar_counts_those_that_wait(
    closed: ServiceRequest, manager: User, console: Any
) -> None:
    assert figures.open_stats().reviews == 1
    page = text_of(console(manager).get("/admin/"))
    assert REVIEWS in page


def test_it_says_how_much_of_the_history_is_signed(
    closed: ServiceRequest, manager: User, console: Any
) -> None:
    client = console(manager)
    assert "0 of 2 entries signed" in text_of(client.get(REVIEWS))
    publish()
    assert "2 of 2 entries signed" in text_of(client.get(REVIEWS))
    assert "2 of 2 entries signed" in text_of(client.get(ticket(closed)))
    assert ticket(closed, "proof") in text_of(client.get(ticket(closed)))


def test_an_address_of_a_review_leads_to_the_ticket(
    closed: ServiceRequest, manager: User, support: User, console: Any
) -> None:
    address = f"{REVIEWS}{Review.objects.get().pk}/change/"
    assert console(manager).get(address).headers["Location"] == ticket(closed)
    assert console(support).get(address).status_code == 404


def test_a_page_costs_the_same_for_any_number_of_reviews(
    closed: ServiceRequest,
    customer: User,
    support: User,
    manager: User,
    console: Any,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        obj = requests.submit(
            actor=Actor(customer), request_type="gas_leak_inspection", description=f"Leak {number}"
        )
        requests.resolve(obj.pk, actor=Actor(support), notes="Joint replaced")
    client = console(manager)
    client.get(REVIEWS)
    with django_assert_max_num_queries(15):
        client.get(REVIEWS)
    assert Review.objects.filter(outcome=ReviewOutcome.OPEN).count() == 6


def test_a_manager_without_the_permission_to_work_reviews(
    closed: ServiceRequest, manager: User, console: Any
) -> None:
    withdraw(manager, "work_servicerequest")
    page = text_of(console(manager).get(ticket(closed)))
    assert offered(page) == {"review", "return_for_work"}
    console(manager).verb(closed, "review")
    assert not Review.objects.waiting().exists()


def test_an_auditor_sees_them_without_the_verbs(
    closed: ServiceRequest, support: User, console: Any
) -> None:
    support.groups.set([Group.objects.get(name=AUDITORS)])
    client = console(support)
    assert closed.reference in text_of(client.get(REVIEWS))
    page = text_of(client.get(ticket(closed)))
    assert "Waits for review" in page
    assert offered(page) == set()
    assert client.get(ticket(closed, "review")).status_code == 403
