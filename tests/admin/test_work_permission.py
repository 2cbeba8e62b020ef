"""The buttons that change requests, for staff with and without *Work on requests*."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from gasutil.access import Actor
from gasutil.groups import MANAGERS
from gasutil.models import BulkRun, Incident, ServiceRequest, User
from gasutil.workflow import incidents
from tests.support.console import QUEUE
from tests.support.machines import withdraw

FRONT, INCIDENTS = "/admin/", "/admin/gasutil/incident/"
TAKE = f"{QUEUE}take-next/"


@pytest.fixture
def incident(leak: ServiceRequest, manager: User) -> Incident:
    """An open incident with one report."""
    return incidents.open_incident(actor=Actor(manager), title="Lake View", reports=[leak.pk])


@pytest.fixture(params=["representative", "manager", "auditor"])
def member(
    request: pytest.FixtureRequest, incident: Incident, support: User, manager: User
) -> tuple[User, bool]:
    """A member of the staff, and whether they can work on requests."""
    if request.param == "auditor":
        withdraw(support, "work_servicerequest")
        return User.objects.get(pk=support.pk), False
    if request.param == "manager":
        assert manager.groups.filter(name=MANAGERS).exists()
        return manager, True
    assert Group.objects.filter(user=support).exists()
    return support, True


BUTTONS = {
    "take next, front page": (FRONT, TAKE),
    "take next, queue": (QUEUE, TAKE),
    "advice, front page": (FRONT, "Press “Take next”"),
    "advice, own requests": (f"{QUEUE}?view=mine", "Press “Take next”"),
    "bulk actions": (QUEUE, 'value="bulk_comment"'),
    "close incident": ("incident", 'data-verb="close"'),
    "write to all reports": ("incident", "/comment/"),
}


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_is_shown_to_those_who_can_use_it(
    member: tuple[User, bool], console: Any, incident: Incident, button: str
) -> None:
    person, may_work = member
    page, mark = BUTTONS[button]
    url = f"{INCIDENTS}{incident.pk}/change/" if page == "incident" else page
    response = console(person).get(url)
    assert response.status_code == 200
    assert (mark in response.content.decode()) is may_work


def test_reopening_an_incident_is_shown_to_those_who_can(
    member: tuple[User, bool], console: Any, incident: Incident
) -> None:
    person, may_work = member
    Incident.objects.update(closed_at=timezone.now())
    page = console(person).get(f"{INCIDENTS}{incident.pk}/change/").content.decode()
    assert ('data-verb="reopen"' in page) is may_work


def test_what_is_hidden_is_rejected(
    member: tuple[User, bool],
    console: Any,
    incident: Incident,
    leak: ServiceRequest,
    connection: ServiceRequest,
) -> None:
    person, may_work = member
    client = console(person)
    client.post(TAKE)
    client.post(QUEUE, {"action": "bulk_take", "_selected_action": [connection.pk]})
    fields = {"_form_submitted": "on", "notes": "Everyone is safe"}
    for verb in ("comment", "close"):
        client.post(f"{INCIDENTS}{incident.pk}/{verb}/", fields, headers={"HX-Request": "true"})
    leak.refresh_from_db()
    incident.refresh_from_db()
    assert (leak.assigned_to == person) is may_work
    assert BulkRun.objects.exists() is may_work
    assert (incident.closed_at is not None) is may_work
