"""One account that makes calls as fast as it can.

Everything about emergencies is stored, and few notices are sent.
"""

from collections import Counter
from collections.abc import Callable
from math import log2
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import Delivery, Event, Notice, ReportGroup, RequestUpdate, ServiceRequest, User
from gasutil.notify import deliveries, notices
from gasutil.workflow import engine, requests
from tests.support.api import Api
from tests.support.concurrency import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
LEAK = {"request_type": "gas_leak_inspection", "description": "It smells of gas"}
THREADS, EACH = 12, 5


def flood(call: Callable[[int], Any]) -> list[Any]:
    """Make 60 calls, 12 at a time, and return the responses."""
    return [
        item
        for batch in at_once(
            *(lambda n=n: [call(n * EACH + i) for i in range(EACH)] for n in range(THREADS))
        )
        for item in batch
    ]


def plan_all(**which: Any) -> None:
    """Plan the notices of some history rows as several workers do.

    Then plan them again, as a worker that was interrupted does.
    """
    pks = list(RequestUpdate.objects.filter(**which).order_by("pk").values_list("pk", flat=True))
    shares = [pks[n::4] for n in range(4)]
    for _again in range(2):
        at_once(
            *(lambda share=share: deliveries.plan_notifications.func(share) for share in shares)
        )


def count(notice: Notice) -> int:
    return Delivery.objects.filter(notice=notice).count()


def test_sixty_emergencies_at_once_are_created_and_page_a_few_times(
    customer: User, manager: User, settings: Settings
) -> None:
    client = Api(customer)
    answers = flood(lambda n: client.post("requests/", LEAK | {"description": f"Report {n}"}))
    assert Counter(answer.status_code for answer in answers) == {201: 60}
    verified = sum(not answer.json()["is_unverified"] for answer in answers)
    assert (
        settings.EMERGENCY_LIMIT - THREADS < verified <= settings.EMERGENCY_LIMIT
    )  # some reach one limit, others the other one
    assert {row.description for row in ServiceRequest.objects.all()} == {
        f"Report {n}" for n in range(60)
    }
    size = sum(group.reports.count() for group in ReportGroup.objects.all())
    assert size == 60 - verified
    plan_all(event=Event.CREATED)
    groups = (
        ReportGroup.objects.count()
    )  # of the address and of the account, and others where the hour ends in between
    assert groups <= count(Notice.UNVERIFIED_REPORTS) <= groups * (log2(size) + 1)
    assert verified <= count(Notice.RECEIVED) <= verified + 5  # several workers plan at once


def test_their_escalations_notify_once_for_the_place(customer: User, manager: User) -> None:
    client = Api(customer)
    flood(lambda n: client.post("requests/", LEAK))
    rows = list(ServiceRequest.objects.all())
    at_once(
        *(
            lambda share=share: [engine.escalate(obj.pk, obj.respond_by) for obj in share]
            for share in (rows[n::6] for n in range(6))
        )
    )
    assert RequestUpdate.objects.filter(event=Event.ESCALATED).count() == 60
    plan_all(event=Event.ESCALATED)
    verified = ServiceRequest.objects.filter(is_unverified=False).count()
    assert count(Notice.ESCALATED) == verified + ReportGroup.objects.count()


def test_reports_are_acknowledged_while_their_notices_are_planned(
    customer: User, support: User, manager: User, settings: Settings
) -> None:
    """Both lock the request and its group: in one order, so that neither fails."""
    settings.EMERGENCY_LIMIT = 1
    client = Api(customer)
    flood(lambda n: client.post("requests/", LEAK))
    rows = list(ServiceRequest.objects.filter(is_unverified=True))
    pks = list(RequestUpdate.objects.filter(event=Event.CREATED).values_list("pk", flat=True))
    at_once(
        lambda: [
            requests.assign(obj.pk, actor=Actor(support), assigned_to=support.pk) for obj in rows
        ],
        lambda: [
            requests.comment(obj.pk, actor=Actor(manager), notes="We are on our way.")
            for obj in reversed(rows)
        ],
        lambda: deliveries.plan_notifications.func(pks),
        lambda: deliveries.plan_notifications.func(pks[::-1]),
    )
    assert not ReportGroup.objects.filter(acknowledged_at=None).exists()
    paged = count(Notice.UNVERIFIED_REPORTS)
    report = client.post("requests/", LEAK).json()
    plan_all(id=report["id"])
    assert count(Notice.UNVERIFIED_REPORTS) == paged


def test_sixty_messages_at_once_are_stored_and_notify_a_few_times(
    leak: ServiceRequest, customer: User, manager: User, settings: Settings
) -> None:
    settings.COMMENT_LIMIT = 10
    client = Api(customer)
    answers = flood(
        lambda n: client.post(f"requests/{leak.pk}/comments/", {"notes": f"Message {n}"})
    )
    assert Counter(answer.status_code for answer in answers) == {201: 60}
    assert RequestUpdate.objects.filter(id=leak.pk, notes__startswith="Message").count() == 60
    plan_all(notes__startswith="Message")
    assert (
        count(Notice.EMERGENCY_MESSAGE) <= notices.BURST_MESSAGES + 8
    )  # several workers plan at once


def test_the_limit_holds_for_calls_at_once(
    connection: ServiceRequest, customer: User, settings: Settings
) -> None:
    settings.COMMENT_LIMIT = 10
    client = Api(customer)
    answers = flood(
        lambda n: client.post(f"requests/{connection.pk}/comments/", {"notes": f"Message {n}"})
    )
    assert Counter(answer.status_code for answer in answers) == {201: 10, 429: 50}
