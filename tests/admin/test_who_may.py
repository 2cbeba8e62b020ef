"""The page “Who can do this?”."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.admin.accounts.permitted_actions import PERMITTED_ACTIONS
from gasutil.admin.accounts.who_may import Holdings, decide
from gasutil.models import MachineAccount, MachineScope, ServiceRequest, User
from gasutil.workflow import reports
from tests.support.console import QUEUE
from tests.support.machines import make_machine

PAGE = "/admin/who-may/"


def page(console: Any, user: User, query: str = "") -> str:
    response = console(user).get(f"{PAGE}?{query}")
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def test_it_says_who_can_see_a_request(
    manager: User, support: User, neighbour: User, leak: ServiceRequest, console: Any
) -> None:
    machine = make_machine(MachineScope.REQUESTS_READ, owner=manager, name="Dispatch").account
    shown = page(console, manager, f"request={leak.reference.lower()}")
    allowed, _details, others = shown.partition("<details")
    for name in (str(manager), str(support), str(leak.customer), "Owner", machine.name):
        assert name in allowed.partition('id="allowed-title"')[2]
    assert str(neighbour) not in allowed + others


def test_it_says_who_may_not_and_why(manager: User, auditor: User, console: Any) -> None:
    _allowed, _details, others = page(console, manager, "action=resolve").partition("<details")
    assert str(auditor) in others
    assert "Lacks the permission “Work on requests”" in others


def test_it_says_what_someone_may_do(
    manager: User, support: User, leak: ServiceRequest, console: Any
) -> None:
    shown = page(console, manager, f"who=user-{support.pk}&request={leak.reference}")
    assert f"What {support} may do" in shown
    assert "Support representative, group Support" in shown
    assert "Not while it is Pending" in shown
    machine = make_machine(MachineScope.REQUESTS_READ, owner=manager, name="Dispatch").account
    assert "Scope requests:read" in page(console, manager, f"who=machine-{machine.pk}")


def test_it_answers_about_a_customer_by_a_link(manager: User, customer: User, console: Any) -> None:
    shown = page(console, manager, f"who=user-{customer.pk}")
    assert f"What {customer} may do" in shown
    assert "Customers, on their own requests" in shown


def test_it_names_the_link_for_tracking(manager: User, console: Any) -> None:
    report = reports.report_emergency(address="1 High Street")
    shown = page(console, manager, f"request={report.reference}")
    assert "Anyone with the link for tracking it" in shown
    ServiceRequest.objects.filter(pk=report.pk).update(
        created_at=timezone.now() - dt.timedelta(days=31)
    )
    assert "Anyone with the link" not in page(console, manager, f"request={report.reference}")


@pytest.mark.parametrize(
    "query",
    ["request=SR-AAA-AAA-AAA", "action=fly", "who=user-0", "who=user-x", f"who=user-{'9' * 30}"],
)
def test_it_rejects_what_there_is_not(manager: User, console: Any, query: str) -> None:
    shown = page(console, manager, query)
    assert 'role="alert"' in shown
    assert 'id="allowed-title"' not in shown


def test_it_is_for_those_with_the_permission(
    support: User, auditor: User, leak: ServiceRequest, console: Any
) -> None:
    assert console(support).get(PAGE).status_code == 403
    ticket, link = f"{QUEUE}{leak.pk}/change/", f"{PAGE}?request={leak.reference}"
    assert link not in console(support).get(ticket).content.decode()
    assert link in console(auditor).get(ticket).content.decode()


def test_a_revoked_key_and_an_overdue_second_factor_do_nothing(
    manager: User, leak: ServiceRequest, settings: Settings
) -> None:
    machine = make_machine(*MachineScope.values, owner=manager).account
    MachineAccount.objects.update(revoked_at=timezone.now())
    machine.refresh_from_db()
    settings.SECOND_FACTOR_ROLES = ["manager"]
    manager.enrol_by = timezone.now()
    for actor, why in (
        (Actor(None, machine=machine), "Its key is revoked or has expired"),
        (Actor(manager), "Must set up a second factor first"),
    ):
        verdict = decide(
            actor, PERMITTED_ACTIONS["see"], leak, Holdings.of([manager]), timezone.now()
        )
        assert verdict == (False, why)
