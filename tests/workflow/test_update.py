import pytest

from gasutil.access import Actor
from gasutil.errors import Conflict, FieldError, Invalid, StaleVersion
from gasutil.models import Priority, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import requests


def log_of(obj: ServiceRequest) -> list[tuple[object, ...]]:
    """Return the rows of the log after the first one.

    Each has its event, status, previous status, notes, and whether it is internal.
    """
    return list(
        RequestUpdate.objects.filter(id=obj.pk)
        .order_by("history_id")
        .values_list("event", "status", "previous_status", "notes", "is_internal")[1:]
    )


def test_it_logs_several_changes_as_one(support: User, connection: ServiceRequest) -> None:
    requests.update(
        connection.pk,
        actor=Actor(support),
        status=Status.IN_PROGRESS,
        priority=Priority.HIGH,
        assigned_to=support.pk,
        notes="Mine",
    )
    obj = ServiceRequest.objects.get(pk=connection.pk)
    assert (obj.status, obj.priority, obj.assigned_to, obj.version) == (
        "in_progress",
        "high",
        support,
        2,
    )
    assert log_of(obj) == [("request.status_changed", "in_progress", "pending", "Mine", False)]


def test_it_keeps_internal_notes_apart_from_the_change_beside_them(
    support: User, connection: ServiceRequest
) -> None:
    requests.update(
        connection.pk,
        actor=Actor(support),
        status=Status.ON_HOLD,
        notes="Bad payer",
        is_internal=True,
    )
    assert log_of(connection) == [
        ("request.status_changed", "on_hold", "pending", "", False),
        ("request.commented", "on_hold", "on_hold", "Bad payer", True),
    ]
    assert ServiceRequest.objects.get(pk=connection.pk).version == 3


def test_it_logs_internal_notes_alone_as_an_internal_comment(
    support: User, connection: ServiceRequest
) -> None:
    requests.update(connection.pk, actor=Actor(support), notes="Bad payer", is_internal=True)
    assert log_of(connection) == [("request.commented", "pending", "pending", "Bad payer", True)]


def test_internal_needs_notes(support: User, connection: ServiceRequest) -> None:
    with pytest.raises(Invalid) as refusal:
        requests.update(
            connection.pk, actor=Actor(support), status=Status.ON_HOLD, is_internal=True
        )
    assert refusal.value.errors == [FieldError("notes", "required", "Enter some text.")]
    assert log_of(connection) == []


def test_the_current_status_is_no_transition(support: User, connection: ServiceRequest) -> None:
    requests.update(connection.pk, actor=Actor(support), status=Status.PENDING)
    assert log_of(connection) == []
    assert ServiceRequest.objects.get(pk=connection.pk).version == 1


def test_the_current_status_with_notes_is_a_note(support: User, connection: ServiceRequest) -> None:
    requests.update(
        connection.pk, actor=Actor(support), status=Status.PENDING, notes="Still waiting"
    )
    assert log_of(connection) == [
        ("request.commented", "pending", "pending", "Still waiting", False)
    ]


def test_one_rejected_change_rejects_all(support: User, connection: ServiceRequest) -> None:
    with pytest.raises(Invalid):
        requests.update(
            connection.pk,
            actor=Actor(support),
            status=Status.IN_PROGRESS,
            assigned_to=connection.customer_id,
            notes="Mine",
        )
    assert ServiceRequest.objects.get(pk=connection.pk).status == Status.PENDING
    assert log_of(connection) == []


def test_it_rejects_a_stale_version(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    requests.update(connection.pk, actor=Actor(colleague), priority=Priority.HIGH, versions=(1,))
    with pytest.raises(StaleVersion) as refusal:
        requests.update(connection.pk, actor=Actor(support), priority=Priority.LOW, versions=(1,))
    assert refusal.value.message == f"{connection.reference} has changed. Its current version is 2."
    assert ServiceRequest.objects.get(pk=connection.pk).priority == "high"


def test_it_records_an_update_and_returns_its_row(
    support: User, connection: ServiceRequest
) -> None:
    row = requests.record(
        actor=Actor(support), service_request=connection.pk, status=Status.RESOLVED, notes="Done."
    )
    assert (row.id, row.status, row.previous_status, row.notes) == (
        connection.pk,
        "resolved",
        "pending",
        "Done.",
    )


def test_an_empty_update_is_rejected(support: User, connection: ServiceRequest) -> None:
    with pytest.raises(Invalid) as refusal:
        requests.record(actor=Actor(support), service_request=connection.pk)
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("status", "required"),
        ("notes", "required"),
    ]


def test_it_records_no_update_that_changes_nothing(
    support: User, connection: ServiceRequest
) -> None:
    with pytest.raises(Conflict) as refusal:
        requests.record(actor=Actor(support), service_request=connection.pk, status=Status.PENDING)
    assert (
        refusal.value.message
        == f"{connection.reference} is already pending. Add notes to record a note."
    )
