"""Why a deadline was missed: recorded by support, shown on the ticket, counted by a report."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import Invalid, NotAllowed, PermissionRequired
from gasutil.models import BreachReason, RequestUpdate, ServiceRequest, User
from gasutil.privacy.redaction import redact
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.console import ticket
from tests.support.proof import publish


@pytest.fixture
def late(leak: ServiceRequest, support: User) -> ServiceRequest:
    """A leak whose site was reached after 75 minutes, not 60."""
    since = timezone.now() - dt.timedelta(minutes=100)
    ServiceRequest.objects.filter(pk=leak.pk).update(created_at=since, received_at=since)
    leak.refresh_from_db()
    milestones = leak.milestones
    for milestone in milestones:
        due = since + dt.timedelta(minutes=milestone["minutes"])
        milestone["due_at"] = due.isoformat()
    ServiceRequest.objects.filter(pk=leak.pk).update(milestones=milestones)
    record(leak, support, "acknowledged", since + dt.timedelta(minutes=2))
    record(leak, support, "on_site", since + dt.timedelta(minutes=75))
    leak.refresh_from_db()
    return leak


def record(obj: ServiceRequest, user: User, name: str, now: dt.datetime) -> None:
    requests.record_milestone(obj.pk, actor=Actor(user), milestone=name, now=now)


def explain(obj: ServiceRequest, user: User, **options: Any) -> ServiceRequest:
    given = {"milestone": "on_site", "reason": "crew_busy"} | options
    return requests.explain_breach(obj.pk, actor=Actor(user), **given)


def codes(error: Invalid) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in error.errors]


def test_it_works(late: ServiceRequest, support: User) -> None:
    explain(late, support, notes="Both vans were in the north")
    row = RequestUpdate.objects.filter(id=late.pk).latest("history_id")
    assert (row.event, row.subject, row.reason_code) == (
        "request.breach_explained",
        "on_site",
        "crew_busy",
    )
    assert (row.notes, row.is_internal) == ("Both vans were in the north", True)
    assert RequestUpdate.objects.filter(id=late.pk, notes=row.notes).count() == 1


def test_only_what_was_missed_has_a_reason(late: ServiceRequest, support: User) -> None:
    with pytest.raises(Invalid) as refusal:
        explain(late, support, milestone="acknowledged", reason="lunch")
    assert codes(refusal.value) == [("milestone", "not_missed"), ("reason", "unknown_reason")]
    assert refusal.value.errors[0].params == {"values": ["on_site"]}
    assert refusal.value.errors[1].params == {"values": BreachReason.values}


def test_another_reason_needs_a_note(late: ServiceRequest, support: User) -> None:
    with pytest.raises(Invalid) as refusal:
        explain(late, support, reason="other")
    assert codes(refusal.value) == [("notes", "required")]
    explain(late, support, reason="other", notes="The bridge was open")


def test_a_closed_request_gets_its_reason_too(late: ServiceRequest, support: User) -> None:
    requests.resolve(late.pk, actor=Actor(support), notes="Repaired")
    obj = explain(late, support)
    assert obj.status == "resolved"


def test_a_reopened_request_keeps_what_was_missed_before(
    late: ServiceRequest, support: User
) -> None:
    requests.resolve(late.pk, actor=Actor(support), notes="Repaired")
    requests.reopen(late.pk, actor=Actor(support))
    assert explain(late, support).last_update is not None


def test_it_is_for_those_who_work_on_requests(
    late: ServiceRequest, customer: User, auditor: User
) -> None:
    with pytest.raises(NotAllowed):
        explain(late, customer)
    with pytest.raises(PermissionRequired):
        explain(late, auditor)


def test_the_customer_does_not_see_it(late: ServiceRequest, customer: User, support: User) -> None:
    before = Api(customer).get(f"requests/{late.pk}/").json()["updates"]
    explain(late, support)
    assert Api(customer).get(f"requests/{late.pk}/").json()["updates"] == before
    shown = Api(support).get(f"requests/{late.pk}/").json()["updates"][-1]
    assert (shown["event"], shown["is_internal"]) == ("request.breach_explained", True)


def test_the_ticket_asks_and_shows_it(
    late: ServiceRequest, support: User, manager: User, console: Any
) -> None:
    client = console(support)
    page = client.get(ticket(late)).content.decode()
    assert page.count("Why was it late?") == 1
    dialog = client.get(f"{ticket(late, 'explain_breach')}?milestone=on_site").content.decode()
    assert "No crew was free" in dialog
    assert "Acknowledged" not in dialog
    client.verb(late, "explain_breach", milestone="on_site", reason="crew_busy")
    page = client.get(ticket(late)).content.decode()
    assert "Why was it late?" not in page
    assert "No crew was free" in page
    assert "said why" in page
    requests.resolve(late.pk, actor=Actor(support), notes="Repaired")
    assert "(No crew was free)" in console(manager).get(ticket(late)).content.decode()


def test_a_wrong_choice_is_explained(late: ServiceRequest, support: User, console: Any) -> None:
    answer = console(support).verb(late, "explain_breach", milestone="on_site", reason="")
    assert "Why was it missed?" in answer.content.decode()
    assert not RequestUpdate.objects.filter(event="request.breach_explained").exists()


def test_an_erasure_keeps_which_deadline_was_missed_and_why(
    late: ServiceRequest, support: User, customer: User
) -> None:
    explain(late, support, reason="other", notes="Mrs Example was not at home")
    requests.resolve(late.pk, actor=Actor(support), notes="Repaired")
    publish()
    redact(customer, timezone.now())
    row = RequestUpdate.objects.get(id=late.pk, event="request.breach_explained")
    assert (row.subject, row.reason_code, row.notes) == ("on_site", "other", "")
