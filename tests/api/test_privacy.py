"""The copy of a user's own personal data."""

from typing import Any

from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import SecurityEvent, SecurityEventType, ServiceRequest, User
from gasutil.workflow import requests


def test_the_copy_has_all_that_the_person_can_see_and_is_recorded(
    api: Any, customer: User, support: User, leak: ServiceRequest
) -> None:
    requests.comment(leak.pk, actor=Actor(support), notes="A visible answer")
    requests.comment(leak.pk, actor=Actor(support), notes="Only for us", is_internal=True)
    answer = api(customer).get("profile/export/")
    assert answer.status_code == 200
    data = answer.json()
    assert data["profile"]["phone_number"] == customer.phone_number
    (request,) = data["requests"]
    assert (request["id"], request["description"]) == (leak.pk, leak.description)
    assert "A visible answer" in [update["notes"] for update in request["updates"]]
    assert "Only for us" not in answer.text
    assert data["logins"]
    event = SecurityEvent.objects.filter(event=SecurityEventType.EXPORT).get()
    assert (event.user, event.details) == (customer, {"what": "personal data"})


def test_the_copy_has_nothing_of_others(api: Any, neighbour: User, leak: ServiceRequest) -> None:
    answer = api(neighbour).get("profile/export/")
    assert answer.json()["requests"] == []
    assert leak.description not in answer.text


def test_copies_are_limited(api: Any, customer: User, settings: Settings) -> None:
    settings.PERSONAL_EXPORT_LIMIT = 1
    assert api(customer).get("profile/export/").status_code == 200
    refused = api(customer).get("profile/export/")
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
