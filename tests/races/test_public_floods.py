"""Many reports without an account: all are stored, grouped, and paged once."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from gasutil.models import Delivery, Notice, ReportGroup, RequestUpdate, ServiceRequest, User
from gasutil.notify import deliveries
from gasutil.workflow.unverified import PUBLIC_REPORTS
from tests.support.api import Api
from tests.support.concurrency import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
THREADS = 8
PLACE = {"address": "1 High Street", "description": "It smells of gas"}


def flood(number: int, call: Callable[[int], Any]) -> list[Any]:
    shares = [range(start, number, THREADS) for start in range(THREADS)]
    made = at_once(*(lambda share=share: [call(n) for n in share] for share in shares))
    return [response for share in made for response in share]


def from_address(address: str) -> Api:
    client = Api()
    client.client.defaults["REMOTE_ADDR"] = address
    return client


def plan_all() -> None:
    deliveries.plan_notifications.func(
        list(RequestUpdate.objects.order_by("pk").values_list("pk", flat=True))
    )


def pages_now() -> list[Any]:
    """Return the pages that are sent at once; another one may wait for the next minute."""
    pages = Delivery.objects.filter(notice=Notice.UNVERIFIED_REPORTS).order_by("pk")
    assert len(pages) <= 2
    return [page for page in pages if page.next_at <= page.created_at]


def test_five_hundred_reports_from_one_address_are_paged_once(db: None, manager: User) -> None:
    client, began = from_address("192.0.2.7"), time.monotonic()
    answers = flood(500, lambda n: client.post("emergencies/", PLACE))
    seconds = time.monotonic() - began
    assert Counter(answer.status_code for answer in answers) == {201: 500}
    assert ServiceRequest.objects.count() == 500
    assert Counter(answer.json()["is_unverified"] for answer in answers)[False] == 20
    assert sum(group.reports.count() for group in ReportGroup.objects.all()) == 480
    plan_all()
    assert len(pages_now()) == 1
    assert seconds < 60  # a server with more cores takes ten


def test_two_hundred_reports_from_as_many_addresses_are_paged_once(db: None, manager: User) -> None:
    answers = flood(
        200, lambda n: from_address(f"198.51.{n // 100}.{n % 100}").post("emergencies/", PLACE)
    )
    assert Counter(answer.status_code for answer in answers) == {201: 200}
    verified = PUBLIC_REPORTS.limit
    assert Counter(answer.json()["is_unverified"] for answer in answers)[False] == verified
    assert sum(group.reports.count() for group in ReportGroup.objects.all()) == 200 - verified
    plan_all()
    assert len(pages_now()) == 1
