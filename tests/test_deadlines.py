"""The clocks of a request, from its creation until it is closed.

The tests change them by verbs alone.
"""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gasutil import deadlines
from gasutil.access import SYSTEM, Actor
from gasutil.errors import TransitionRefused
from gasutil.models import Calendar, Priority, RequestType, ServiceRequest, User
from gasutil.workflow import attachments, engine, incidents, requests
from gasutil.workflow import catalogue as catalogue_verbs
from tests.support.documents import PDF
from tests.support.people import make_user
from tests.support.request_types import make_type

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)  # a Monday
HOUR = dt.timedelta(hours=1)
LIMITS = {"acknowledged": 60, "visit": 600, "resolved": 6000}
EMERGENCY = {
    "acknowledged": HOUR / 12,
    "on_site": HOUR,
    "made_safe": 2 * HOUR,
    "resolved": 12 * HOUR,
}


@pytest.fixture
def request_type(db: None) -> RequestType:
    """A type whose limits run round the clock."""
    return make_type(limits=LIMITS)


@pytest.fixture
def office(db: None) -> Calendar:
    return Calendar.objects.create(
        name="Office",
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00"),
    )


@pytest.fixture
def survey(customer: User, request_type: RequestType) -> ServiceRequest:
    """A request of that type, filed at noon."""
    return file_survey(customer)


def file_survey(customer: User, now: dt.datetime = NOON) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer), request_type="survey", description="Please come", now=now
    )


def stored_milestones(obj: ServiceRequest) -> dict[str, deadlines.Milestone]:
    """Return the state of a request's milestones, by name."""
    return {
        milestone.name: milestone
        for milestone in deadlines.milestones_of(ServiceRequest.objects.get(pk=obj.pk))
    }


def dues(obj: ServiceRequest) -> dict[str, dt.timedelta]:
    """Return when each milestone is due, from noon."""
    return {name: item.due_at - NOON for name, item in stored_milestones(obj).items()}


def ends(obj: ServiceRequest) -> tuple[Any, ...]:
    """Return the first, last and next deadline of a request in minutes from noon."""
    result = ServiceRequest.objects.get(pk=obj.pk)
    return tuple(
        None if item is None else item - NOON
        for item in (result.respond_by, result.resolve_by, result.due_at)
    )


# --- Filing
# --------------------------------------------------------------------------------------------------
def test_it_copies_the_limits_of_the_type(survey: ServiceRequest) -> None:
    assert dues(survey) == {"acknowledged": HOUR, "visit": 10 * HOUR, "resolved": 100 * HOUR}
    assert ends(survey) == (HOUR, 100 * HOUR, HOUR)
    assert ServiceRequest.objects.get(pk=survey.pk).escalate_at == NOON + HOUR


def test_it_is_due_at_its_earliest_deadline(customer: User) -> None:
    make_type(limits={"acknowledged": 120, "visit": 60, "resolved": 90})
    assert ends(file_survey(customer)) == (2 * HOUR, 1.5 * HOUR, HOUR)


def test_it_has_no_clocks_where_the_type_has_none(customer: User) -> None:
    make_type()
    obj = file_survey(customer)
    assert (stored_milestones(obj), ends(obj)) == ({}, (None, None, None))
    assert not deadlines.is_overdue(ServiceRequest.objects.values().get(pk=obj.pk))


def test_it_counts_by_the_calendar(customer: User, office: Calendar) -> None:
    make_type(limits=LIMITS, calendar=office)
    obj = file_survey(customer)  # five hours are left of Monday
    assert dues(obj) == {
        "acknowledged": HOUR,
        "visit": 26 * HOUR,
        "resolved": dt.timedelta(days=16, hours=4),
    }


def test_a_limit_without_working_time_does_not_stop_a_report(customer: User) -> None:
    rarely = Calendar.objects.create(name="Rarely", monday="09:00-09:01")
    make_type(limits={"resolved": 60_000}, calendar=rarely)
    assert dues(file_survey(customer)) == {"resolved": 1000 * HOUR}


@pytest.mark.parametrize("changed", ["limits", "field", "safety", "calendar"])
def test_a_changed_type_leaves_older_requests_alone(
    changed: str, customer: User, office: Calendar
) -> None:
    request_type = make_type(
        limits=LIMITS, calendar=office, safety_instructions="Open the windows."
    )
    obj = file_survey(customer)
    before = ServiceRequest.objects.values().get(pk=obj.pk)
    if changed == "limits":
        request_type.milestones.update(minutes=1)
        request_type.milestones.filter(name="visit").delete()
    elif changed == "field":
        request_type.fields.create(name="room", label="Room")
    else:
        RequestType.objects.filter(pk=request_type.pk).update(
            **{"safety": {"safety_instructions": "Run."}, "calendar": {"calendar": None}}[changed]
        )
    catalogue_verbs.publish(request_type.pk, actor=SYSTEM)
    assert ServiceRequest.objects.values().get(pk=obj.pk) == before
    assert before["safety_instructions"] == "Open the windows."


def test_a_changed_type_applies_to_newer_requests(
    customer: User, request_type: RequestType, survey: ServiceRequest
) -> None:
    request_type.milestones.filter(name="visit").update(minutes=30)
    catalogue_verbs.publish(request_type.pk, actor=SYSTEM)
    later = file_survey(customer)
    assert (dues(later)["visit"], dues(survey)["visit"]) == (HOUR / 2, 10 * HOUR)
    assert (later.schema_version, survey.schema_version) == (2, 1)


# --- On hold
# --------------------------------------------------------------------------------------------------
def test_a_pause_stops_its_clocks(survey: ServiceRequest) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON + HOUR / 2)
    obj = ServiceRequest.objects.get(pk=survey.pk)
    assert (obj.due_at, obj.escalate_at) == (None, None)
    assert not any(
        item.is_running or item.is_breached(NOON + 1000 * HOUR)
        for item in stored_milestones(survey).values()
    )


def test_a_pause_gives_back_what_was_left(survey: ServiceRequest) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON + HOUR / 2)
    requests.resume(survey.pk, actor=SYSTEM, now=NOON + 24 * HOUR)
    paused = 23.5 * HOUR
    assert dues(survey) == {
        "acknowledged": HOUR + paused,
        "visit": 10 * HOUR + paused,
        "resolved": 100 * HOUR + paused,
    }
    assert ends(survey) == (HOUR + paused, 100 * HOUR + paused, HOUR + paused)
    assert ServiceRequest.objects.get(pk=survey.pk).escalate_at == NOON + HOUR + paused


def test_a_pause_gives_back_working_time_where_that_is_what_counts(
    customer: User, office: Calendar
) -> None:
    make_type(limits=LIMITS, calendar=office)
    obj = file_survey(customer)
    requests.hold(
        obj.pk, actor=SYSTEM, now=NOON + HOUR / 2
    )  # nine and a half of the ten hours are left of `visit`
    requests.resume(
        obj.pk, actor=SYSTEM, now=NOON + 4 * 24 * HOUR
    )  # five of them are left of Friday
    assert dues(obj)["acknowledged"] == 4 * 24 * HOUR + HOUR / 2
    assert dues(obj)["visit"] == dt.timedelta(days=7, hours=1.5)


def test_a_pause_at_night_takes_nothing(customer: User, office: Calendar) -> None:
    make_type(limits=LIMITS, calendar=office)
    obj = file_survey(customer)
    before = dues(obj)["visit"]
    requests.hold(obj.pk, actor=SYSTEM, now=NOON + 6 * HOUR)
    requests.resume(obj.pk, actor=SYSTEM, now=NOON + 20 * HOUR)
    assert dues(obj)["visit"] == before


def test_many_pauses_take_no_more_than_their_time(survey: ServiceRequest) -> None:
    for number in range(5):
        requests.hold(survey.pk, actor=SYSTEM, now=NOON + number * HOUR / 4)
        requests.resume(survey.pk, actor=SYSTEM, now=NOON + number * HOUR / 4 + HOUR / 8)
    assert dues(survey)["visit"] == 10 * HOUR + 5 * HOUR / 8


def test_a_message_of_the_owner_resumes_the_clocks(customer: User, survey: ServiceRequest) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON)
    requests.comment(survey.pk, actor=Actor(customer), notes="I am back.", now=NOON + 5 * HOUR)
    assert dues(survey)["visit"] == 15 * HOUR


def test_an_emergency_never_pauses(leak: ServiceRequest) -> None:
    before = stored_milestones(leak)
    requests.hold(leak.pk, actor=SYSTEM)
    assert stored_milestones(leak) == before


@pytest.mark.parametrize("raised_first", [True, False])
def test_what_is_raised_to_an_emergency_does_not_pause(
    raised_first: bool, survey: ServiceRequest
) -> None:
    def raise_it() -> None:
        requests.prioritise(survey.pk, actor=SYSTEM, priority=Priority.EMERGENCY, now=NOON)

    if raised_first:
        raise_it()
    requests.hold(survey.pk, actor=SYSTEM, now=NOON)
    if not raised_first:
        raise_it()
    assert all(item.is_running for item in stored_milestones(survey).values())
    assert dues(survey) == EMERGENCY | {"visit": 10 * HOUR}


def test_what_becomes_an_emergency_during_a_pause_has_what_was_left(survey: ServiceRequest) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON)
    requests.prioritise(survey.pk, actor=SYSTEM, priority=Priority.EMERGENCY, now=NOON + 50 * HOUR)
    assert dues(survey)["visit"] == 60 * HOUR


def test_what_is_lowered_from_an_emergency_during_a_pause_pauses(survey: ServiceRequest) -> None:
    requests.prioritise(survey.pk, actor=SYSTEM, priority=Priority.EMERGENCY, now=NOON)
    requests.hold(survey.pk, actor=SYSTEM, now=NOON)
    requests.prioritise(
        survey.pk, actor=SYSTEM, priority=Priority.LOW, notes="No smell at all", now=NOON
    )
    assert not any(item.is_running for item in stored_milestones(survey).values())


def test_what_was_late_before_a_pause_is_late_during_and_after_it(survey: ServiceRequest) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON + 2 * HOUR)
    late, visit, _ = stored_milestones(survey).values()
    assert (late.is_running, visit.is_running) == (True, False)
    assert (
        deadlines.only_overdue(ServiceRequest.objects.all(), wanted=True, now=NOON + 2 * HOUR)
        .filter(pk=survey.pk)
        .exists()
    )
    requests.resume(survey.pk, actor=SYSTEM, now=NOON + 5 * HOUR)
    assert dues(survey) == {"acknowledged": HOUR, "visit": 13 * HOUR, "resolved": 103 * HOUR}


@pytest.mark.parametrize("name", ["visit", "resolved"])
def test_a_milestone_met_on_hold_is_late_by_its_own_deadline_alone(
    name: str, survey: ServiceRequest, support: User
) -> None:
    requests.hold(survey.pk, actor=Actor(support), now=NOON)
    if name == "visit":
        requests.record_milestone(
            survey.pk, actor=Actor(support), milestone=name, now=NOON + 500 * HOUR
        )
    else:
        requests.resolve(survey.pk, actor=Actor(support), now=NOON + 500 * HOUR)
    item = stored_milestones(survey)[name]
    assert (item.met_at, item.is_breached(NOON + 999 * HOUR)) == (NOON + 500 * HOUR, False)


def test_a_milestone_that_was_late_before_a_hold_is_met_late_during_it(
    survey: ServiceRequest, support: User
) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON + 20 * HOUR)
    requests.record_milestone(
        survey.pk, actor=Actor(support), milestone="visit", now=NOON + 21 * HOUR
    )
    assert stored_milestones(survey)["visit"].is_breached(NOON + 21 * HOUR)


# --- Acknowledging
# ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("how", "counts"),
    [
        ("start", True), ("comment", True), ("take", True), ("milestone", True),
        ("no_access", True), ("resolve", True), ("file", True),
        ("note", False), ("prioritise", False), ("assign", False), ("hold", False),
        ("hold with a message", False), ("join", False),
        ("reclassify", False), ("message to many", False),
    ],
)  # fmt: skip
def test_it_is_acknowledged_by_an_action_of_a_representative(
    how: str, counts: bool, survey: ServiceRequest, support: User, colleague: User
) -> None:
    make_type("other", limits=LIMITS)
    fields: dict[str, Any] = {"actor": Actor(support), "now": NOON + HOUR / 2}
    {
        "start": lambda: requests.start(survey.pk, **fields),
        "comment": lambda: requests.comment(survey.pk, notes="On our way.", **fields),
        "note": lambda: requests.update(survey.pk, notes="Rude.", is_internal=True, **fields),
        "take": lambda: requests.assign(survey.pk, assigned_to=support.pk, **fields),
        "milestone": lambda: requests.record_milestone(survey.pk, milestone="visit", **fields),
        "no_access": lambda: requests.record_milestone(survey.pk, milestone="no_access", **fields),
        "resolve": lambda: requests.resolve(survey.pk, **fields),
        "file": lambda: attachments.attach(
            survey.pk,
            actor=Actor(support),
            file=SimpleUploadedFile("form.pdf", PDF, "application/pdf"),
        ),
        "prioritise": lambda: requests.prioritise(
            survey.pk, priority=Priority.HIGH, notes="Hurry", **fields
        ),
        "assign": lambda: requests.assign(
            survey.pk, assigned_to=colleague.pk, notes="Yours", **fields
        ),
        "hold": lambda: requests.hold(survey.pk, **fields),
        "hold with a message": lambda: requests.hold(
            survey.pk, notes="Which flat is it?", **fields
        ),
        "join": lambda: incidents.open_incident(
            actor=Actor(support), title="Main Street", reports=[survey.pk]
        ),
        "reclassify": lambda: requests.reclassify(survey.pk, request_type="other", **fields),
        "message to many": lambda: requests.comment(
            survey.pk, notes="We know.", is_mass=True, **fields
        ),
    }[how]()
    assert (stored_milestones(survey)["acknowledged"].met_at is not None) == counts


def test_the_first_action_counts_and_no_later_one(
    survey: ServiceRequest, support: User, colleague: User
) -> None:
    for number, user in enumerate((support, colleague, support)):
        requests.comment(
            survey.pk, actor=Actor(user), notes="On our way.", now=NOON + number * HOUR
        )
    assert stored_milestones(survey)["acknowledged"].met_at == NOON


def test_what_changes_nothing_acknowledges_nothing(survey: ServiceRequest, support: User) -> None:
    requests.prioritise(survey.pk, actor=Actor(support), priority=Priority.NORMAL, now=NOON)
    assert stored_milestones(survey)["acknowledged"].met_at is None


def test_no_one_else_acknowledges(survey: ServiceRequest, customer: User) -> None:
    requests.comment(survey.pk, actor=Actor(customer), notes="Hello?", now=NOON)
    requests.start(survey.pk, actor=SYSTEM, now=NOON)
    assert stored_milestones(survey)["acknowledged"].met_at is None


def test_an_acknowledgement_leaves_the_next_milestone_due(
    survey: ServiceRequest, support: User
) -> None:
    requests.start(survey.pk, actor=Actor(support), now=NOON)
    assert ends(survey) == (HOUR, 100 * HOUR, 10 * HOUR)


def test_a_late_acknowledgement_stays_a_breach(survey: ServiceRequest, support: User) -> None:
    requests.start(survey.pk, actor=Actor(support), now=NOON + 2 * HOUR)
    result = deadlines.serialize(ServiceRequest.objects.get(pk=survey.pk), NOON + 3 * HOUR)
    assert [(item["name"], item["is_breached"]) for item in result] == [
        ("acknowledged", True),
        ("visit", False),
        ("resolved", False),
    ]


def test_a_note_on_a_cancelled_request_is_no_late_acknowledgement(
    survey: ServiceRequest, support: User, customer: User
) -> None:
    requests.cancel(survey.pk, actor=Actor(customer), now=NOON + HOUR / 2)
    requests.comment(survey.pk, actor=Actor(support), notes="We are sorry.", now=NOON + 50 * HOUR)
    item = stored_milestones(survey)["acknowledged"]
    assert (item.met_at, item.is_breached(NOON + 99 * HOUR), item.due_at) == (
        None,
        False,
        NOON + HOUR,
    )


# --- Closing, and opening again
# -----------------------------------------------------------------------------------
def test_resolving_meets_resolved_and_stops_the_rest(survey: ServiceRequest, support: User) -> None:
    requests.resolve(survey.pk, actor=Actor(support), now=NOON + HOUR)
    result = {
        name: (item.met_at, item.stopped_at) for name, item in stored_milestones(survey).items()
    }
    assert result == {
        "acknowledged": (NOON + HOUR, None),
        "visit": (None, NOON + HOUR),
        "resolved": (NOON + HOUR, None),
    }
    assert ends(survey)[2] is None


@pytest.mark.parametrize(("hours", "late"), [(99, False), (100, False), (101, True)])
def test_resolving_may_be_late(hours: int, late: bool, survey: ServiceRequest) -> None:
    requests.resolve(survey.pk, actor=SYSTEM, now=NOON + hours * HOUR)
    assert stored_milestones(survey)["resolved"].is_breached(NOON + 9999 * HOUR) == late


def test_reopening_restarts_the_clock_of_resolved(survey: ServiceRequest, support: User) -> None:
    requests.resolve(survey.pk, actor=Actor(support), now=NOON + HOUR)
    requests.reopen(survey.pk, actor=Actor(support), now=NOON + 200 * HOUR)
    resolved = stored_milestones(survey)["resolved"]
    assert (resolved.met_at, resolved.due_at, resolved.escalate_at) == (
        None,
        NOON + 300 * HOUR,
        NOON + 300 * HOUR,
    )
    assert ServiceRequest.objects.get(pk=survey.pk).resolve_by == NOON + 300 * HOUR


def test_a_reopened_emergency_has_to_be_made_safe_again(
    leak: ServiceRequest, support: User
) -> None:
    now = timezone.now()
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="made_safe", now=now)
    requests.resolve(leak.pk, actor=Actor(support), now=now)
    requests.reopen(leak.pk, actor=Actor(support), now=now + HOUR)
    made_safe = stored_milestones(leak)["made_safe"]
    assert (made_safe.met_at, made_safe.due_at) == (None, now + 3 * HOUR)
    with pytest.raises(TransitionRefused, match="made_safe"):
        requests.resolve(leak.pk, actor=Actor(support))


def test_reopening_keeps_the_time_left_of_open_milestones(
    survey: ServiceRequest, support: User
) -> None:
    requests.resolve(survey.pk, actor=Actor(support), now=NOON + HOUR)
    requests.reopen(survey.pk, actor=Actor(support), now=NOON + 200 * HOUR)
    assert dues(survey)["visit"] == 209 * HOUR
    assert stored_milestones(survey)["acknowledged"].met_at == NOON + HOUR


def test_a_breach_stays_one_when_the_request_is_reopened(
    survey: ServiceRequest, support: User
) -> None:
    requests.resolve(survey.pk, actor=Actor(support), now=NOON + 20 * HOUR)
    requests.reopen(survey.pk, actor=Actor(support), now=NOON + 30 * HOUR)
    visit = stored_milestones(survey)["visit"]
    assert (visit.due_at, visit.is_breached(NOON + 30 * HOUR)) == (NOON + 10 * HOUR, True)


def test_cancelling_stops_every_clock(survey: ServiceRequest, customer: User) -> None:
    requests.cancel(survey.pk, actor=Actor(customer), now=NOON + HOUR / 2)
    assert not any(
        item.is_running or item.is_breached(NOON + 999 * HOUR)
        for item in stored_milestones(survey).values()
    )
    obj = ServiceRequest.objects.get(pk=survey.pk)
    assert (obj.due_at, obj.escalate_at, obj.respond_by) == (None, None, NOON + HOUR)


# --- What is overdue
# ----------------------------------------------------------------------------------------------
def test_the_filter_agrees_with_is_overdue(customer: User, support: User) -> None:
    make_type(limits=LIMITS)
    make_type("timeless")
    late, held, closed, timely, done = (file_survey(customer) for _ in range(5))
    requests.hold(held.pk, actor=SYSTEM, now=NOON)
    requests.resolve(closed.pk, actor=SYSTEM, now=NOON + 5 * HOUR)
    requests.start(timely.pk, actor=Actor(support), now=NOON)
    requests.record_milestone(done.pk, actor=Actor(support), milestone="visit", now=NOON)
    requests.submit(
        actor=Actor(make_user("other")), request_type="timeless", description="Whenever", now=NOON
    )
    moments = [
        NOON,
        NOON + HOUR,
        NOON + HOUR + dt.timedelta.resolution,
        NOON + 11 * HOUR,
        NOON + 101 * HOUR,
    ]
    result = []
    for now in moments:
        rows = list(ServiceRequest.objects.values())
        message = {row["id"] for row in rows if deadlines.is_overdue(row, now)}
        assert (
            set(
                deadlines.only_overdue(
                    ServiceRequest.objects.all(), wanted=True, now=now
                ).values_list("pk", flat=True)
            )
            == message
        )
        others = {row["id"] for row in rows} - message
        assert (
            set(
                deadlines.only_overdue(
                    ServiceRequest.objects.all(), wanted=False, now=now
                ).values_list("pk", flat=True)
            )
            == others
        )
        result.append(message)
    assert result == [set(), set(), {late.pk}, {late.pk, timely.pk}, {late.pk, timely.pk, done.pk}]


# --- Reminders
# --------------------------------------------------------------------------------------------------
def test_reminders_of_business_hours_keep_to_them(customer: User, office: Calendar) -> None:
    make_type(limits={"acknowledged": 300, "resolved": 6000}, calendar=office)
    obj = file_survey(customer)  # due on Monday at 17:00, when the office closes
    engine.escalate(obj.pk, NOON + 5 * HOUR)
    again = ServiceRequest.objects.get(pk=obj.pk).escalate_at
    assert again == office.clock.add(NOON + 5 * HOUR, dt.timedelta(minutes=settings.ESCALATE_AGAIN))
    assert again > NOON + 20 * HOUR


def test_reminders_of_an_emergency_never_stop(
    customer: User, support: User, office: Calendar
) -> None:
    make_type(limits={"acknowledged": 300, "resolved": 6000}, calendar=office)
    obj = file_survey(customer)
    requests.prioritise(
        obj.pk, actor=Actor(support), priority=Priority.EMERGENCY, now=NOON + 10 * HOUR
    )
    requests.hold(obj.pk, actor=SYSTEM, now=NOON + 10 * HOUR)
    for number in range(1, 5):
        assert engine.escalate(obj.pk, NOON + 10 * HOUR + number * HOUR / 12) == 1
