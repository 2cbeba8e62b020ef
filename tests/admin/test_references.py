"""IDs in other systems on the ticket, and the buttons of an account without *Work on requests*."""

import re
from typing import Any

from gasutil.access import Actor
from gasutil.models import ExternalReference, ServiceRequest, User
from gasutil.workflow import requests
from gasutil.workflow.external_references import set_reference
from tests.support.api import Api
from tests.support.console import ticket
from tests.support.machines import withdraw

DISPATCH = {"system": "dispatch", "external_id": "WO-4711", "url": "https://dispatch.example.com/1"}


def test_it_works(support: User, console: Any, leak: ServiceRequest) -> None:
    answer = console(support).verb(leak, "refer", **DISPATCH)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, ticket(leak))
    page = console(support).get(ticket(leak)).content.decode()
    assert re.search(r'<dt>dispatch</dt>.*href="https://dispatch.example.com/1".*>WO-4711<', page)
    console(support).verb(leak, "refer", system="dispatch", external_id="")
    assert not ExternalReference.objects.exists()


def test_it_needs_an_id_that_no_other_request_has(
    support: User, console: Any, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    empty = console(support).verb(leak, "refer", system="dispatch")
    assert "Enter the ID." in empty.content.decode()
    set_reference(connection.pk, actor=Actor(support), system="dispatch", id="WO-4711")
    taken = console(support).verb(leak, "refer", **DISPATCH)
    assert "Another request has this ID in dispatch." in taken.content.decode()


def test_support_finds_a_request_by_it_and_a_customer_does_not(
    support: User, customer: User, leak: ServiceRequest
) -> None:
    def found(user: User, text: str) -> list[int]:
        return [row["id"] for row in Api(user).get(f"requests/?q={text}").json()["results"]]

    set_reference(leak.pk, actor=Actor(support), system="dispatch", id="WO-4711")
    requests.comment(leak.pk, actor=Actor(support), notes="On our way")
    assert (found(support, "WO-4711"), found(customer, "WO-4711")) == ([leak.pk], [])
    set_reference(leak.pk, actor=Actor(support), system="dispatch", id="WO-4712")
    assert (found(support, "WO-4712"), found(support, "WO-4711")) == ([leak.pk], [])


def test_the_channel_of_a_report_is_shown(
    support: User, customer: User, console: Any, leak: ServiceRequest
) -> None:
    body = {"customer": customer.pk, "request_type": "new_connection", "description": "x"}
    created = Api(support).post("intake/", body | {"contact": "letter"}).json()
    obj = ServiceRequest.objects.get(pk=created["id"])
    page = console(support).get(ticket(obj)).content.decode()
    assert "<dt>Received by</dt><dd>Letter</dd>" in page
    assert "Received by" not in console(support).get(ticket(leak)).content.decode()


def test_users_who_cannot_work_see_no_buttons(
    support: User, console: Any, leak: ServiceRequest
) -> None:
    withdraw(support, "work_servicerequest")
    page = console(support).get(ticket(leak)).content.decode()
    assert leak.reference in page
    for text in (
        "data-verb=",
        'id="composer"',
        "assign-to-me",
        "data-milestone=",
        "composer_notes",
    ):
        assert text not in page, text
