"""Incidents by API: several reports of the same problem."""

from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import Incident, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.machines import make_machine
from tests.support.problems import NOT_FOUND, TYPE, conflict, field_errors, not_allowed

KEPT = "It is an emergency and has no outcome “Made safe” or “Not a leak”."


@pytest.fixture
def incident(api: Any, support: User, leak: ServiceRequest, connection: ServiceRequest) -> Any:
    """An incident with a leak and another request."""
    body = {"title": " Smell in Park Street ", "reports": [leak.pk, connection.pk]}
    response = api(support).post("incidents/", body)
    assert response.status_code == 201, response.content
    assert response.headers["Location"] == f"/api/v1/incidents/{response.json()['id']}/"
    return response.json()


def test_it_works(
    api: Any, support: User, incident: Any, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    stored = Incident.objects.get()
    assert incident == {
        "id": stored.pk,
        "reference": stored.reference,
        "title": "Smell in Park Street",
        "notes": "",
        "created_at": stored.created_at.isoformat().replace("+00:00", "Z"),
        "closed_at": None,
        "reports": [leak.pk, connection.pk],
        "open_reports": 2,
    }
    client = api(support)
    assert client.get(f"incidents/{stored.pk}/").json() == incident
    assert client.get("incidents/").json()["results"] == [incident]
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.event, row.channel, row.is_internal) == ("request.joined", "api", True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"notes": "x"}),
        ("POST", "updates/", {"notes": "A crew is on its way."}),
        ("POST", "close/", {"notes": "Repaired."}),
        ("POST", "reports/", {"reports": []}),
    ],
)
def test_a_change_takes_the_tag_of_what_was_read(
    method: str,
    path: str,
    body: dict[str, Any],
    api: Any,
    support: User,
    incident: Any,
    connection: ServiceRequest,
) -> None:
    client = api(support)
    place = f"incidents/{incident['id']}/"
    body = body | ({"reports": [connection.pk]} if "reports" in body else {})
    read = client.get(place).headers["ETag"]
    client.patch(place, {"title": "Smell in the park"})
    rows = RequestUpdate.objects.count()
    stale = client(method, place + path, body, If_Match=read)
    assert (stale.status_code, stale.json()["type"]) == (412, TYPE + "stale-version")
    assert RequestUpdate.objects.count() == rows
    assert Incident.objects.get().notes == ""
    malformed = client(method, place + path, body, If_Match="abc")
    assert malformed.status_code == 412
    tags = f'"other", {client.get(place).headers["ETag"]}'
    assert client(method, place + path, body, If_Match=tags).status_code < 300
    assert client.patch(place, {"notes": "y"}, If_Match="*").status_code == 200


def test_it_can_be_opened_without_reports(api: Any, support: User) -> None:
    shown = api(support).post("incidents/", {"title": "x", "notes": "y"}).json()
    assert (shown["notes"], shown["reports"], shown["open_reports"]) == ("y", [], 0)


def test_it_changes(api: Any, support: User, incident: Any) -> None:
    path = f"incidents/{incident['id']}/"
    shown = api(support).patch(path, {"notes": "The main is damaged"}).json()
    assert shown == incident | {"notes": "The main is damaged"}
    assert field_errors(api(support).patch(path, {"title": " ", "closed_at": None})) == [
        ("title", "string_too_short"),
        ("closed_at", "extra_forbidden"),
    ]
    rows = Incident.objects.get().history.order_by("history_id")
    assert [row.history_change_reason for row in rows] == ["Opened", "Changed"]


def test_reports_join(api: Any, support: User, incident: Any, neighbour: User) -> None:
    report = requests.submit(
        actor=Actor(neighbour), request_type="gas_leak_inspection", description="x"
    )
    body = {"reports": [report.pk, incident["reports"][0]]}
    response = api(support).post(f"incidents/{incident['id']}/reports/", body)
    assert (response.status_code, response.json()["reports"]) == (
        200,
        [*incident["reports"], report.pk],
    )


def test_reports_have_to_exist(api: Any, support: User, incident: Any, neighbour: User) -> None:
    report = requests.submit(
        actor=Actor(neighbour), request_type="gas_leak_inspection", description="x"
    )
    client = api(support)
    for path, body in (
        ("incidents/", {"title": "x"}),
        (f"incidents/{incident['id']}/reports/", {}),
    ):
        response = client.post(path, body | {"reports": [report.pk, 2**40]})
        assert field_errors(response) == [("reports", "unknown_request")]
    assert Incident.objects.count() == 1
    assert ServiceRequest.objects.get(pk=report.pk).incident is None
    path = f"incidents/{incident['id']}/reports/"
    assert field_errors(client.post(path, {"reports": []})) == [("reports", "too_short")]
    assert client.post("incidents/999/reports/", {"reports": [report.pk]}).json() == NOT_FOUND


def test_a_note_goes_to_all_reporters(
    api: Any, support: User, customer: User, incident: Any
) -> None:
    path = f"incidents/{incident['id']}/updates/"
    response = api(support).post(path, {"notes": "A crew is digging"})
    assert (response.status_code, response.json()) == (
        201,
        {"service_requests": incident["reports"]},
    )
    api(support).post(path, {"notes": "For us", "is_internal": True})
    for pk in incident["reports"]:
        notes = [row["notes"] for row in api(customer).get(f"requests/{pk}/").json()["updates"]]
        assert notes == ["", "A crew is digging"]


def test_closing_keeps_emergencies_that_are_not_safe(
    api: Any, support: User, incident: Any, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client, path = api(support), f"incidents/{incident['id']}/"
    assert field_errors(client.post(f"{path}close/", {})) == [("notes", "missing")]
    response = client.post(f"{path}close/", {"notes": "Repaired"})
    assert (response.status_code, response.json()) == (
        200,
        {"resolved": [connection.pk], "kept": [{"service_request": leak.pk, "reason": KEPT}]},
    )
    shown = client.get(path).json()
    assert (shown["closed_at"] is None, shown["open_reports"]) == (False, 1)
    again = client.post(f"{path}close/", {"notes": "Repaired"})
    text = f"{incident['reference']} is already closed."
    assert (again.status_code, again.json()) == (409, conflict(text))
    late = client.post(f"{path}reports/", {"reports": [connection.pk]})
    assert late.status_code == 200  # it is in the incident already


def test_a_closed_incident_takes_no_more_reports(
    api: Any, support: User, incident: Any, neighbour: User
) -> None:
    report = requests.submit(
        actor=Actor(neighbour), request_type="gas_leak_inspection", description="x"
    )
    client, path = api(support), f"incidents/{incident['id']}/"
    client.post(f"{path}close/", {"notes": "Repaired"})
    response = client.post(f"{path}reports/", {"reports": [report.pk]})
    assert (response.status_code, response.json()) == (
        409,
        conflict(f"{incident['reference']} is closed."),
    )


def test_it_is_for_support(api: Any, customer: User, incident: Any) -> None:
    path = f"incidents/{incident['id']}/"
    for response in (
        api(customer).get("incidents/"),
        api(customer).get(path),
        api(customer).post("incidents/", {"title": "x"}),
        api(customer).post(f"{path}close/", {"notes": "x"}),
    ):
        assert (response.status_code, response.json()) == (
            403,
            not_allowed("Only support can do this."),
        )


def test_its_history_names_a_machine_account(manager: User, console: Any) -> None:
    machine = make_machine("requests:work", name="Robot")
    machine.post("incidents/", {"title": "Park Street"})
    row = Incident.history.get()
    assert (row.machine_account, row.history_user) == (machine.account, None)
    page = console(manager).get(f"/admin/gasutil/incident/{row.id}/change/").content
    assert b"<strong>Robot</strong>" in page
