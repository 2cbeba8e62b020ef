"""The console shows which customers wait for a reply.

It asks for a reason and a date when a request is put on hold.
"""

from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.admin.requests import queue
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests

QUEUE = "/admin/gasutil/servicerequest/"


@pytest.fixture
def replied(connection: ServiceRequest, customer: User) -> ServiceRequest:
    requests.comment(connection.pk, actor=Actor(customer), notes="Are you there?")
    return connection


@pytest.mark.parametrize(
    "page", ["?view=replied", "?view=open", "?replied=yes", "{pk}/peek/", "{pk}/change/"]
)
def test_it_is_marked(page: str, client: Any, replied: ServiceRequest, support: User) -> None:
    client.force_login(support)
    html = client.get(QUEUE + page.format(pk=replied.pk)).content.decode()
    assert replied.reference in html or "peek" in page
    assert "chip-replied" in html
    assert "Customer replied <time" in html


def test_the_view_has_and_counts_only_those(
    client: Any, replied: ServiceRequest, leak: ServiceRequest, support: User
) -> None:
    client.force_login(support)
    html = client.get(QUEUE + "?view=replied").content.decode()
    assert replied.reference in html
    assert leak.reference not in html
    assert queue.view_counts(Actor(support))["replied"] == "1"
    requests.comment(replied.pk, actor=Actor(support), notes="Yes.")
    assert replied.reference not in client.get(QUEUE + "?view=replied").content.decode()


def test_the_hold_dialog_sends_a_question_and_stores_a_note(
    client: Any, connection: ServiceRequest, support: User
) -> None:
    client.force_login(support)
    url = f"{QUEUE}{connection.pk}/hold/"
    form = client.get(url).content.decode()
    assert "What do you need from the customer?" in form
    assert "Internal note" in form
    sent = {
        "_form_submitted": "on",
        "version": 1,
        "notes": "Which meter?",
        "internal_notes": "Ask the depot.",
    }
    client.post(url, sent)
    rows = RequestUpdate.objects.filter(id=connection.pk).order_by("history_id")[1:]
    assert [(row.status, row.notes, row.is_internal) for row in rows] == [
        ("on_hold", "Which meter?", False),
        ("on_hold", "Ask the depot.", True),
    ]
