import datetime as dt

import pytest

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, StaleVersion
from gasutil.models import Channel, Event, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.request_types import make_type


def test_it_works(support: User, connection: ServiceRequest) -> None:
    obj = requests.reclassify(
        connection.pk,
        actor=Actor(support, Channel.CONSOLE),
        request_type="reconnection",
        notes="He had gas before",
    )
    obj.refresh_from_db()
    row = RequestUpdate.objects.filter(id=obj.pk).latest("history_id")
    assert (row.event, row.notes, row.history_user, row.request_type_id) == (
        Event.RECLASSIFIED, "He had gas before", support, "reconnection",
    )  # fmt: skip
    assert (obj.request_type_id, obj.filed_as, obj.answers_type, obj.version) == (
        "reconnection",
        "new_connection",
        "new_connection",
        2,
    )


def test_its_clocks_restart_from_its_creation(support: User, customer: User) -> None:
    make_type("slow", limits={"acknowledged": 600, "looked": 1200, "resolved": 6000})
    make_type("fast", limits={"acknowledged": 10, "resolved": 60})
    obj = requests.submit(actor=Actor(customer), request_type="slow", description="x")
    requests.start(obj.pk, actor=Actor(support))
    obj = requests.reclassify(obj.pk, actor=Actor(support), request_type="fast")
    first, last = deadlines.milestones_of(obj)
    assert first.met_at is not None
    assert (last.name, last.met_at, last.due_at) == (
        "resolved",
        None,
        obj.created_at + dt.timedelta(minutes=60),
    )
    assert (obj.resolve_by, obj.due_at, obj.escalate_at) == (last.due_at,) * 3


def test_what_is_on_hold_stays_so(support: User, connection: ServiceRequest) -> None:
    requests.hold(connection.pk, actor=Actor(support))
    obj = requests.reclassify(connection.pk, actor=Actor(support), request_type="reconnection")
    assert (obj.status, obj.due_at) == ("on_hold", None)


def test_a_new_emergency_notifies_and_ranks_as_one(
    support: User, connection: ServiceRequest
) -> None:
    obj = requests.reclassify(
        connection.pk, actor=Actor(support), request_type="gas_leak_inspection"
    )
    obj.refresh_from_db()
    assert (obj.is_emergency, obj.priority) == (True, "emergency")
    assert obj.safety_instructions


def test_ending_an_emergency_by_its_type_needs_notes(support: User, leak: ServiceRequest) -> None:
    result = leak.safety_instructions
    with pytest.raises(Conflict, match="Add notes that explain why"):
        requests.reclassify(leak.pk, actor=Actor(support), request_type="billing_dispute")
    obj = requests.reclassify(
        leak.pk,
        actor=Actor(support),
        request_type="billing_dispute",
        notes="It was the bill that smelled",
    )
    obj.refresh_from_db()
    assert (obj.is_emergency, obj.priority, obj.safety_instructions) == (False, "normal", result)


def test_changing_back_restores_the_first_type(support: User, connection: ServiceRequest) -> None:
    for code in ("reconnection", "new_connection"):
        obj = requests.reclassify(connection.pk, actor=Actor(support), request_type=code)
    assert (obj.request_type_id, obj.answers_type) == ("new_connection", "new_connection")


def test_the_same_type_is_no_change(support: User, connection: ServiceRequest) -> None:
    assert (
        requests.reclassify(
            connection.pk, actor=Actor(support), request_type="new_connection"
        ).last_update
        is None
    )


def test_it_rejects_closed_requests(support: User, connection: ServiceRequest) -> None:
    requests.cancel(connection.pk, actor=Actor(support))
    with pytest.raises(Conflict, match="Only open requests"):
        requests.reclassify(connection.pk, actor=Actor(support), request_type="reconnection")


def test_it_rejects_an_unknown_type(support: User, connection: ServiceRequest) -> None:
    with pytest.raises(Invalid):
        requests.reclassify(connection.pk, actor=Actor(support), request_type="nothing")


def test_it_requires_support(customer: User, connection: ServiceRequest) -> None:
    with pytest.raises(NotAllowed):
        requests.reclassify(connection.pk, actor=Actor(customer), request_type="reconnection")


def test_it_rejects_a_stale_version(support: User, connection: ServiceRequest) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority="high")
    with pytest.raises(StaleVersion):
        requests.reclassify(
            connection.pk,
            actor=Actor(support),
            request_type="reconnection",
            versions=(connection.version,),
        )
