"""Browsers of the roles in the console."""

from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import (
    Calendar,
    CannedReply,
    Erasure,
    ErasureReason,
    Export,
    MachineScope,
    Review,
    ReviewReason,
    ServiceRequest,
    Team,
    User,
)
from gasutil.workflow import bulk, imports, incidents, requests, webhooks
from tests.support.console import Browser
from tests.support.machines import make_machine
from tests.support.tables import table_of


@pytest.fixture(autouse=True)
def complete(complete_histories: None) -> None:
    """Each test of this folder fails if the product writes without a history row."""


@pytest.fixture
def desk(support: User, manager: User, customer: User, root: User, leak: ServiceRequest) -> None:
    """One object of every kind."""
    run = bulk.prepare(actor=Actor(support), verb="hold", pks=[leak.pk])
    bulk.confirm(run.pk, actor=Actor(support))
    incidents.gather(leak.pk, actor=Actor(support), incident=None, title="A leak", reports=[])
    Calendar.objects.create(name="Office")
    Team.objects.create(name="North")
    CannedReply.objects.create(title="Hello", text="Good day.")
    webhooks.subscribe(
        actor=Actor(root), name="Dispatch", url="https://example.com/", events=["request.created"]
    )
    make_machine(MachineScope.REQUESTS_READ, owner=manager)
    row = {"customer": "customer", "request_type": "new_connection", "description": "A line"}
    now = timezone.now()
    Erasure.objects.create(user=customer, reason=ErasureReason.ASKED, not_before=now, undone_at=now)
    Review.objects.create(
        service_request=leak, round=1, reason=ReviewReason.EMERGENCY, due_at=now, outcome="reviewed"
    )
    Export.objects.create(author=root, what="gasutil.user", file_format="csv", rows=1)
    imports.create_draft(actor=Actor(root), filename="calls.csv", table=table_of(row))
    requests.comment(leak.pk, actor=Actor(support), notes="Ours", is_internal=True)


@pytest.fixture
def visitors(desk: None, support: User, manager: User, root: User, console: Any) -> list[Browser]:
    """An agent, a manager and a superuser, who see an error as it is returned."""
    return [console(user, raise_request_exception=False) for user in (support, manager, root)]
