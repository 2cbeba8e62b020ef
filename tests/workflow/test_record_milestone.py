"""Recording what a request has come to, and the gate that an emergency is closed through."""

import datetime as dt
from typing import Any

import pytest

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, NotFound, TransitionRefused
from gasutil.models import RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import engine, requests


def met(obj: ServiceRequest) -> dict[str, bool]:
    """Return which milestones have been met."""
    return {one.name: one.met_at is not None for one in deadlines.milestones_of(ServiceRequest.objects.get(pk=obj.pk))}


def record(obj: ServiceRequest, user: User, milestone: str, **said: Any) -> Any:
    return requests.record_milestone(obj.pk, actor=Actor(user), milestone=milestone, **said)


def test_it_works(support: User, leak: ServiceRequest) -> None:
    row = record(leak, support, "on_site", notes="At the gate")
    assert (row.event, row.subject, row.notes, row.is_internal) == ("request.milestone", "on_site", "At the gate", False)
    assert met(leak) == {"acknowledged": True, "on_site": True, "made_safe": False, "resolved": False}


def test_it_records_what_comes_before(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "made_safe")
    assert met(leak) == {"acknowledged": True, "on_site": True, "made_safe": True, "resolved": False}


def test_it_names_what_there_is(support: User, leak: ServiceRequest) -> None:
    with pytest.raises(Invalid) as refusal:
        record(leak, support, "dug_up")
    assert refusal.value.faults == [("milestone", "unknown_milestone", "This request has: acknowledged, on_site, made_safe, no_access.")]


def test_it_is_recorded_once(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "on_site")
    with pytest.raises(Conflict, match="On site was recorded at"):
        record(leak, support, "on_site")


def test_resolved_is_recorded_by_resolving(support: User, leak: ServiceRequest) -> None:
    with pytest.raises(Conflict, match="by resolving"):
        record(leak, support, "resolved")


def test_nothing_is_recorded_of_what_is_closed(support: User, leak: ServiceRequest) -> None:
    requests.cancel(leak.pk, actor=Actor(support))
    with pytest.raises(Conflict, match="is cancelled"):
        record(leak, support, "on_site")


def test_only_support_records(customer: User, neighbour: User, leak: ServiceRequest) -> None:
    with pytest.raises(NotAllowed):
        record(leak, customer, "on_site")
    with pytest.raises(NotFound):
        record(leak, neighbour, "on_site")
    assert RequestUpdate.objects.filter(id=leak.pk).count() == 1


def test_what_was_made_safe_is_resolved_without_a_word(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "made_safe")
    requests.resolve(leak.pk, actor=Actor(support))
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.RESOLVED


def test_it_stays_open_where_nobody_could_get_in(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "on_site")
    record(leak, support, "no_access")
    with pytest.raises(TransitionRefused, match="nobody could get in"):
        requests.resolve(leak.pk, actor=Actor(support), notes="Card left at the door")
    record(leak, support, "made_safe")
    requests.resolve(leak.pk, actor=Actor(support))
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.RESOLVED


def test_nobody_in_is_forgotten_once_somebody_was(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "no_access")
    record(leak, support, "on_site")
    requests.resolve(leak.pk, actor=Actor(support), notes="No leak found, all appliances checked.")
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.RESOLVED


@pytest.mark.parametrize(
    "notes", ["Could not get access", "couldn't gain access to the flat", "No access.", "nobody at home", "No one was home"]
)
def test_it_knows_the_words_for_it(notes: str, support: User, leak: ServiceRequest) -> None:
    with pytest.raises(TransitionRefused, match="nobody could get in"):
        requests.resolve(leak.pk, actor=Actor(support), notes=notes)


def test_a_reason_that_mentions_access_is_none_the_less_one(support: User, leak: ServiceRequest) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="We got access through the neighbour; valve closed, pipe sealed.")
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.RESOLVED


def test_acknowledging_ends_an_escalation_until_the_next_step_is_late(support: User, leak: ServiceRequest) -> None:
    late = leak.created_at + dt.timedelta(minutes=6)
    assert engine.escalate(leak.pk, late) == 1
    record(leak, support, "acknowledged", now=late)
    assert engine.escalate(leak.pk, late + dt.timedelta(minutes=30)) == 0
    assert engine.escalate(leak.pk, leak.created_at + dt.timedelta(minutes=61)) == 1
    record(leak, support, "acknowledged", now=leak.created_at + dt.timedelta(minutes=62))
    assert engine.escalate(leak.pk, leak.created_at + dt.timedelta(minutes=90)) == 0
    assert not met(leak)["on_site"]


def test_there_is_nothing_to_acknowledge_twice(support: User, leak: ServiceRequest) -> None:
    record(leak, support, "acknowledged")
    with pytest.raises(Conflict, match="nothing has been escalated since"):
        record(leak, support, "acknowledged")
