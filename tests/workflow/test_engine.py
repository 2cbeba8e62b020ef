import datetime as dt

import pytest
from django.db import transaction

from gasutil.access import STRANGER, Actor
from gasutil.errors import ApprovalRequired, NotAllowed, NotFound
from gasutil.models import Event, RequestUpdate, ServiceRequest, User
from gasutil.workflow import engine, requests
from gasutil.workflow.change import Change, LogEvent

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def raise_priority(change: Change) -> LogEvent:
    change.obj.priority = "high"
    return LogEvent(Event.PRIORITISED)


def fail(change: Change) -> None:
    raise ArithmeticError


def do_nothing(change: Change) -> None:
    return None


def test_it_saves_the_change_and_its_row_together(
    support: User, connection: ServiceRequest
) -> None:
    engine.change(connection.pk, raise_priority, actor=Actor(support), notes="Why", now=NOON)
    obj, row = (
        ServiceRequest.objects.get(pk=connection.pk),
        RequestUpdate.objects.filter(id=connection.pk).latest("history_id"),
    )
    assert (obj.priority, obj.version, obj.updated_at) == ("high", 2, NOON)
    assert (row.priority, row.version, row.history_date, row.notes) == ("high", 2, NOON, "Why")


def test_it_saves_nothing_where_a_step_fails(support: User, connection: ServiceRequest) -> None:
    with pytest.raises(ArithmeticError):
        engine.change(connection.pk, raise_priority, fail, actor=Actor(support))
    assert ServiceRequest.objects.get(pk=connection.pk).priority == "normal"
    assert RequestUpdate.objects.filter(id=connection.pk).count() == 1


def test_it_saves_nothing_where_the_callers_transaction_fails(
    support: User, connection: ServiceRequest
) -> None:
    with pytest.raises(ArithmeticError), transaction.atomic():  # noqa: PT012
        engine.change(connection.pk, raise_priority, actor=Actor(support))
        raise ArithmeticError
    assert ServiceRequest.objects.get(pk=connection.pk).priority == "normal"
    assert RequestUpdate.objects.filter(id=connection.pk).count() == 1


def test_it_logs_the_first_effective_step(support: User, connection: ServiceRequest) -> None:
    engine.change(
        connection.pk,
        do_nothing,
        raise_priority,
        lambda change: LogEvent(Event.ASSIGNED),
        actor=Actor(support),
    )
    assert (
        RequestUpdate.objects.filter(id=connection.pk).latest("history_id").event
        == "request.prioritised"
    )


def test_it_saves_nothing_without_an_effect(support: User, connection: ServiceRequest) -> None:
    obj = engine.change(connection.pk, do_nothing, actor=Actor(support))
    assert obj.last_update is None
    assert RequestUpdate.objects.filter(id=connection.pk).count() == 1


def test_a_step_gets_the_newest_row_and_the_actor(
    customer: User, connection: ServiceRequest
) -> None:
    seen: list[Change] = []
    allowed = frozenset({*engine.STAFF, *engine.access.OWNER_OR_STAFF})
    engine.change(
        connection.pk,
        seen.append,
        actor=Actor(customer),
        allowed=allowed,
        notes=" A word ",
        now=NOON,
    )
    change = seen[0]
    assert (change.obj, change.actor, change.notes, change.now) == (
        connection,
        Actor(customer),
        "A word",
        NOON,
    )
    assert change.roles == {engine.Role.CUSTOMER, engine.Role.OWNER}


def test_it_requires_support_by_default(
    customer: User, neighbour: User, pending: User, connection: ServiceRequest
) -> None:
    for actor, kind in (
        (Actor(customer), NotAllowed),
        (Actor(neighbour), NotFound),
        (Actor(pending), ApprovalRequired),
        (STRANGER, NotAllowed),
    ):
        with pytest.raises(kind):
            engine.change(connection.pk, raise_priority, actor=actor)
    assert ServiceRequest.objects.get(pk=connection.pk).priority == "normal"


def test_it_rejects_a_user_who_was_deactivated_since(
    support: User, connection: ServiceRequest
) -> None:
    support.is_active = False
    with pytest.raises(NotAllowed):
        engine.change(connection.pk, raise_priority, actor=Actor(support))


def test_a_missing_object_is_not_found(support: User) -> None:
    with pytest.raises(NotFound) as refusal:
        requests.start(2**63 - 1, actor=Actor(support))
    assert refusal.value.message == "Not found."
