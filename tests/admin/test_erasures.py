"""A customer's data in the console: a copy, their erasure, and its undoing."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import (
    Erasure,
    ErasureReason,
    SecurityEvent,
    SecurityEventType,
    ServiceRequest,
    User,
)
from gasutil.workflow import privacy, requests
from tests.support.console import page, ticket
from tests.support.proof import publish
from tests.support.worker import run_worker

LIST = "/admin/gasutil/erasure/"
LATER = dt.timedelta(days=40)


def send(client: Any, user: User, action: str, **fields: Any) -> Any:
    """Send the dialog of an action, as the page does."""
    data = {"_form_submitted": "on", **fields}
    return client.post(page(user, action), data, headers={"HX-Request": "true"})


def test_a_manager_gets_a_copy_for_the_customer(
    manager: User, customer: User, leak: ServiceRequest, support: User, console: Any
) -> None:
    requests.comment(leak.pk, actor=Actor(support), notes="Difficult", is_internal=True)
    client = console(manager)
    assert b"Internal notes are left out" in client.get(page(customer, "export-data")).content
    assert not SecurityEvent.objects.filter(event=SecurityEventType.EXPORT).exists()
    answer = client.post(page(customer, "export-data"))
    assert f"personal-data-{customer.pk}.json" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    data = json.loads(answer.content)
    assert data["profile"]["email"] == customer.email
    assert [obj["reference"] for obj in data["requests"]] == [leak.reference]
    assert b"Difficult" not in answer.content
    event = SecurityEvent.objects.get(event=SecurityEventType.EXPORT)
    assert (event.user, event.account) == (manager, customer)


def test_a_manager_plans_an_erasure_and_undoes_it(
    manager: User, customer: User, console: Any
) -> None:
    client = console(manager)
    assert send(client, customer, "erase", reason="").status_code == 200
    assert not Erasure.objects.exists()
    answer = send(client, customer, "erase", reason="asked")
    assert answer.headers["HX-Redirect"] == page(customer)
    erasure = Erasure.objects.get()
    assert (erasure.user, erasure.requested_by, erasure.reason) == (customer, manager, "asked")
    row = customer.history.latest()
    assert (row.history_user, row.history_change_reason) == (manager, "Erasure requested")
    text = client.get(page(customer)).content.decode()
    assert "Erasure requested, planned for" in text
    assert "Undo erasure" in text
    assert "Erase…" not in text

    assert send(client, customer, "undo-erasure").headers["HX-Redirect"] == page(customer)
    assert not Erasure.objects.waiting().exists()
    row = customer.history.latest()
    assert (row.history_user, row.history_change_reason) == (manager, "Erasure undone")
    assert "Erasure requested" not in client.get(page(customer)).content.decode()
    assert (
        b"No erasure of this account is planned." in send(client, customer, "undo-erasure").content
    )
    events = SecurityEvent.objects.filter(account=customer).values_list("event", flat=True)
    assert set(events) == {SecurityEventType.ERASURE, SecurityEventType.ERASURE_UNDO}


@pytest.mark.parametrize("by_mail", [True, False])
def test_an_undone_erasure_activates_no_account(
    by_mail: bool, manager: User, customer: User, console: Any, client: Any
) -> None:
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    send(console(manager), customer, "erase", reason="ended")
    run_worker()
    User.objects.filter(pk=customer.pk).update(is_active=False)
    if by_mail:
        link = next(word for word in mail.outbox[-1].body.split() if "/erasure/undo/" in word)
        client.post("/" + link.partition("://")[2].partition("/")[2])
    else:
        send(console(manager), customer, "undo-erasure")
    assert not Erasure.objects.waiting().exists()
    customer.refresh_from_db()
    assert not customer.is_active


def test_the_dialog_says_what_holds_an_erasure_up(
    manager: User, support: User, customer: User, leak: ServiceRequest, console: Any
) -> None:
    dispute = requests.submit(
        actor=Actor(customer), request_type="new_connection", description="Too much"
    )
    ServiceRequest.objects.filter(pk=dispute.pk).update(request_type="billing_dispute")
    client = console(manager)
    text = client.get(page(customer, "erase")).content.decode()
    assert "2 requests are open:" in text
    assert "1 of them disputes a bill or a meter reading." in text
    assert leak.reference in text
    assert "The person asked for it in their account" not in text
    for obj in (leak, dispute):
        requests.cancel(obj.pk, actor=Actor(support), notes="A mistake")
    assert "are open:" not in client.get(page(customer, "erase")).content.decode()


def test_the_plan_waits_for_the_time_to_reopen(
    customer: User, support: User, leak: ServiceRequest
) -> None:
    now = timezone.now()
    at = now + privacy.WAIT
    requests.cancel(leak.pk, actor=Actor(support), notes="A mistake")
    assert privacy.plan(customer, at, now).at == at
    ServiceRequest.objects.filter(pk=leak.pk).update(resolved_at=now)
    plan = privacy.plan(customer, at, now)
    assert plan.reopenable_until == plan.at == now + privacy.REOPEN_WITHIN


def test_support_sees_it_on_the_tickets(
    manager: User, support: User, customer: User, leak: ServiceRequest, console: Any
) -> None:
    client = console(support)
    assert "Erasure requested" not in client.get(ticket(leak)).content.decode()
    send(console(manager), customer, "erase", reason="asked")
    text = client.get(ticket(leak)).content.decode()
    assert "Erasure requested, planned for" in text
    assert "It waits until these requests are closed" in text
    requests.cancel(leak.pk, actor=Actor(support), notes="A mistake")
    publish()
    assert privacy.erase_due(timezone.now() + LATER) == 1
    assert "Personal data erased on" in client.get(ticket(leak)).content.decode()


def test_the_list_has_the_planned_and_the_finished_ones(
    manager: User, customer: User, neighbour: User, leak: ServiceRequest, console: Any
) -> None:
    for user in (customer, neighbour):
        privacy.request_erasure(user, ErasureReason.OWN, actor=Actor(user))
    publish()
    assert privacy.erase_due(timezone.now() + LATER) == 1
    client = console(manager)
    text = client.get(LIST).content.decode()
    assert "1 open request" in text
    assert f'<a class="link" href="{page(neighbour)}">' in text
    planned = client.get(f"{LIST}?state=planned").content.decode()
    assert page(customer) in planned
    assert page(neighbour) not in planned
    assert page(neighbour) in client.get(f"{LIST}?state=erased").content.decode()
    history = client.get(page(neighbour, "history")).content.decode()
    assert "Erasure requested" in history
    assert "Erased" in history


@pytest.mark.parametrize("action", ["export-data", "erase", "undo-erasure"])
def test_only_customers_have_it_and_only_by_permission(
    action: str, manager: User, support: User, colleague: User, customer: User, console: Any
) -> None:
    assert console(manager).get(page(colleague, action)).status_code in (200, 404)
    send(console(manager), colleague, action, reason="asked")
    assert send(console(support), customer, action, reason="asked").status_code == 403
    assert console(support).get(LIST).status_code == 403
    assert not Erasure.objects.exists()
    assert not SecurityEvent.objects.filter(event=SecurityEventType.EXPORT).exists()
