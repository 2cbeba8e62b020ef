"""What the pages of a shift cost is bounded, with a hundred requests and with thousands.

`tests/scale/` has the same bounds with a hundred thousand requests on PostgreSQL.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import engine, requests
from tests.support.console import QUEUE, ticket
from tests.support.query_counts import cost_of

SIZES = (100, 3000)
BOUNDS = {"list": 10, "ticket": 20, "front page": 15}
ONE_ADDRESS = "7 Shanti Nagar, Pune"


def fill(customer: User, agents: list[User], number: int) -> None:
    """Add so many requests with their history: leaks and others, open and closed, of one address.

    A third has an assignee, and each tenth escalated.
    """
    now = timezone.now()
    filed = [now - dt.timedelta(minutes=place) for place in range(number)]
    rows = ServiceRequest.objects.bulk_create(
        ServiceRequest(
            customer=customer,
            request_type_id="gas_leak_inspection" if place % 5 == 0 else "new_connection",
            is_emergency=place % 5 == 0,
            description=f"Request {place}",
            address=ONE_ADDRESS,
            status=Status.RESOLVED if place % 2 else Status.PENDING,
            is_open=place % 2 == 0,
            assigned_to=agents[place % len(agents)] if place % 3 == 0 else None,
            created_at=at,
            resolved_at=at if place % 2 else None,
        )
        for place, at in enumerate(filed)
    )
    copied = [field.attname for field in RequestUpdate.tracked_fields]
    RequestUpdate.objects.bulk_create(
        RequestUpdate(
            **{name: getattr(obj, name) for name in copied},
            event="request.escalated" if place % 10 == 0 else "request.created",
            history_date=obj.created_at,
            history_type="+",
        )
        for place, obj in enumerate(rows)
    )


@pytest.fixture
def pages(customer: User, support: User, colleague: User) -> Callable[[], dict[str, str]]:
    """Give `pages()`: the addresses of the pages; the ticket is a late leak that was discussed."""
    late = timezone.now() - dt.timedelta(minutes=30)
    leak = requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="It smells",
        address=ONE_ADDRESS,
        now=late,
    )
    engine.escalate(leak.pk)
    requests.take(leak.pk, actor=Actor(support))
    for _number in range(12):
        requests.comment(leak.pk, actor=Actor(customer), notes="Hello?")
        requests.comment(leak.pk, actor=Actor(colleague), notes="A crew is near", is_internal=True)
    return lambda: {"list": QUEUE, "ticket": ticket(leak), "front page": "/admin/"}


@pytest.mark.parametrize("role", ["support", "manager"])
def test_they_hold_at_each_size(
    role: str,
    request: pytest.FixtureRequest,
    customer: User,
    support: User,
    colleague: User,
    pages: Callable[[], dict[str, str]],
    console: Any,
) -> None:
    client = console(request.getfixturevalue(role))
    costs: dict[str, list[int]] = {name: [] for name in BOUNDS}
    for size in SIZES:
        fill(customer, [support, colleague], size - ServiceRequest.objects.count())
        for name, path in pages().items():
            cost, response = cost_of(lambda path=path: client.get(path))
            assert ONE_ADDRESS in response.content.decode() or name != "ticket"
            costs[name].append(cost)
    assert ServiceRequest.objects.count() == SIZES[-1]
    assert {name: max(cost) <= BOUNDS[name] for name, cost in costs.items()} == dict.fromkeys(
        BOUNDS, True
    ), costs
    assert all(len({*cost}) == 1 for cost in costs.values()), costs
