"""Recording a milestone, and the milestones that an emergency needs before it is resolved."""

import datetime as dt
from typing import Any

import pytest

from gasutil import deadlines
from gasutil.access import SYSTEM, Actor
from gasutil.errors import (
    ApprovalRequired,
    Conflict,
    FieldError,
    Invalid,
    NotAllowed,
    NotFound,
    StaleVersion,
    TransitionRefused,
)
from gasutil.models import Priority, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.request_types import make_type

VALUES = ["acknowledged", "on_site", "made_safe", "not_a_leak", "no_access"]
KNOWN = "Choose one of: `acknowledged`, `on_site`, `made_safe`, `not_a_leak`, `no_access`."


def met(obj: ServiceRequest) -> dict[str, dt.datetime]:
    """Return the milestones that a request has met, and when."""
    result = deadlines.milestones_of(ServiceRequest.objects.get(pk=obj.pk))
    return {
        milestone.name: milestone.met_at for milestone in result if milestone.met_at is not None
    }


def record(obj: ServiceRequest, user: User, milestone: str, **options: Any) -> Any:
    return requests.record_milestone(obj.pk, actor=Actor(user), milestone=milestone, **options)


def test_it_works(support: User, leak: ServiceRequest) -> None:
    now = leak.created_at + dt.timedelta(minutes=30)
    row = record(leak, support, "on_site", notes="At the gate", is_internal=False, now=now)
    assert (row.event, row.subject, row.notes, row.is_internal) == (
        "request.milestone",
        "on_site",
        "At the gate",
        False,
    )
    assert (row.history_user, row.history_date, row.status, row.previous_status) == (
        support,
        now,
        "pending",
        "pending",
    )
    assert row.pk == RequestUpdate.objects.filter(id=leak.pk).latest("history_id").pk
    assert ServiceRequest.objects.get(pk=leak.pk).version == 2


def test_it_records_what_comes_before(support: User, leak: ServiceRequest) -> None:
    now = leak.created_at + dt.timedelta(minutes=3)
    record(leak, support, "made_safe", now=now)
    assert met(leak) == {"acknowledged": now, "on_site": now, "made_safe": now}


def test_it_leaves_what_was_recorded_before_as_it_was(support: User, leak: ServiceRequest) -> None:
    first, second = (leak.created_at + dt.timedelta(minutes=minutes) for minutes in (3, 9))
    record(leak, support, "on_site", now=first)
    record(leak, support, "made_safe", now=second)
    assert met(leak) == {"acknowledged": first, "on_site": first, "made_safe": second}


def test_the_next_milestone_is_due_then(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "on_site")
    obj = ServiceRequest.objects.get(pk=leak.pk)
    due = obj.created_at + dt.timedelta(minutes=120)
    assert (obj.due_at, obj.escalate_at) == (due, due)


@pytest.mark.parametrize("name", ["visited", "", "Acknowledged", "resolve"])
def test_it_names_those_that_it_knows(name: str, support: User, leak: ServiceRequest) -> None:
    with pytest.raises(Invalid) as refusal:
        record(leak, support, name)
    assert refusal.value.errors == [
        FieldError("milestone", "unknown_milestone", KNOWN, {"values": VALUES})
    ]
    assert met(leak) == {}


def test_resolved_is_recorded_by_resolving(support: User, leak: ServiceRequest) -> None:
    with pytest.raises(Conflict) as refusal:
        record(leak, support, "resolved")
    assert refusal.value.message == "Resolve the request to record this step."


@pytest.mark.parametrize("name", ["acknowledged", "on_site", "no_access", "resolved"])
@pytest.mark.parametrize("status", ["resolved", "cancelled"])
def test_it_records_nothing_of_what_is_closed(
    status: str, name: str, support: User, leak: ServiceRequest
) -> None:
    verb = {"resolved": requests.resolve, "cancelled": requests.cancel}[status]
    verb(leak.pk, actor=SYSTEM, notes="A false alarm.")
    with pytest.raises(Conflict) as refusal:
        record(leak, support, name)
    assert (
        refusal.value.message
        == f"{leak.reference} is {status}. Steps can only be recorded on open requests."
    )


def test_it_records_nothing_twice(support: User, colleague: User, leak: ServiceRequest) -> None:
    record(leak, support, "on_site", now=dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC))
    with pytest.raises(
        Conflict, match=r"^“On site” was already recorded at 01 Mar 2026, \d\d:\d\d\.$"
    ):
        record(leak, colleague, "on_site")


def test_a_first_action_may_be_the_acknowledgement_itself(
    support: User, leak: ServiceRequest
) -> None:
    assert record(leak, support, "acknowledged").subject == "acknowledged"
    assert list(met(leak)) == ["acknowledged"]


def test_it_is_not_acknowledged_twice(support: User, colleague: User, leak: ServiceRequest) -> None:
    requests.start(leak.pk, actor=Actor(support))
    with pytest.raises(Conflict) as refusal:
        record(leak, colleague, "acknowledged")
    assert refusal.value.message == f"{leak.reference} has nothing to acknowledge."


def test_it_requires_support(
    customer: User, neighbour: User, pending: User, leak: ServiceRequest
) -> None:
    for user, kind in ((customer, NotAllowed), (neighbour, NotFound), (pending, ApprovalRequired)):
        with pytest.raises(kind):
            record(leak, user, "on_site")
    assert met(leak) == {}


def test_it_rejects_a_stale_version(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "on_site", versions=(1,))
    with pytest.raises(StaleVersion):
        record(leak, support, "made_safe", versions=(1,))


def test_notes_are_internal_and_have_a_row_of_their_own(
    support: User, leak: ServiceRequest
) -> None:
    record(leak, support, "on_site", notes="Hostile dog")
    rows = (
        RequestUpdate.objects.filter(id=leak.pk)
        .order_by("history_id")
        .values_list("event", "notes", "is_internal")[1:]
    )
    assert list(rows) == [
        ("request.milestone", "", False),
        ("request.commented", "Hostile dog", True),
    ]


# --- Nobody could get in
# ------------------------------------------------------------------------------------------
def test_no_access_is_logged_and_meets_only_the_acknowledgement(
    support: User, leak: ServiceRequest
) -> None:
    row = record(leak, support, "no_access", notes="Gate locked")
    assert (row.event, row.subject) == ("request.milestone", "no_access")
    assert list(met(leak)) == ["acknowledged"]


def test_no_access_can_be_recorded_repeatedly(support: User, leak: ServiceRequest) -> None:
    for _ in range(3):
        record(leak, support, "no_access")
    assert RequestUpdate.objects.filter(id=leak.pk, subject="no_access").count() == 3


def refusal_of(obj: ServiceRequest, user: User, notes: str) -> str:
    with pytest.raises(TransitionRefused) as refusal:
        requests.resolve(obj.pk, actor=Actor(user), notes=notes)
    assert ServiceRequest.objects.get(pk=obj.pk).is_open
    assert "resolved" not in refusal.value.allowed_statuses
    return refusal.value.message


def stays_open(obj: ServiceRequest) -> str:
    return (
        f"{obj.reference} is an emergency: no one could get in. Record `made_safe` or `not_a_leak`"
        " first."
    )


def test_no_access_keeps_an_emergency_open(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "no_access")
    assert refusal_of(leak, support, "The smell has gone.") == stays_open(leak)


def test_no_access_after_a_visit_keeps_it_open_too(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "on_site")
    record(leak, support, "no_access")
    assert refusal_of(leak, support, "The smell has gone.") == stays_open(leak)


def test_a_visit_after_no_access_is_no_outcome(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "no_access")
    record(leak, support, "on_site")
    assert refusal_of(leak, support, "The smell has gone.") == stays_open(leak)


@pytest.mark.parametrize("outcome", ["made_safe", "not_a_leak"])
def test_an_outcome_after_no_access_lets_it_be_resolved(
    outcome: str, support: User, leak: ServiceRequest
) -> None:
    record(leak, support, "no_access")
    record(leak, support, outcome)
    requests.resolve(leak.pk, actor=Actor(support))
    assert not ServiceRequest.objects.get(pk=leak.pk).is_open


def test_the_last_outcome_counts(support: User, leak: ServiceRequest) -> None:
    for outcome in ("made_safe", "no_access"):
        record(leak, support, outcome)
    assert refusal_of(leak, support, "The smell has gone.") == stays_open(leak)
    record(leak, support, "made_safe")
    requests.resolve(leak.pk, actor=Actor(support))


def test_an_outcome_is_recorded_again_only_if_it_changes(
    support: User, leak: ServiceRequest
) -> None:
    record(leak, support, "not_a_leak")
    with pytest.raises(Conflict):
        record(leak, support, "not_a_leak")
    record(leak, support, "made_safe")
    record(leak, support, "not_a_leak")


@pytest.mark.parametrize("outcome", ["made_safe", "not_a_leak", "no_access"])
def test_a_reopened_emergency_has_no_outcome(
    outcome: str, support: User, leak: ServiceRequest
) -> None:
    record(leak, support, "no_access")
    record(leak, support, "made_safe")
    requests.resolve(leak.pk, actor=Actor(support))
    requests.reopen(leak.pk, actor=Actor(support))
    assert "is an emergency" in refusal_of(leak, support, "")
    record(leak, support, outcome)


def test_an_outcome_from_before_it_became_an_emergency_does_not_count(
    support: User, connection: ServiceRequest
) -> None:
    make_type("check", limits={"made_safe": 60, "resolved": 600})
    requests.reclassify(connection.pk, actor=Actor(support), request_type="check")
    record(connection, support, "made_safe")
    requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.EMERGENCY)
    assert "is an emergency" in refusal_of(connection, support, "")


def test_a_request_that_is_no_emergency_has_no_outcome_but_no_access(
    support: User, connection: ServiceRequest
) -> None:
    with pytest.raises(Invalid):
        record(connection, support, "not_a_leak")


def test_an_acknowledgement_after_no_access_is_no_visit(
    support: User, leak: ServiceRequest
) -> None:
    requests.record_milestone(leak.pk, actor=SYSTEM, milestone="no_access")
    record(leak, support, "acknowledged")
    assert refusal_of(leak, support, "The smell has gone.") == stays_open(leak)


@pytest.mark.parametrize(
    "notes",
    [
        "Gas leak fixed.",
        "Got in by the back door.",
        "Access was easy; hose replaced.",
        "Nobody hurt.",
        "No access problems; leak fixed.",
        "Leak fixed, no in-house meter affected.",
        "No one answered the first call; the second crew made it safe.",
        "रिसाव ठीक किया गया",
        "1",
    ],
)
def test_other_notes_let_it_be_resolved(notes: str, support: User, leak: ServiceRequest) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes=notes)
    assert not ServiceRequest.objects.get(pk=leak.pk).is_open


def test_what_was_made_safe_is_resolved_without_notes(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "made_safe")
    requests.resolve(leak.pk, actor=Actor(support))
    assert "resolved" in met(leak)


def test_what_was_made_safe_is_resolved_after_no_access(
    support: User, leak: ServiceRequest
) -> None:
    record(leak, support, "no_access")
    record(leak, support, "made_safe")
    requests.resolve(leak.pk, actor=Actor(support), notes="At first no one was at home.")
    assert not ServiceRequest.objects.get(pk=leak.pk).is_open


def test_what_is_no_emergency_may_be_resolved_without_access(
    support: User, connection: ServiceRequest
) -> None:
    record(connection, support, "no_access")
    requests.resolve(connection.pk, actor=Actor(support), notes="No access, three times.")
    assert not ServiceRequest.objects.get(pk=connection.pk).is_open


def test_what_was_made_an_emergency_is_kept_open_as_one(
    support: User, connection: ServiceRequest
) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.EMERGENCY)
    record(connection, support, "no_access")
    assert refusal_of(connection, support, "The smell has gone.") == stays_open(connection)
