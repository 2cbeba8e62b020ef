import datetime as dt

import pytest

from gasutil.access import Actor
from gasutil.errors import Conflict, TransitionRefused
from gasutil.models import Priority, ServiceRequest, Status, User
from gasutil.workflow import requests

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_it_works(support: User, connection: ServiceRequest) -> None:
    requests.resolve(connection.pk, actor=Actor(support), now=NOON)
    obj = ServiceRequest.objects.get(pk=connection.pk)
    assert (obj.status, obj.resolved_at, obj.updated_at, obj.is_open) == (
        "resolved",
        NOON,
        NOON,
        False,
    )


@pytest.mark.parametrize("notes", ["", "  \n", "\u200b", "\u3164", "?!", "👍", "\u00ad\u2060."])
def test_an_emergency_is_not_resolved_without_notes(
    notes: str, support: User, leak: ServiceRequest
) -> None:
    with pytest.raises(TransitionRefused) as refusal:
        requests.resolve(leak.pk, actor=Actor(support), notes=notes)
    assert (
        refusal.value.message
        == f"{leak.reference} is an emergency: record `made_safe` or `not_a_leak` first, or add"
        " notes that explain why it can be resolved."
    )
    assert refusal.value.allowed_statuses == ["in_progress", "on_hold", "cancelled"]
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.PENDING


def test_it_resolves_an_emergency_with_a_reason(support: User, leak: ServiceRequest) -> None:
    requests.resolve(
        leak.pk, actor=Actor(support), notes="Gas leak fixed. No further action required."
    )
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.RESOLVED


def test_a_raised_request_counts_as_an_emergency(support: User, connection: ServiceRequest) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.EMERGENCY)
    with pytest.raises(TransitionRefused):
        requests.resolve(connection.pk, actor=Actor(support))


def test_it_cannot_be_passed_by_lowering_the_priority_in_the_same_change(
    support: User, leak: ServiceRequest
) -> None:
    with pytest.raises(Conflict):
        requests.update(
            leak.pk,
            actor=Actor(support),
            notes="Lowered",
            priority=Priority.LOW,
            status=Status.RESOLVED,
        )


def test_internal_notes_count_as_a_reason(support: User, leak: ServiceRequest) -> None:
    requests.resolve(
        leak.pk, actor=Actor(support), notes="A false alarm, the third.", is_internal=True
    )
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.RESOLVED
