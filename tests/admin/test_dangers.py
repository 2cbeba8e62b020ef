"""Where the console shows that a request names a danger, and which safety text was shown."""

from typing import Any

import pytest
from django.utils import translation

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import incidents, requests

QUEUE = "/admin/gasutil/servicerequest/"
MARK = '<span class="sr-only">Danger</span>'


@pytest.fixture
def danger(customer: User, support: User) -> ServiceRequest:
    """A leak that has made someone unwell, in an incident, beside a harmless one."""
    for answers in ({}, {"people_unwell": True}):
        obj = requests.submit(
            actor=Actor(customer, Channel.API),
            request_type="gas_leak_inspection",
            description="Smell",
            details=answers,
        )
    incidents.open_incident(actor=Actor(support), title="Street", reports=[obj.pk])
    return ServiceRequest.objects.get(pk=obj.pk)


def test_the_ticket_has_a_banner(danger: ServiceRequest, support: User, console: Any) -> None:
    page = console(support).get(f"{QUEUE}{danger.pk}/change/").content.decode()
    assert "notice-danger" in page
    assert "<li>Is anybody dizzy, sick, hurt or unconscious? Yes</li>" in page


@pytest.mark.parametrize("place", ["", "?customer__id__exact={customer}", "?view=closed"])
def test_rows_of_the_queue_have_a_mark(
    place: str, danger: ServiceRequest, support: User, console: Any
) -> None:
    if "closed" in place:
        requests.resolve(danger.pk, actor=Actor(support), notes="Valve closed")
    url = QUEUE + place.format(customer=danger.customer_id)
    assert console(support).get(url).content.decode().count(MARK) == 1


def test_other_lists_have_it(danger: ServiceRequest, support: User, console: Any) -> None:
    client = console(support)
    other = ServiceRequest.objects.exclude(pk=danger.pk).get()
    for url, number in (
        ("/admin/", 1),
        ("/admin/search/?q=smell", 1),
        (f"/admin/gasutil/incident/{danger.incident_id}/change/", 1),
        (f"{QUEUE}{other.pk}/change/", 2),  # a possible duplicate, and another of the customer
    ):
        assert client.get(url).content.decode().count(MARK) == number, url
    assert "Danger:" in client.get(f"{QUEUE}{danger.pk}/peek/").content.decode()


def test_the_ticket_says_which_safety_text_was_shown(
    customer: User, support: User, console: Any
) -> None:
    with translation.override("hi"):
        obj = requests.submit(
            actor=Actor(customer, Channel.API), request_type="gas_leak_inspection"
        )
    page = console(support).get(f"{QUEUE}{obj.pk}/change/").content.decode()
    assert "Safety text shown: version 1, Hindi" in page


def test_it_names_the_type_of_another_text(connection: ServiceRequest, support: User, console: Any):
    requests.prioritise(connection.pk, actor=Actor(support), priority="emergency")
    page = console(support).get(f"{QUEUE}{connection.pk}/change/").content.decode()
    assert "Safety text shown: “Gas leak inspection”, version 1, English" in page
