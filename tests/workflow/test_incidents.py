"""Incidents: the reporters are notified together, and no report is lost when it is closed."""

import datetime as dt
from collections.abc import Callable

import pytest

from gasutil.access import SYSTEM, Actor
from gasutil.errors import ApprovalRequired, Conflict, FieldError, Invalid, NotAllowed, NotFound
from gasutil.models import Incident, RequestUpdate, ServiceRequest, User
from gasutil.workflow import incidents, requests

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
KEPT = "It is an emergency and has no outcome “Made safe” or “Not a leak”."


def file_leak(user: User) -> ServiceRequest:
    return requests.submit(
        actor=Actor(user),
        request_type="gas_leak_inspection",
        description="A smell of gas in the street",
    )


@pytest.fixture
def other_leak(neighbour: User) -> ServiceRequest:
    """The neighbour's report of the same leak."""
    return file_leak(neighbour)


@pytest.fixture
def incident(support: User, leak: ServiceRequest, other_leak: ServiceRequest) -> Incident:
    """An incident with the two reports of the leak."""
    return incidents.open_incident(
        actor=Actor(support), title="Smell in Park Street", reports=[leak.pk, other_leak.pk]
    )


def now_of(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def log_of(obj: ServiceRequest) -> list[tuple[str, str, str, bool]]:
    """Return the event, subject, notes and visibility of the rows after the first."""
    rows = RequestUpdate.objects.filter(id=obj.pk).order_by("history_id")
    return list(rows.values_list("event", "subject", "notes", "is_internal")[1:])


# --- Opening, joining, leaving
# ------------------------------------------------------------------------------------
def test_it_opens_with_reports(
    support: User, incident: Incident, leak: ServiceRequest, other_leak: ServiceRequest
) -> None:
    assert incidents.open_reports(incident.pk) == [leak.pk, other_leak.pk]
    for report in (leak, other_leak):
        assert log_of(report) == [("request.joined", incident.reference, "", True)]
    (row,) = incident.history.all()
    assert (row.history_user, row.history_change_reason) == (support, "Opened")


def test_a_report_keeps_its_reporter_and_its_clocks(
    incident: Incident, leak: ServiceRequest
) -> None:
    joined = now_of(leak)
    assert (joined.customer, joined.respond_by, joined.resolve_by) == (
        leak.customer,
        leak.respond_by,
        leak.resolve_by,
    )


def test_it_opens_with_all_reports_or_not_at_all(support: User, leak: ServiceRequest) -> None:
    with pytest.raises(NotFound):
        incidents.open_incident(actor=Actor(support), title="Smell", reports=[leak.pk, 2**40])
    assert not Incident.objects.exists()
    assert now_of(leak).incident is None


@pytest.mark.parametrize(
    ("title", "code"), [("", "blank"), ("  ", "blank"), ("a" * 201, "max_length")]
)
def test_it_needs_a_title(title: str, code: str, support: User) -> None:
    with pytest.raises(Invalid) as refusal:
        incidents.open_incident(actor=Actor(support), title=title, reports=[])
    assert [(error.field, error.code) for error in refusal.value.errors] == [("title", code)]


def test_a_report_joins_later(support: User, incident: Incident, customer: User) -> None:
    late = file_leak(customer)
    incidents.join(late.pk, actor=Actor(support), incident=incident.pk)
    assert late.pk in incidents.open_reports(incident.pk)


def test_joining_twice_is_logged_once(
    support: User, incident: Incident, leak: ServiceRequest
) -> None:
    incidents.join(leak.pk, actor=Actor(support), incident=incident.pk)
    assert len(log_of(leak)) == 1


def test_a_report_belongs_to_one_incident(
    support: User, incident: Incident, leak: ServiceRequest
) -> None:
    other = incidents.open_incident(actor=Actor(support), title="Another", reports=[leak.pk])
    assert leak.pk not in incidents.open_reports(incident.pk)
    assert [subject for _, subject, *_ in log_of(leak)] == [incident.reference, other.reference]


def test_a_report_leaves(support: User, incident: Incident, leak: ServiceRequest) -> None:
    incidents.leave(leak.pk, actor=Actor(support))
    assert now_of(leak).incident is None
    assert log_of(leak)[-1] == ("request.left", incident.reference, "", True)


def test_what_belongs_to_no_incident_cannot_leave(support: User, leak: ServiceRequest) -> None:
    with pytest.raises(Conflict) as refusal:
        incidents.leave(leak.pk, actor=Actor(support))
    assert refusal.value.message == f"{leak.reference} is not part of an incident."


def test_nothing_joins_what_is_closed(support: User, customer: User, incident: Incident) -> None:
    incidents.close(incident.pk, actor=Actor(support), notes="Over.")
    late = file_leak(customer)
    with pytest.raises(Conflict) as refusal:
        incidents.join(late.pk, actor=Actor(support), incident=incident.pk)
    assert refusal.value.message == f"{incident.reference} is closed."
    assert now_of(late).incident is None


def test_nothing_joins_what_is_not_there(support: User, leak: ServiceRequest) -> None:
    with pytest.raises(NotFound):
        incidents.join(leak.pk, actor=Actor(support), incident=2**40)


# --- Notifying all customers
# --------------------------------------------------------------------------------------------
def test_a_note_is_written_on_every_report(
    support: User, incident: Incident, leak: ServiceRequest, other_leak: ServiceRequest
) -> None:
    rows = incidents.comment(incident.pk, actor=Actor(support), notes="We are on our way.")
    assert [row.id for row in rows] == [leak.pk, other_leak.pk]
    for report in (leak, other_leak):
        assert log_of(report)[-1] == ("request.commented", "", "We are on our way.", False)


def test_an_internal_note_stays_internal(
    support: User, incident: Incident, leak: ServiceRequest
) -> None:
    incidents.comment(
        incident.pk, actor=Actor(support), notes="A drunken digger driver.", is_internal=True
    )
    assert log_of(leak)[-1] == ("request.commented", "", "A drunken digger driver.", True)


def test_a_note_is_written_on_open_reports_of_the_incident_alone(
    support: User,
    incident: Incident,
    leak: ServiceRequest,
    other_leak: ServiceRequest,
    connection: ServiceRequest,
) -> None:
    requests.cancel(leak.pk, actor=Actor(support), notes="Filed twice.")
    rows = incidents.comment(incident.pk, actor=Actor(support), notes="We are on our way.")
    assert [row.id for row in rows] == [other_leak.pk]
    assert log_of(connection) == []


@pytest.mark.parametrize("notes", ["", " \n", "a" * 4001])
def test_a_note_cannot_be_empty(
    notes: str, support: User, incident: Incident, leak: ServiceRequest
) -> None:
    with pytest.raises(Invalid):
        incidents.comment(incident.pk, actor=Actor(support), notes=notes)
    with pytest.raises(Invalid):
        incidents.close(incident.pk, actor=Actor(support), notes=notes)
    assert len(log_of(leak)) == 1


# --- Closing
# --------------------------------------------------------------------------------------------------
def test_closing_keeps_an_emergency_open_that_was_not_made_safe(
    support: User, incident: Incident, leak: ServiceRequest, other_leak: ServiceRequest
) -> None:
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="made_safe")
    closed = incidents.close(
        incident.pk, actor=Actor(support), notes="Pipe repaired.", now=dt.datetime.now(dt.UTC)
    )
    assert [report.pk for report in closed.resolved] == [leak.pk]
    assert [(report.pk, why) for report, why in closed.kept] == [(other_leak.pk, KEPT)]
    assert (now_of(leak).status, now_of(other_leak).status) == ("resolved", "pending")


def test_closing_resolves_other_requests_with_its_note(
    support: User, incident: Incident, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    incidents.join(connection.pk, actor=Actor(support), incident=incident.pk)
    closed = incidents.close(incident.pk, actor=Actor(support), notes="Pipe repaired.")
    assert [report.pk for report in closed.resolved] == [connection.pk]
    assert log_of(connection)[-1] == ("request.status_changed", "", "Pipe repaired.", False)
    assert len(log_of(leak)) == 1


def test_closing_stores_user_and_time(support: User, incident: Incident) -> None:
    closed = incidents.close(incident.pk, actor=Actor(support), notes="Pipe repaired.", now=NOON)
    assert closed.incident.closed_at == Incident.objects.get(pk=incident.pk).closed_at == NOON
    row = incident.history.latest()
    assert (row.history_user, row.history_change_reason) == (support, "Closed")


def test_closing_leaves_closed_reports_as_they_were(
    support: User, incident: Incident, leak: ServiceRequest
) -> None:
    requests.cancel(leak.pk, actor=Actor(support), notes="Filed twice.")
    before = now_of(leak).version
    closed = incidents.close(incident.pk, actor=Actor(support), notes="Pipe repaired.")
    assert leak.pk not in [report.pk for report in closed.resolved]
    assert (now_of(leak).status, now_of(leak).version) == ("cancelled", before)


def test_what_was_kept_is_still_of_the_incident_and_is_resolved_on_its_own(
    support: User, incident: Incident, leak: ServiceRequest
) -> None:
    incidents.close(incident.pk, actor=Actor(support), notes="Pipe repaired.")
    assert now_of(leak).incident == incident
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="made_safe")
    requests.resolve(leak.pk, actor=Actor(support))
    assert not now_of(leak).is_open


def test_it_is_closed_once(support: User, incident: Incident) -> None:
    incidents.close(incident.pk, actor=Actor(support), notes="Pipe repaired.")
    with pytest.raises(Conflict) as refusal:
        incidents.close(incident.pk, actor=Actor(support), notes="Again.")
    assert refusal.value.message == f"{incident.reference} is already closed."


# --- Who may
# --------------------------------------------------------------------------------------------------
Verb = Callable[[Actor, Incident, ServiceRequest], object]
VERBS: dict[str, Verb] = {
    "open": lambda actor, incident, leak: incidents.open_incident(
        actor=actor, title="Smell", reports=[leak.pk]
    ),
    "join": lambda actor, incident, leak: incidents.join(
        leak.pk, actor=actor, incident=incident.pk
    ),
    "leave": lambda actor, incident, leak: incidents.leave(leak.pk, actor=actor),
    "comment": lambda actor, incident, leak: incidents.comment(
        incident.pk, actor=actor, notes="Hello"
    ),
    "close": lambda actor, incident, leak: incidents.close(incident.pk, actor=actor, notes="Over."),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_it_requires_support(
    verb: Verb, customer: User, pending: User, incident: Incident, leak: ServiceRequest
) -> None:
    before = RequestUpdate.objects.count(), Incident.history.count()
    for user, kind in ((customer, NotAllowed), (pending, ApprovalRequired)):
        with pytest.raises(kind):
            verb(Actor(user), incident, leak)
    assert (RequestUpdate.objects.count(), Incident.history.count()) == before


def test_a_customer_cannot_join_what_is_anothers(
    neighbour: User, incident: Incident, leak: ServiceRequest
) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        incidents.leave(leak.pk, actor=Actor(neighbour))
    assert now_of(leak).incident == incident


def test_the_system_may(incident: Incident, connection: ServiceRequest) -> None:
    incidents.join(connection.pk, actor=SYSTEM, incident=incident.pk)
    assert now_of(connection).incident == incident


def test_an_error_in_the_notes_is_named(support: User) -> None:
    with pytest.raises(Invalid) as refusal:
        incidents.open_incident(actor=Actor(support), title="Smell", reports=[], notes="a\x00b")
    assert refusal.value.errors == [
        FieldError("notes", "null_characters_not_allowed", "Null characters are not allowed.")
    ]
