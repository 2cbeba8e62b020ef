"""Holds with a reason, which end by themselves at their date."""

import datetime as dt

import pytest
from django.utils import timezone

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.errors import Invalid
from gasutil.models import Channel, Effect, Event, ServiceRequest, Status, User
from gasutil.workflow import holds, requests
from tests.support.console import file, log
from tests.support.request_types import make_type

DAY = dt.timedelta(days=1)


@pytest.fixture
def until() -> dt.datetime:
    return timezone.now() + DAY


@pytest.fixture
def held(connection: ServiceRequest, support: User, until: dt.datetime) -> ServiceRequest:
    return requests.hold(
        connection.pk,
        actor=Actor(support),
        hold_until=until,
        hold_reason="part",
        notes="We wait for a regulator",
        internal_notes="Ordered today",
    )


def test_it_works(held: ServiceRequest, until: dt.datetime) -> None:
    held.refresh_from_db()
    assert (held.status, held.hold_until, held.hold_reason) == (Status.ON_HOLD, until, "part")
    change, note = held.history.order_by("-history_id")[:2][::-1]
    assert (change.notes, change.is_internal) == ("We wait for a regulator", False)
    when = f"{timezone.localtime(until):%d %b %Y, %H:%M}"
    text = f"On hold until {when}. Waiting for: A part or material.\n\nOrdered today"
    assert (note.notes, note.is_internal) == (text, True)


def test_it_ends_by_itself_at_its_date(held: ServiceRequest, until: dt.datetime) -> None:
    assert holds.sweep(until - dt.timedelta(seconds=1)) == 0
    assert holds.sweep(until) == 1
    held.refresh_from_db()
    assert (held.status, held.hold_until, held.hold_reason) == (Status.IN_PROGRESS, None, "")
    row = held.history.latest()
    assert (row.event, row.previous_status, row.notes) == (
        Event.STATUS_CHANGED,
        Status.ON_HOLD,
        "The hold has reached its date.",
    )
    assert (row.history_user, row.channel, row.is_internal) == (None, Channel.SYSTEM, False)
    resolved = deadlines.milestones_of(held)[-1]
    assert resolved.is_running  # clocks continue as after any hold
    assert holds.sweep(until) == 0


def test_any_end_of_a_hold_clears_its_date(
    held: ServiceRequest, support: User, until: dt.datetime
) -> None:
    requests.resume(held.pk, actor=Actor(support))
    requests.hold(held.pk, actor=Actor(support))
    held.refresh_from_db()
    assert (held.hold_until, held.hold_reason) == (None, "")
    assert holds.sweep(until) == 0


def test_the_answer_of_the_customer_ends_it(
    held: ServiceRequest, customer: User, until: dt.datetime
) -> None:
    requests.comment(held.pk, actor=Actor(customer), notes="I have the regulator")
    before = log(held)
    assert holds.sweep(until) == 0
    assert log(held) == before


def test_the_date_is_in_the_future(connection: ServiceRequest, support: User) -> None:
    past = timezone.now() - dt.timedelta(minutes=1)
    with pytest.raises(Invalid) as error:
        requests.hold(connection.pk, actor=Actor(support), hold_until=past)
    assert [(item.field, item.code) for item in error.value.errors] == [("hold_until", "too_early")]
    connection.refresh_from_db()
    assert connection.status == Status.PENDING


def test_a_disconnection_during_a_dispute_stays_on_hold(
    customer: User, support: User, until: dt.datetime
) -> None:
    make_type("cut_off", effect=Effect.DISCONNECTION)
    make_type("complaint", effect=Effect.DISPUTE)
    (disconnection,) = file(customer, 1, request_type="cut_off")
    requests.hold(disconnection.pk, actor=Actor(support), hold_until=until)
    file(customer, 1, request_type="complaint")
    assert holds.sweep(until) == 1
    disconnection.refresh_from_db()
    assert (disconnection.status, disconnection.hold_until) == (Status.ON_HOLD, None)
    row = disconnection.history.latest()
    assert (row.event, row.is_internal) == (Event.COMMENTED, True)
    assert row.notes == holds.STAYS
    assert holds.sweep(until) == 0
