"""Clocks, alarms, answers and disputes in the console.

The tests also cover the warning when escalation does not run.
"""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import SYSTEM, Actor
from gasutil.models import Channel, Heartbeat, RequestType, RequestUpdate, ServiceRequest, User
from gasutil.models.heartbeats import ESCALATION
from gasutil.workflow import catalogue, engine, escalation, requests
from tests.support.console import QUEUE, ticket

DEAF = "Escalation has not run for two minutes"
UNAPPROVED = "published safety texts are not approved"


def file(
    customer: User,
    *,
    ago: dt.timedelta = dt.timedelta(),
    request_type: str = "gas_leak_inspection",
    **given: Any,
) -> ServiceRequest:
    given = {"description": "It smells", **given}
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type=request_type,
        now=timezone.now() - ago,
        **given,
    )


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def page_of(console: Any, user: User, obj: ServiceRequest) -> str:
    return str(console(user).get(ticket(obj)).content.decode())


def test_it_shows_each_clock_and_what_to_record(
    support: User, console, leak: ServiceRequest
) -> None:
    page = page_of(console, support, leak)
    assert re.findall(r'data-milestone="(\w+)"', page) == ["acknowledged", "on_site", "made_safe"]
    assert "On site schedule 59 min left" in words(page)
    assert page.count("data-due=") == 5  # the headline has the first of the four again


def test_it_shows_which_milestones_were_met_in_time(support: User, customer: User, console) -> None:
    obj = file(customer, ago=dt.timedelta(minutes=90))
    requests.start(obj.pk, actor=Actor(support), now=timezone.now() - dt.timedelta(minutes=86))
    requests.record_milestone(
        obj.pk,
        actor=Actor(support),
        milestone="on_site",
        now=timezone.now() - dt.timedelta(minutes=20),
    )
    message = words(page_of(console, support, obj))
    assert "Acknowledged check_circle after 4 min" in message
    assert "On site assignment_late 10 min late" in message


def test_it_shows_the_time_left_on_hold(support: User, connection: ServiceRequest, console) -> None:
    requests.hold(connection.pk, actor=Actor(support), notes="Waiting for parts")
    assert "pause_circle on hold," in words(page_of(console, support, connection))
    assert "pause_circle On hold" in words(console(support).get(QUEUE).content.decode())


def test_it_records_a_step_by_its_dialog(support: User, console, leak: ServiceRequest) -> None:
    client = console(support)
    shown = client.get(ticket(leak, "record"), {"milestone": "on_site"}).content.decode()
    assert '<option value="on_site" selected>' in shown
    assert '<option value="resolved"' not in shown
    client.verb(leak, "record", milestone="on_site", notes="At the gate", version=1)
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.event, row.subject, row.notes, row.history_user) == (
        "request.milestone",
        "on_site",
        "At the gate",
        support,
    )
    assert "recorded the step “On site”" in page_of(console, support, leak)


def test_it_records_no_access(support: User, console, leak: ServiceRequest) -> None:
    client = console(support)
    client.verb(leak, "record", milestone="no_access")
    assert "recorded the outcome “Could not get in”" in page_of(console, support, leak)
    refused = client.verb(leak, "resolve", notes="Left a card")
    assert b"no one could get in. Record" in refused.content


def test_an_alarm_is_acknowledged_with_one_button(support: User, customer: User, console) -> None:
    obj = file(customer, ago=dt.timedelta(minutes=6))
    engine.escalate(obj.pk)
    client = console(support)
    page = page_of(console, support, obj)
    assert "Acknowledged" in words(page)
    assert "Supervisors were notified. They are notified again at" in words(page)
    assert "escalated the request" in page
    client.verb(obj, "record", htmx=False, milestone="acknowledged")
    assert "Supervisors were notified" not in page_of(console, support, obj)


def test_the_queue_shows_and_counts_overdue_requests(
    support: User, customer: User, console, connection: ServiceRequest
) -> None:
    late = file(customer, ago=dt.timedelta(minutes=8))
    page = console(support).get(QUEUE, {"view": "overdue"}).content.decode()
    assert late.reference in page
    assert connection.reference not in page
    assert "3 min over" in words(page)
    assert re.search(r"Overdue\s+1", words(page))


def test_the_queue_is_in_the_order_of_what_is_due(support: User, customer: User, console) -> None:
    first, second = file(customer, ago=dt.timedelta(minutes=4)), file(customer)
    page = console(support).get(QUEUE).content.decode()
    assert page.index(first.reference) < page.index(second.reference)


def test_it_shows_answers_under_the_labels_of_their_day(
    support: User, customer: User, console
) -> None:
    request_type = RequestType.objects.get(code="gas_leak_inspection")
    answers = {
        "location": "inside",
        "smell_strength": "strong",
        "first_noticed": "just_now",
        "valve": "open",
        "everyone_out": True,
    }
    obj = file(customer, details={**answers, "people_unwell": False})
    label = request_type.fields.get(name="location").label
    request_type.fields.filter(name="location").update(label="Something else?")
    catalogue.publish(request_type.pk, actor=SYSTEM)
    message = words(page_of(console, support, obj))
    assert f"{label} Inside the building" in message
    assert "Something else?" not in message


def test_it_warns_of_a_dispute(
    support: User, customer: User, console, leak: ServiceRequest
) -> None:
    assert "Do not disconnect" not in page_of(console, support, leak)
    disputed = dispute(customer)
    message = words(page_of(console, support, leak))
    assert (
        f"Do not disconnect. This customer disputes a bill or a meter reading: {disputed.reference}"
        in message
    )
    requests.cancel(disputed.pk, actor=Actor(support))
    assert "Do not disconnect" not in page_of(console, support, leak)


def dispute(customer: User) -> ServiceRequest:
    """File a dispute, of a type that asks nothing."""
    request_type = RequestType.objects.get(code="billing_dispute")
    request_type.fields.all().delete()
    catalogue.publish(request_type.pk, actor=SYSTEM)
    return file(customer, request_type=request_type.code)


def test_it_warns_when_escalation_does_not_run(
    support: User, console, leak: ServiceRequest
) -> None:
    assert DEAF in page_of(console, support, leak)
    escalation.sweep()
    assert DEAF not in page_of(console, support, leak)
    Heartbeat.objects.filter(name=ESCALATION).update(
        beat_at=timezone.now() - dt.timedelta(seconds=121)
    )
    assert DEAF in page_of(console, support, leak)


def test_managers_are_warned_of_unapproved_texts(
    manager: User, support: User, console, leak: ServiceRequest
) -> None:
    assert UNAPPROVED in page_of(console, manager, leak)
    assert UNAPPROVED not in page_of(console, support, leak)
    types = console(manager).get("/admin/gasutil/requesttype/").content.decode()
    assert (UNAPPROVED in types, "These safety texts are not approved" in types) == (False, True)
    for request_type in catalogue.to_approve():
        catalogue.approve_safety(request_type.pk, actor=Actor(manager))
    assert UNAPPROVED not in page_of(console, manager, leak)


@pytest.mark.parametrize("path", ["/admin/login/"])
def test_other_users_see_no_warning(path: str, client, db: None) -> None:
    assert DEAF not in client.get(path).content.decode()
