"""Several reports of one thing: each keeps its reporter, its clocks and its history."""

import pytest

from gasutil.access import Actor
from gasutil.errors import ApprovalRequired, Conflict, Invalid, NotAllowed, NotFound
from gasutil.models import Event, Incident, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import incidents, requests


@pytest.fixture
def reports(leak: ServiceRequest, connection: ServiceRequest, neighbour: User) -> list[ServiceRequest]:
    """A leak, something that is no emergency, and a neighbour's leak."""
    other = requests.submit(actor=Actor(neighbour), request_type="gas_leak_inspection", description="Me too")
    return [leak, connection, other]


@pytest.fixture
def incident(reports: list[ServiceRequest], support: User) -> Incident:
    return incidents.open_incident(actor=Actor(support), title=" Main street ", reports=[one.pk for one in reports])


def read(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def log(obj: ServiceRequest) -> list[tuple[str, str, bool]]:
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id").values_list("event", "subject", "is_internal"))


def test_each_report_keeps_its_reporter_its_clocks_and_its_history(reports: list[ServiceRequest], incident: Incident) -> None:
    assert incident.title == "Main street"
    for before in reports:
        after = read(before)
        assert (after.incident, after.customer, after.created_at) == (incident, before.customer, before.created_at)
        assert [one["due_at"] for one in after.milestones] == [one["due_at"] for one in before.milestones]
        assert log(before) == [(Event.CREATED, "", False), (Event.JOINED, incident.reference, True)]


def test_joining_twice_is_joined_once(leak: ServiceRequest, support: User) -> None:
    incident = incidents.open_incident(actor=Actor(support), title="x", reports=[leak.pk])
    incidents.join(leak.pk, actor=Actor(support), incident=incident.pk)
    assert len(log(leak)) == 2


def test_it_joins_all_or_none(leak: ServiceRequest, support: User) -> None:
    with pytest.raises(NotFound):
        incidents.open_incident(actor=Actor(support), title="x", reports=[leak.pk, 10**9])
    assert not Incident.objects.exists()
    assert len(log(leak)) == 1


def test_it_needs_a_title(leak: ServiceRequest, support: User) -> None:
    with pytest.raises(Invalid):
        incidents.open_incident(actor=Actor(support), title="  ", reports=[leak.pk])


def test_a_report_leaves(leak: ServiceRequest, support: User, incident: Incident) -> None:
    incidents.leave(leak.pk, actor=Actor(support))
    assert read(leak).incident is None
    assert log(leak)[-1] == (Event.LEFT, incident.reference, True)
    with pytest.raises(Conflict, match="belongs to no incident"):
        incidents.leave(leak.pk, actor=Actor(support))


def test_a_word_is_written_on_each_open_report(reports: list[ServiceRequest], incident: Incident, support: User) -> None:
    requests.cancel(reports[1].pk, actor=Actor(support))
    rows = incidents.comment(incident.pk, actor=Actor(support), notes="The valve is closed")
    assert [row.id for row in rows] == [reports[0].pk, reports[2].pk]
    assert [row.notes for row in rows] == ["The valve is closed"] * 2
    assert log(reports[1])[-1][0] == Event.STATUS_CHANGED


def test_closing_never_closes_an_emergency_whose_own_gate_is_unmet(
    reports: list[ServiceRequest], incident: Incident, support: User
) -> None:
    leak, connection, other = reports
    requests.record_milestone(other.pk, actor=Actor(support), milestone="made_safe")
    done = incidents.close(incident.pk, actor=Actor(support), notes="Pipe mended")
    assert {one.pk for one in done.resolved} == {connection.pk, other.pk}
    assert [(one.pk, why) for one, why in done.kept] == [(leak.pk, "It is an emergency, and that it was made safe has not been recorded.")]
    assert [read(one).status for one in reports] == [Status.PENDING, Status.RESOLVED, Status.RESOLVED]
    assert RequestUpdate.objects.filter(id=other.pk).latest("history_id").notes == "Pipe mended"
    assert Incident.objects.get().closed_at is not None
    assert [row.history_change_reason for row in Incident.history.order_by("history_id")] == ["Opened", "Closed"]


def test_nothing_joins_or_closes_what_is_closed(incident: Incident, support: User, customer: User) -> None:
    incidents.close(incident.pk, actor=Actor(support), notes="Done")
    late = requests.submit(actor=Actor(customer), request_type="gas_leak_inspection", description="x")
    with pytest.raises(Conflict, match="is closed"):
        incidents.join(late.pk, actor=Actor(support), incident=incident.pk)
    with pytest.raises(Conflict, match="closed already"):
        incidents.close(incident.pk, actor=Actor(support), notes="Done")


def test_incidents_are_for_support(incident: Incident, leak: ServiceRequest, customer: User, pending: User) -> None:
    for user, refusal in ((customer, NotAllowed), (pending, ApprovalRequired)):
        for call in (
            lambda actor: incidents.open_incident(actor=actor, title="x", reports=[]),
            lambda actor: incidents.join(leak.pk, actor=actor, incident=incident.pk),
            lambda actor: incidents.leave(leak.pk, actor=actor),
            lambda actor: incidents.comment(incident.pk, actor=actor, notes="x"),
            lambda actor: incidents.close(incident.pk, actor=actor, notes="x"),
        ):
            with pytest.raises(refusal):
                call(Actor(user))
