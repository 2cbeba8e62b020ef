"""A request's clocks: copied when it is filed, held while it waits, never an emergency's, and not moved by what its type becomes."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil import deadlines
from gasutil.access import SYSTEM, Actor
from gasutil.models import Calendar, Channel, Priority, RequestType, ServiceRequest, Status, User
from gasutil.workflow import catalogue, requests

MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)  # 17:30 in Mumbai, half an hour before the office closes
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def errand(catalogue: None) -> RequestType:
    """A type with a limit round the clock, one of two office hours, and one of a day."""
    calendar = Calendar.objects.create(
        name="Ten hours", time_zone="Asia/Kolkata", **dict.fromkeys(["monday", "tuesday", "thursday"], "08:00-18:00")
    )
    kind = RequestType.objects.create(code="errand", name="Errand", calendar=calendar)
    limits = [("acknowledged", 60, False), ("visited", 120, True), ("resolved", 1440, False)]
    for position, (name, minutes, office) in enumerate(limits):
        kind.milestones.create(position=position, name=name, label=name.title(), minutes=minutes, in_business_hours=office)
    return publish(kind)


def publish(kind: RequestType) -> RequestType:
    return catalogue.publish(kind.pk, actor=SYSTEM)


def file(customer: User, kind: str = "errand", now: dt.datetime = MONDAY) -> ServiceRequest:
    return requests.submit(actor=Actor(customer, Channel.API), request_type=kind, description="x", now=now)


def read(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def one(obj: ServiceRequest, name: str) -> deadlines.Milestone:
    return next(milestone for milestone in deadlines.milestones_of(read(obj)) if milestone.name == name)


def due(obj: ServiceRequest) -> list[dt.datetime]:
    return [milestone.due_at for milestone in deadlines.milestones_of(read(obj))]


OFFICE_DUE = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)  # Tuesday, 09:30: half an hour on Monday, and one and a half then


def test_it_copies_the_limits_of_the_type(errand: RequestType, customer: User) -> None:
    obj = read(file(customer))
    assert due(obj) == [MONDAY + HOUR, OFFICE_DUE, MONDAY + 24 * HOUR]
    assert (obj.respond_by, obj.resolve_by) == (MONDAY + HOUR, MONDAY + 24 * HOUR)
    assert obj.due_at == obj.escalate_at == MONDAY + HOUR


def test_the_shipped_emergencies_have_the_limits_of_the_contract(customer: User) -> None:
    for code in ("gas_leak_inspection", "third_party_damage"):
        filed = [(milestone.name, milestone.minutes, milestone.calendar) for milestone in deadlines.milestones_of(file(customer, code))]
        assert filed == [("acknowledged", 5, None), ("on_site", 60, None), ("made_safe", 120, None), ("resolved", 720, None)]


def test_what_the_type_becomes_moves_nothing_that_was_promised(errand: RequestType, customer: User) -> None:
    obj = file(customer)
    before = read(obj)
    errand.milestones.update(minutes=1)
    Calendar.objects.filter(pk=errand.calendar_id).update(monday="", tuesday="", time_zone="UTC")
    errand.safety_instructions = "Other words"
    errand.save()
    assert publish(errand).version == 2
    after = read(obj)
    for name in ("milestones", "respond_by", "resolve_by", "due_at", "escalate_at", "schema_version", "safety_instructions"):
        assert getattr(after, name) == getattr(before, name)
    newer = file(customer)
    assert (newer.schema_version, newer.safety_instructions) == (2, "Other words")
    assert newer.respond_by == MONDAY + dt.timedelta(minutes=1)


def test_a_hold_stops_its_clocks_and_resuming_gives_back_what_was_left(errand: RequestType, customer: User, support: User) -> None:
    obj, actor = file(customer), Actor(support)
    requests.hold(obj.pk, actor=actor, notes="Waiting", now=MONDAY + HOUR / 4)
    held = read(obj)
    assert (held.due_at, held.escalate_at) == (None, None)
    wednesday = MONDAY + 48 * HOUR  # a day off: what is left of office hours begins on Thursday
    requests.resume(obj.pk, actor=actor, now=wednesday)
    assert one(obj, "acknowledged").met_at == MONDAY + HOUR / 4
    assert one(obj, "visited").due_at == dt.datetime(2026, 11, 26, 4, 15, tzinfo=dt.UTC)  # an hour and three quarters from 08:00
    assert one(obj, "resolved").due_at == wednesday + 23.75 * HOUR
    assert read(obj).due_at == one(obj, "visited").due_at


def test_an_owners_word_resumes_the_clocks_too(errand: RequestType, customer: User, support: User) -> None:
    obj = file(customer)
    requests.hold(obj.pk, actor=Actor(support), now=MONDAY)
    requests.comment(obj.pk, actor=Actor(customer), notes="Here I am", now=MONDAY + 10 * HOUR)
    assert one(obj, "resolved").due_at == MONDAY + 34 * HOUR


def test_what_is_late_stays_late_while_it_waits(errand: RequestType, customer: User, support: User) -> None:
    obj = file(customer)
    requests.hold(obj.pk, actor=Actor(support), now=MONDAY + 30 * HOUR)
    assert one(obj, "resolved").is_running
    assert one(obj, "resolved").is_breached(MONDAY + 31 * HOUR)
    assert read(obj).due_at == OFFICE_DUE


def test_an_emergencys_clocks_never_stop(customer: User, support: User) -> None:
    obj = file(customer, "gas_leak_inspection")
    before = due(obj)
    requests.hold(obj.pk, actor=Actor(support), notes="Waiting for access", now=MONDAY + HOUR / 60)
    assert due(obj) == before
    assert read(obj).due_at == before[1]


def test_what_becomes_an_emergency_while_it_waits_runs_on(errand: RequestType, customer: User, support: User) -> None:
    obj, actor = file(customer), Actor(support)
    requests.hold(obj.pk, actor=actor, now=MONDAY)
    requests.prioritise(obj.pk, actor=actor, priority=Priority.EMERGENCY, now=MONDAY + 5 * HOUR)
    assert read(obj).status == Status.ON_HOLD
    assert one(obj, "resolved").due_at == MONDAY + 29 * HOUR
    assert read(obj).due_at is not None


@pytest.mark.parametrize(("who", "is_met"), [("support", True), ("customer", False), (None, False)])
def test_a_representatives_first_action_acknowledges(
    who: str | None, is_met: bool, errand: RequestType, customer: User, request: Any
) -> None:
    obj = file(customer)
    actor = Actor(request.getfixturevalue(who)) if who else SYSTEM
    requests.comment(obj.pk, actor=actor, notes="Hello", now=MONDAY + HOUR / 2)
    assert one(obj, "acknowledged").met_at == (MONDAY + HOUR / 2 if is_met else None)
    requests.comment(obj.pk, actor=actor, notes="Again", now=MONDAY + HOUR)
    assert one(obj, "acknowledged").met_at == (MONDAY + HOUR / 2 if is_met else None)


def test_resolving_ends_its_clocks_and_reopening_begins_the_last_anew(errand: RequestType, customer: User, support: User) -> None:
    obj, actor = file(customer), Actor(support)
    requests.resolve(obj.pk, actor=actor, now=MONDAY + 2 * HOUR)
    closed = read(obj)
    assert one(obj, "resolved").met_at == MONDAY + 2 * HOUR
    assert (closed.due_at, closed.escalate_at) == (None, None)
    requests.reopen(obj.pk, actor=actor, now=MONDAY + 72 * HOUR)
    assert (one(obj, "resolved").met_at, one(obj, "resolved").due_at) == (None, MONDAY + 96 * HOUR)
    assert one(obj, "acknowledged").met_at == MONDAY + 2 * HOUR


def test_cancelling_ends_its_clocks(errand: RequestType, customer: User) -> None:
    obj = file(customer)
    requests.cancel(obj.pk, actor=Actor(customer), now=MONDAY + HOUR)
    assert (read(obj).due_at, read(obj).escalate_at) == (None, None)
    assert not any(milestone.is_running for milestone in deadlines.milestones_of(read(obj)))


def test_the_filter_says_what_the_answer_says(errand: RequestType, customer: User, support: User) -> None:
    actor, now = Actor(support), timezone.now()
    fresh, late, held, held_late, closed = (file(customer, now=now - hours * HOUR) for hours in (0, 2, 0, 30, 2))
    requests.hold(held.pk, actor=actor)
    requests.hold(held_late.pk, actor=actor)
    requests.resolve(closed.pk, actor=actor)
    overdue = set(deadlines.only_overdue(ServiceRequest.objects.all(), wanted=True))
    assert overdue == {late, held_late}
    assert set(deadlines.only_overdue(ServiceRequest.objects.all(), wanted=False)) == {fresh, held, closed}
    assert {obj for obj in ServiceRequest.objects.all() if deadlines.is_overdue(vars(obj))} == overdue


def test_a_type_without_limits_has_no_clocks(errand: RequestType, customer: User) -> None:
    errand.milestones.all().delete()
    publish(errand)
    obj = read(file(customer))
    assert (obj.milestones, obj.respond_by, obj.resolve_by, obj.due_at, obj.escalate_at) == ([], None, None, None, None)
