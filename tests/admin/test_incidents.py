"""Incidents in the console: joining reports, writing to all of them, and closing."""

from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import Channel, Incident, RequestUpdate, ServiceRequest, User
from gasutil.workflow import incidents, requests
from tests.support.console import log, ticket

LIST = "/admin/gasutil/incident/"


@pytest.fixture
def reports(customer: User, neighbour: User) -> list[ServiceRequest]:
    """Two reports of the same leak."""
    return [
        requests.submit(
            actor=Actor(who, Channel.API),
            request_type="gas_leak_inspection",
            description="Gas!",
            address=f"{n}, Lake View, Pune",
        )
        for n, who in enumerate((customer, neighbour))
    ]


@pytest.fixture
def incident(reports: list[ServiceRequest], support: User) -> Incident:
    """The incident that both are joined to."""
    return incidents.open_incident(
        actor=Actor(support), title="Lake View", reports=[report.pk for report in reports]
    )


def page_of(incident: Incident, verb: str = "change") -> str:
    return f"{LIST}{incident.pk}/{verb}/"


def send(client: Any, incident: Incident, verb: str, **fields: Any) -> Any:
    return client.post(
        page_of(incident, verb), {"_form_submitted": "on", **fields}, headers={"HX-Request": "true"}
    )


def test_a_ticket_shows_what_may_be_the_same_and_joins_it(
    reports: list[ServiceRequest], support: User, console
) -> None:
    first, second = reports
    client = console(support)
    assert second.reference in client.get(ticket(first)).content.decode()
    shown = client.get(ticket(first, "join")).content.decode()
    assert f'value="{second.pk}"' in shown
    answer = client.verb(first, "join", incident="", title="Lake View", reports=[second.pk])
    assert answer.headers["HX-Redirect"] == ticket(first)
    incident = Incident.objects.get(title="Lake View")
    assert set(incident.reports.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert [log(report)[-1][0] for report in reports] == ["request.joined"] * 2
    assert incident.reference in client.get(ticket(second)).content.decode()


def test_a_report_joins_an_incident_that_is_open(
    incident: Incident, leak: ServiceRequest, support: User, console
) -> None:
    console(support).verb(leak, "join", incident=incident.pk, title="")
    leak.refresh_from_db()
    assert leak.incident == incident


def test_a_new_incident_needs_a_title(leak: ServiceRequest, support: User, console) -> None:
    answer = console(support).verb(leak, "join", incident="", title="  ")
    assert "HX-Redirect" not in answer.headers
    assert b"field cannot be blank" in answer.content
    assert not Incident.objects.exists()


def test_a_report_is_removed_with_a_note(
    incident: Incident, reports: list[ServiceRequest], support: User, console
) -> None:
    client = console(support)
    client.verb(reports[0], "leave", notes="Another street", is_internal="on")
    reports[0].refresh_from_db()
    assert reports[0].incident is None
    assert RequestUpdate.objects.filter(
        id=reports[0].pk, notes="Another street", is_internal=True
    ).exists()
    assert (
        f"removed the request from incident {incident.reference}"
        in client.get(ticket(reports[0])).content.decode()
    )


def test_its_page_shows_every_report(
    incident: Incident, reports: list[ServiceRequest], support: User, console
) -> None:
    page = console(support).get(page_of(incident)).content.decode()
    for report in reports:
        assert report.reference in page
        assert report.address in page
    assert "2 of 2 reports open" in page


def test_a_note_is_written_on_every_open_report(
    incident: Incident, reports: list[ServiceRequest], support: User, console
) -> None:
    requests.cancel(reports[0].pk, actor=Actor(support), notes="Filed twice")
    answer = send(console(support), incident, "comment", notes="The main valve is closed")
    assert answer.headers["HX-Redirect"] == page_of(incident)
    assert [
        RequestUpdate.objects.filter(id=report.pk, notes="The main valve is closed").count()
        for report in reports
    ] == [0, 1]


def test_an_empty_note_is_rejected(incident: Incident, support: User, console) -> None:
    assert b"Enter some text." in send(console(support), incident, "comment", notes=" ").content


def test_closing_keeps_unsafe_emergencies_open(
    incident: Incident, reports: list[ServiceRequest], support: User, console
) -> None:
    requests.record_milestone(reports[0].pk, actor=Actor(support), milestone="made_safe")
    client = console(support)
    assert (
        "stays open unless its last outcome is “Made safe” or “Not a leak”"
        in client.get(page_of(incident, "close")).content.decode()
    )
    send(client, incident, "close", notes="Leak closed")
    page = client.get(page_of(incident)).content.decode()
    assert f"{incident.reference} closed, and 1 report resolved." in page
    assert f"{reports[1].reference} stays open." in page
    assert [ServiceRequest.objects.get(pk=report.pk).status for report in reports] == [
        "resolved",
        "pending",
    ]
    assert b"is already closed" in send(client, incident, "close", notes="Again").content


def test_closing_needs_a_note(incident: Incident, support: User, console) -> None:
    assert b"Enter some text." in send(console(support), incident, "close", notes="").content
    incident.refresh_from_db()
    assert incident.closed_at is None


def test_the_list_counts_reports(
    incident: Incident, reports: list[ServiceRequest], support: User, console
) -> None:
    requests.cancel(reports[0].pk, actor=Actor(support), notes="Filed twice")
    answer = console(support).get(LIST)
    row = answer.context["cl"].result_list[0]
    assert (row, row.n_all, row.n_open) == (incident, 2, 1)
    for cell in ("1 open", "2 reports"):
        assert cell in answer.content.decode()


@pytest.mark.parametrize("verb", ["comment", "close"])
def test_a_get_changes_nothing_and_a_post_needs_a_token(
    verb: str, incident: Incident, reports: Any, support: User, console
) -> None:
    before = [log(report) for report in reports]
    assert (
        console(support)
        .get(page_of(incident, verb), {"notes": "x", "_form_submitted": "on"})
        .status_code
        == 200
    )
    assert (
        send(console(support, enforce_csrf_checks=True), incident, verb, notes="x").status_code
        == 403
    )
    assert [log(report) for report in reports] == before


@pytest.mark.parametrize("path", [LIST, f"{LIST}1/change/", f"{LIST}1/comment/", f"{LIST}1/close/"])
def test_customers_see_no_incident(path: str, incident: Incident, customer: User, console) -> None:
    assert console(customer).get(path).status_code in (302, 403, 404)


@pytest.mark.parametrize("pk", ["0", "9" * 30, "x"])
def test_a_missing_object_is_404(pk: str, support: User, console) -> None:
    assert console(support).get(f"{LIST}{pk}/change/").status_code == 404


def test_no_form_edits_an_incident(incident: Incident, manager: User, console) -> None:
    client = console(manager)
    assert client.post(page_of(incident), {"title": "x"}).status_code == 405
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(page_of(incident, "delete"), {"post": "yes"}).status_code == 403


def test_a_closed_incident_can_be_reopened(incident: Incident, support: User, console) -> None:
    client = console(support)
    assert client.get(page_of(incident, "reopen")).status_code == 405
    answer = client.post(page_of(incident, "reopen"), follow=True)
    assert "is already open" in answer.content.decode()
    send(client, incident, "close", notes="Repaired")
    assert "Reopen incident" in client.get(page_of(incident)).content.decode()
    page = client.post(page_of(incident, "reopen"), follow=True).content.decode()
    assert f"{incident.reference} reopened." in page
    assert "reopened the incident" in page
    incident.refresh_from_db()
    assert incident.closed_at is None


def test_what_is_written_to_all_is_one_line_of_its_history(
    incident: Incident, reports: list[ServiceRequest], support: User, console
) -> None:
    client = console(support)
    send(client, incident, "comment", notes="A main is broken")
    lines = client.get(page_of(incident)).context["lines"]
    assert [(line["what"], line["notes"]) for line in lines[:-1]] == [
        ("wrote on 2 reports", "A main is broken")
    ]


def test_requests_are_joined_from_the_queue(
    incident: Incident, support: User, connection: ServiceRequest, console
) -> None:
    client = console(support)
    data = {"action": "bulk_join", "_selected_action": [connection.pk]}
    page = client.post("/admin/gasutil/servicerequest/", data, follow=True).content.decode()
    assert incident.title in page
