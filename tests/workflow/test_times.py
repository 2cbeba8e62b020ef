"""A change stores when it happened, if that is not when it was recorded."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gasutil import datetimes, deadlines
from gasutil.access import Actor
from gasutil.errors import Conflict, FieldError, Invalid, PermissionRequired
from gasutil.models import Event, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import engine, guards, requests
from tests.support.documents import PDF
from tests.support.request_types import make_type

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def at(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def received(customer: User, support: User, code: str = "gas_leak_inspection") -> ServiceRequest:
    """Return a report that was received at noon and recorded a minute later."""
    return requests.submit_for(
        actor=Actor(support),
        customer=customer,
        request_type=code,
        description="Smells gas",
        received_at=NOON,
        now=at(1),
    )


def fresh(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def milestone(obj: ServiceRequest, name: str) -> deadlines.Milestone:
    return next(item for item in deadlines.milestones_of(fresh(obj)) if item.name == name)


def record(obj: ServiceRequest, user: User, name: str, **options: Any) -> Any:
    return requests.record_milestone(obj.pk, actor=Actor(user), milestone=name, **options)


@pytest.fixture
def report(customer: User, support: User) -> ServiceRequest:
    return received(customer, support)


def test_it_works(report: ServiceRequest, support: User) -> None:
    row = record(report, support, "on_site", notes="Van 7", occurred_at=at(58), now=at(75))
    assert (row.occurred_at, row.history_date) == (at(58), at(75))
    assert milestone(report, "on_site").met_at == at(58)
    assert not milestone(report, "on_site").is_breached(at(75))
    assert milestone(report, "acknowledged").is_breached(at(75))  # due after 5 minutes


def test_an_escalation_that_was_sent_stays(report: ServiceRequest, support: User) -> None:
    record(report, support, "acknowledged", now=at(2))
    assert engine.escalate(report.pk, now=at(61)) == 1
    record(report, support, "on_site", notes="Van 7", occurred_at=at(50), now=at(70))
    assert milestone(report, "on_site").escalations == 1
    assert not fresh(report).is_breached
    assert RequestUpdate.objects.filter(id=report.pk, event=Event.ESCALATED).count() == 1
    assert engine.escalate(report.pk, now=at(90)) == 0


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [(at(-1), "before_received"), (at(66), "in_the_future")],
)
def test_it_rejects_what_cannot_be(
    report: ServiceRequest, support: User, occurred_at: dt.datetime, code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        record(report, support, "on_site", notes="x", occurred_at=occurred_at, now=at(60))
    assert [(error.field, error.code) for error in raised.value.errors] == [("occurred_at", code)]


def test_a_clock_that_is_a_little_ahead_means_now(report: ServiceRequest, support: User) -> None:
    row = record(report, support, "on_site", occurred_at=at(65), now=at(60))
    assert (row.occurred_at, row.history_date) == (at(60), at(60))


def test_more_than_15_minutes_ago_needs_notes(report: ServiceRequest, support: User) -> None:
    record(report, support, "acknowledged", occurred_at=at(45), now=at(60))
    with pytest.raises(Invalid) as raised:
        record(report, support, "on_site", occurred_at=at(44), now=at(60))
    assert [(error.field, error.code) for error in raised.value.errors] == [("notes", "required")]
    record(report, support, "on_site", internal_notes="By radio", occurred_at=at(44), now=at(60))


def test_more_than_24_hours_ago_needs_a_permission(report: ServiceRequest, support: User) -> None:
    late, said = at(24 * 60 + 11), {"notes": "Found in the crew's book"}
    record(report, support, "acknowledged", occurred_at=at(11), now=late, **said)
    with pytest.raises(PermissionRequired):
        record(report, support, "on_site", occurred_at=at(10), now=late, **said)
    support.user_permissions.add(Permission.objects.get(codename="record_past_events"))
    record(report, support, "on_site", occurred_at=at(10), now=late, **said)
    assert milestone(report, "on_site").met_at == at(10)


def test_it_is_not_for_customers(report: ServiceRequest, customer: User) -> None:
    with pytest.raises(Invalid) as raised:
        requests.comment(report.pk, actor=Actor(customer), notes="x", occurred_at=at(2), now=at(3))
    assert raised.value.errors == [FieldError("occurred_at", "extra_forbidden", "Unknown field.")]


def test_a_milestone_is_recorded_once(report: ServiceRequest, support: User) -> None:
    record(report, support, "on_site", now=at(30))
    with pytest.raises(Conflict):
        record(report, support, "on_site", notes="Really", occurred_at=at(20), now=at(40))
    assert milestone(report, "on_site").met_at == at(30)


def test_one_before_an_earlier_milestone_leaves_that(report: ServiceRequest, support: User) -> None:
    record(report, support, "acknowledged", now=at(14))
    record(report, support, "on_site", notes="Was passing", occurred_at=at(6), now=at(30))
    assert (milestone(report, "acknowledged").met_at, milestone(report, "on_site").met_at) == (
        at(14),
        at(6),
    )


def test_the_last_outcome_is_the_last_that_happened(report: ServiceRequest, support: User) -> None:
    record(report, support, "no_access", now=at(40))
    record(report, support, "made_safe", notes="Before", occurred_at=at(20), now=at(45))
    assert guards.last_outcome(fresh(report)) == "no_access"
    record(report, support, "made_safe", now=at(50))
    assert guards.last_outcome(fresh(report)) == "made_safe"


def test_earlier_events_do_not_belong_to_a_reopening(
    report: ServiceRequest, support: User, customer: User
) -> None:
    requests.finish(report.pk, actor=Actor(support), outcome="made_safe", now=at(40))
    requests.comment(report.pk, actor=Actor(customer), notes="It smells again", now=at(60))
    with pytest.raises(Invalid) as raised:
        record(report, support, "made_safe", notes="x", occurred_at=at(50), now=at(65))
    assert [error.code for error in raised.value.errors] == ["before_round"]
    requests.comment(
        report.pk, actor=Actor(support), notes="Rang before", occurred_at=at(50), now=at(66)
    )
    assert milestone(report, "acknowledged").met_at is None
    record(report, support, "on_site", notes="x", occurred_at=at(61), now=at(80))
    assert milestone(report, "acknowledged").met_at == at(61)


def test_resolving_an_emergency_sets_the_time_of_both_rows(
    report: ServiceRequest, support: User
) -> None:
    requests.finish(
        report.pk,
        actor=Actor(support),
        outcome="made_safe",
        notes="Valve closed",
        occurred_at=at(30),
        now=at(90),
    )
    assert (fresh(report).resolved_at, milestone(report, "made_safe").met_at) == (at(30), at(30))
    assert not milestone(report, "on_site").is_breached(at(90))
    rows = RequestUpdate.objects.filter(id=report.pk).order_by("history_id")[1:]
    assert [(row.occurred_at, row.history_date) for row in rows] == [(at(30), at(90))] * 2


def test_a_hold_that_began_earlier_stops_the_clock_there(customer: User, support: User) -> None:
    make_type("meter", limits={"on_site": 60, "resolved": 600})
    obj = received(customer, support, "meter")
    said = {"actor": Actor(support), "notes": "No one at home"}
    requests.hold(obj.pk, occurred_at=at(40), now=at(70), **said)
    assert not milestone(obj, "on_site").is_breached(at(70))
    record(obj, support, "on_site", notes="x", occurred_at=at(30), now=at(80))
    assert (milestone(obj, "on_site").met_at, milestone(obj, "on_site").due_at) == (at(30), at(60))
    requests.resume(obj.pk, occurred_at=at(100), now=at(130), **said)
    assert milestone(obj, "resolved").due_at == at(660)


def test_work_cannot_go_on_before_its_hold_began(customer: User, support: User) -> None:
    make_type("meter", limits={"resolved": 600})
    obj = received(customer, support, "meter")
    requests.hold(obj.pk, actor=Actor(support), now=at(60))
    requests.resume(obj.pk, actor=Actor(support), notes="x", occurred_at=at(30), now=at(90))
    assert milestone(obj, "resolved").due_at == at(600)


def test_reclassifying_counts_the_holds_by_when_they_were(customer: User, support: User) -> None:
    make_type("slow", limits={"resolved": 6000})
    make_type("fast", limits={"resolved": 600})
    obj = received(customer, support, "slow")
    requests.hold(obj.pk, actor=Actor(support), notes="x", occurred_at=at(10), now=at(60))
    requests.resume(obj.pk, actor=Actor(support), notes="x", occurred_at=at(40), now=at(90))
    requests.reclassify(obj.pk, actor=Actor(support), request_type="fast", now=at(100))
    assert milestone(obj, "resolved").due_at == at(630)


def test_an_emergency_counts_from_when_it_became_one(customer: User, support: User) -> None:
    obj = received(customer, support, "new_connection")
    requests.reclassify(
        obj.pk,
        actor=Actor(support),
        request_type="gas_leak_inspection",
        notes="They smell gas",
        occurred_at=at(20),
        now=at(40),
    )
    assert milestone(obj, "on_site").due_at == at(80)
    record(obj, support, "on_site", notes="x", occurred_at=at(25), now=at(45))
    assert milestone(obj, "on_site").met_at == at(25)


def test_files_of_a_reply_happened_with_it(report: ServiceRequest, support: User) -> None:
    file = SimpleUploadedFile("readings.pdf", PDF, "application/pdf")
    requests.reply(
        report.pk,
        actor=Actor(support),
        notes="Readings",
        attachments=[file],
        occurred_at=at(20),
        now=at(60),
    )
    rows = RequestUpdate.objects.filter(id=report.pk).order_by("history_id")[1:]
    assert [row.occurred_at for row in rows] == [at(20)] * 2


def test_a_status_that_it_has_changes_nothing(report: ServiceRequest, support: User) -> None:
    options: dict[str, Any] = {"occurred_at": at(5), "now": at(6)}
    obj = requests.update(report.pk, actor=Actor(support), status=Status.PENDING, **options)
    assert obj.last_update is None


BERLIN = ZoneInfo("Europe/Berlin")


def test_an_hour_that_comes_twice_is_the_last_that_has_been() -> None:
    half_past_two = dt.datetime(2026, 10, 25, 2, 30)
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    with timezone.override(BERLIN):
        between = first + dt.timedelta(minutes=40)
        assert datetimes.from_local(half_past_two, now=between) == first
        later = first + dt.timedelta(minutes=70)
        assert datetimes.from_local(half_past_two, now=later) == first + dt.timedelta(hours=1)


def test_an_hour_that_is_skipped_is_no_time() -> None:
    with timezone.override(BERLIN), pytest.raises(ValueError, match="2026-03-29"):
        datetimes.from_local(dt.datetime(2026, 3, 29, 2, 30), now=NOON)
