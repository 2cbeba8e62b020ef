"""Filters of the queue: danger, incidents, and what is due soon."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import incidents, requests

QUEUE = "/admin/gasutil/servicerequest/?view=open&"


@pytest.fixture
def rows(customer: User, support: User) -> dict[str, ServiceRequest]:
    actor = Actor(customer, Channel.API)
    unwell = {"people_unwell": True}
    found = {
        "danger": requests.submit(
            actor=actor, request_type="gas_leak_inspection", description="x", details=unwell
        ),
        "joined": requests.submit(actor=actor, request_type="no_supply", description="x"),
        "late": requests.submit(actor=actor, request_type="new_connection", description="x"),
        "later": requests.submit(actor=actor, request_type="new_connection", description="x"),
    }
    incidents.open_incident(actor=Actor(support), title="Street", reports=[found["joined"].pk])
    now = timezone.now()
    for name, hours in {"danger": 0.5, "joined": 3, "late": -2, "later": 240}.items():
        due = now + dt.timedelta(hours=hours)
        ServiceRequest.objects.filter(pk=found[name].pk).update(due_at=due)
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("danger=yes", {"danger"}),
        ("danger=no", {"joined", "late", "later"}),
        ("in_incident=yes", {"joined"}),
        ("in_incident=no", {"danger", "late", "later"}),
        ("due=hour", {"danger", "late"}),
        ("due=shift", {"danger", "joined", "late"}),
        ("due=nonsense", {"danger", "joined", "late", "later"}),
    ],
)
def test_it_works(
    query: str, names: set[str], rows: dict[str, ServiceRequest], support: User, console: Any
) -> None:
    shown = console(support).get(QUEUE + query).context["cl"].result_list
    assert {obj.pk for obj in shown} == {rows[name].pk for name in names}


def test_today_ends_at_midnight(
    rows: dict[str, ServiceRequest], support: User, console: Any
) -> None:
    shown = {obj.pk for obj in console(support).get(f"{QUEUE}due=today").context["cl"].result_list}
    assert rows["late"].pk in shown
    assert rows["later"].pk not in shown


def test_a_view_with_such_a_filter_can_be_saved(
    rows: dict[str, ServiceRequest], support: User, console: Any
) -> None:
    url = "/admin/gasutil/servicerequest/views/save/"
    query = "danger=yes&due=hour&in_incident=no"
    console(support).post(f"{url}?{query}", {"_form_submitted": "on", "name": "Danger"})
    assert {*support.saved_views.get().query.split("&")} == {*query.split("&")}


def test_assigning_shows_the_load_of_each_representative(
    rows: dict[str, ServiceRequest], support: User, manager: User, console: Any
) -> None:
    requests.assign(rows["late"].pk, actor=Actor(manager), assigned_to=support.pk)
    ServiceRequest.objects.filter(pk=rows["late"].pk).update(due_at=rows["late"].created_at)
    page = console(manager).get(f"/admin/gasutil/servicerequest/{rows['later'].pk}/assign/")
    assert f"{support} (1 open · 1 late)" in page.content.decode()


def test_the_ticket_links_to_the_operators_map(
    rows: dict[str, ServiceRequest], support: User, console: Any, settings: Any
) -> None:
    url = f"/admin/gasutil/servicerequest/{rows['late'].pk}/change/"
    assert "map-link" not in console(support).get(url).content.decode()
    settings.MAP_URL = "https://map.test/?q={place}"
    place = rows["late"].address.replace(" ", "%20")
    assert f'href="https://map.test/?q={place}"' in console(support).get(url).content.decode()
    ServiceRequest.objects.filter(pk=rows["late"].pk).update(latitude=18.5, longitude=73.8)
    assert "?q=18.50000%2C73.80000" in console(support).get(url).content.decode()


def test_reopened_requests_are_found_while_they_are_open(
    rows: dict[str, ServiceRequest], support: User, customer: User, console: Any
) -> None:
    for name in ("late", "later"):
        requests.resolve(rows[name].pk, actor=Actor(support))
    requests.comment(rows["late"].pk, actor=Actor(customer), notes="It is not done")
    shown = {}
    for wanted in ("yes", "no"):
        page = console(support).get(f"/admin/gasutil/servicerequest/?view=all&reopened={wanted}")
        text = page.content.decode()
        shown[wanted] = {name for name, obj in rows.items() if obj.reference in text}
    assert shown == {"yes": {"late"}, "no": {"danger", "joined", "later"}}
