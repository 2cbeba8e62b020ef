"""A missed deadline: escalation by its alarm and by the sweep, and who is notified."""

import datetime as dt
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil import access
from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict
from gasutil.models import Priority, RequestUpdate, ServiceRequest, User
from gasutil.models.heartbeats import ESCALATION, Heartbeat
from gasutil.notify import deliveries
from gasutil.workflow import engine, escalation, requests
from tests.support.people import make_user
from tests.support.request_types import make_type
from tests.support.worker import run_worker

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def survey(customer: User) -> ServiceRequest:
    """A request of the least urgency, filed at noon.

    It is to be acknowledged within one hour and visited within ten.
    """
    make_type(limits={"acknowledged": 60, "visit": 600, "resolved": 6000}, priority=Priority.LOW)
    return requests.submit(
        actor=Actor(customer), request_type="survey", description="Please come", now=NOON
    )


@pytest.fixture
def late_leak(customer: User) -> ServiceRequest:
    """A leak that was reported at noon of that day, and that no one has looked at."""
    return requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="A smell of gas",
        now=NOON,
    )


def escalations(obj: ServiceRequest) -> list[Any]:
    return list(
        RequestUpdate.objects.filter(id=obj.pk, event="request.escalated").order_by("history_id")
    )


def now_of(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


# --- The row
# --------------------------------------------------------------------------------------------------
def test_it_writes_an_internal_row_by_the_system(survey: ServiceRequest) -> None:
    assert engine.escalate(survey.pk, NOON + HOUR) == 1
    (row,) = escalations(survey)
    assert (row.subject, row.is_internal, row.channel, row.history_user, row.history_date) == (
        "acknowledged",
        True,
        "system",
        None,
        NOON + HOUR,
    )
    due = timezone.localtime(NOON + HOUR)
    assert row.notes == f"Acknowledged was due at {due:%d %b, %H:%M} and has not been recorded."


def test_it_does_nothing_before_the_time(survey: ServiceRequest) -> None:
    assert engine.escalate(survey.pk, NOON + HOUR - dt.timedelta.resolution) == 0
    assert escalations(survey) == []
    assert now_of(survey).version == 1


def test_it_escalates_each_milestone_that_has_passed_once(survey: ServiceRequest) -> None:
    assert engine.escalate(survey.pk, NOON + 11 * HOUR) == 2
    assert engine.escalate(survey.pk, NOON + 11 * HOUR) == 0
    assert [row.subject for row in escalations(survey)] == ["acknowledged", "visit"]


def test_it_raises_the_priority_and_never_to_an_emergency(survey: ServiceRequest) -> None:
    raised = []
    for number in range(4):
        engine.escalate(survey.pk, NOON + HOUR + number * 4 * HOUR)
        raised.append(now_of(survey).priority)
    assert raised[:2] == ["normal", "high"]
    assert set(raised[2:]) == {"high"}
    assert not now_of(survey).is_pressing


def test_an_emergency_stays_one(late_leak: ServiceRequest) -> None:
    engine.escalate(late_leak.pk, NOON + 5 * MINUTE)
    assert now_of(late_leak).priority == "emergency"


def test_it_acknowledges_nothing_itself(survey: ServiceRequest) -> None:
    engine.escalate(survey.pk, NOON + HOUR)
    assert all(milestone["met_at"] is None for milestone in now_of(survey).milestones)


# --- Again
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "count"), [(239, 1), (240, 2), (479, 2), (480, 3)])
def test_it_escalates_again_until_acknowledged(
    minutes: int, count: int, survey: ServiceRequest
) -> None:
    for minute in range(0, minutes, 60):
        engine.escalate(survey.pk, NOON + HOUR + minute * MINUTE)
    engine.escalate(survey.pk, NOON + HOUR + minutes * MINUTE)
    rows = escalations(survey)
    assert len(rows) == count
    assert all(
        row.notes.endswith(f" (notified {number} times).") for number, row in enumerate(rows[1:], 2)
    )


def test_an_emergency_is_escalated_again_sooner(
    late_leak: ServiceRequest, settings: LazySettings
) -> None:
    settings.ESCALATE_AGAIN_EMERGENCY = 7
    engine.escalate(late_leak.pk, NOON + 5 * MINUTE)
    assert now_of(late_leak).escalate_at == NOON + 12 * MINUTE


def test_the_time_between_escalations_is_a_setting(
    survey: ServiceRequest, settings: LazySettings
) -> None:
    settings.ESCALATE_AGAIN = 30
    engine.escalate(survey.pk, NOON + HOUR)
    assert now_of(survey).escalate_at == NOON + 1.5 * HOUR


def test_an_acknowledgement_ends_it_until_the_next_milestone(
    survey: ServiceRequest, support: User
) -> None:
    engine.escalate(survey.pk, NOON + HOUR)
    requests.record_milestone(
        survey.pk, actor=Actor(support), milestone="acknowledged", now=NOON + 2 * HOUR
    )
    assert now_of(survey).escalate_at == NOON + 10 * HOUR
    assert engine.escalate(survey.pk, NOON + 9 * HOUR) == 0
    assert engine.escalate(survey.pk, NOON + 10 * HOUR) == 1
    assert escalations(survey)[-1].subject == "visit"


def test_what_was_acknowledged_long_ago_is_acknowledged_again(
    survey: ServiceRequest, support: User
) -> None:
    requests.start(survey.pk, actor=Actor(support), now=NOON)
    engine.escalate(survey.pk, NOON + 10 * HOUR)
    requests.record_milestone(
        survey.pk, actor=Actor(support), milestone="acknowledged", now=NOON + 11 * HOUR
    )
    assert now_of(survey).escalate_at == NOON + 100 * HOUR
    assert now_of(survey).due_at == NOON + 10 * HOUR
    assert now_of(survey).milestones[0]["met_at"] == "2026-03-02T12:00:00Z"


def test_a_note_does_not_end_the_escalation_of_a_visit(
    survey: ServiceRequest, support: User
) -> None:
    engine.escalate(survey.pk, NOON + 10 * HOUR)
    requests.comment(survey.pk, actor=Actor(support), notes="We know.", now=NOON + 11 * HOUR)
    assert now_of(survey).escalate_at == NOON + 14 * HOUR
    assert engine.escalate(survey.pk, NOON + 14 * HOUR) == 1


def test_a_type_without_such_a_step_can_be_acknowledged_all_the_same(
    customer: User, support: User
) -> None:
    make_type("brief", limits={"resolved": 60})
    obj = requests.submit(actor=Actor(customer), request_type="brief", description="x", now=NOON)
    with pytest.raises(Conflict):
        requests.record_milestone(obj.pk, actor=Actor(support), milestone="acknowledged", now=NOON)
    assert engine.escalate(obj.pk, NOON + HOUR) == 1
    requests.record_milestone(
        obj.pk, actor=Actor(support), milestone="acknowledged", now=NOON + HOUR
    )
    assert engine.escalate(obj.pk, NOON + 9 * HOUR) == 0


def test_recording_the_step_ends_it(survey: ServiceRequest, support: User) -> None:
    engine.escalate(survey.pk, NOON + 10 * HOUR)
    requests.record_milestone(
        survey.pk, actor=Actor(support), milestone="visit", now=NOON + 11 * HOUR
    )
    assert engine.escalate(survey.pk, NOON + 99 * HOUR) == 0


@pytest.mark.parametrize("verb", [requests.resolve, requests.cancel, requests.hold])
def test_nothing_is_escalated_that_is_closed_or_held(
    verb: requests.Verb, survey: ServiceRequest
) -> None:
    verb(survey.pk, actor=SYSTEM, now=NOON + HOUR / 2)
    assert engine.escalate(survey.pk, NOON + 9999 * HOUR) == 0
    assert now_of(survey).escalate_at is None


def test_no_one_is_reminded_during_a_pause(survey: ServiceRequest) -> None:
    engine.escalate(survey.pk, NOON + HOUR)
    requests.hold(survey.pk, actor=SYSTEM, now=NOON + 2 * HOUR)
    assert ServiceRequest.objects.get(pk=survey.pk).escalate_at is None
    assert engine.escalate(survey.pk, NOON + 99 * HOUR) == 0
    requests.resume(survey.pk, actor=SYSTEM, now=NOON + 99 * HOUR)
    assert ServiceRequest.objects.get(pk=survey.pk).escalate_at > NOON + 99 * HOUR
    assert engine.escalate(survey.pk, ServiceRequest.objects.get(pk=survey.pk).escalate_at) == 1


def test_what_was_late_before_a_pause_is_escalated_after_it(survey: ServiceRequest) -> None:
    requests.hold(survey.pk, actor=SYSTEM, now=NOON + 2 * HOUR)
    requests.resume(survey.pk, actor=SYSTEM, now=NOON + 3 * HOUR)
    assert engine.escalate(survey.pk, NOON + 3 * HOUR) == 1


def test_an_emergency_on_hold_is_escalated(late_leak: ServiceRequest) -> None:
    requests.hold(late_leak.pk, actor=SYSTEM, now=NOON)
    assert engine.escalate(late_leak.pk, NOON + 5 * MINUTE) == 1


def test_what_is_reopened_is_escalated_when_it_is_late_again(
    survey: ServiceRequest, support: User
) -> None:
    engine.escalate(survey.pk, NOON + 101 * HOUR)
    requests.resolve(survey.pk, actor=Actor(support), now=NOON + 102 * HOUR)
    requests.reopen(survey.pk, actor=Actor(support), now=NOON + 110 * HOUR)
    assert engine.escalate(survey.pk, NOON + 209 * HOUR) == 0
    assert engine.escalate(survey.pk, NOON + 210 * HOUR) == 1
    assert escalations(survey)[-1].notes.endswith("has not been recorded.")


# --- The alarm, and the sweep
# -------------------------------------------------------------------------------------
def alarms(obj: ServiceRequest) -> list[dt.datetime]:
    rows = DBTaskResult.objects.filter(queue_name="escalation").order_by("run_after")
    return [row.run_after for row in rows if row.args_kwargs["args"] == [obj.pk]]


def test_an_alarm_is_set_when_a_request_is_filed(survey: ServiceRequest) -> None:
    assert alarms(survey) == [NOON + HOUR]


def test_another_is_set_when_it_is_due_otherwise(survey: ServiceRequest, support: User) -> None:
    requests.start(survey.pk, actor=Actor(support), now=NOON)
    requests.comment(survey.pk, actor=Actor(support), notes="On our way.", now=NOON)
    assert alarms(survey) == [NOON + HOUR, NOON + 10 * HOUR]


def test_an_alarm_without_a_missed_deadline_does_nothing(
    survey: ServiceRequest, support: User
) -> None:
    requests.resolve(survey.pk, actor=Actor(support), now=NOON)
    assert engine.escalate_due.func(survey.pk) == 0
    assert escalations(survey) == []


def test_the_sweep_finds_requests_without_an_alarm(
    survey: ServiceRequest, late_leak: ServiceRequest
) -> None:
    assert escalation.missed_alarms(NOON + 59 * MINUTE) == [late_leak.pk]
    assert escalation.missed_alarms(NOON + HOUR) == [late_leak.pk, survey.pk]
    assert escalation.sweep(NOON + 59 * MINUTE) == 1
    assert [row.subject for row in escalations(late_leak)] == ["acknowledged"]
    assert escalation.sweep(NOON + 59 * MINUTE) == 0


def test_the_sweep_stores_a_heartbeat(db: None) -> None:
    assert escalation.sweep(NOON) == 0
    assert Heartbeat.objects.filter(pk=ESCALATION).exists()


def test_a_request_that_cannot_be_escalated_stops_no_other(
    survey: ServiceRequest, late_leak: ServiceRequest, caplog: pytest.LogCaptureFixture
) -> None:
    ServiceRequest.objects.filter(pk=late_leak.pk).update(milestones=[{"name": "broken"}])
    assert escalation.sweep(NOON + HOUR) == 1
    assert len(escalations(survey)) == 1
    assert not Heartbeat.objects.filter(pk=ESCALATION).exists()
    assert f"Request {late_leak.pk} could not be escalated" in caplog.text


# --- Who is notified
# --------------------------------------------------------------------------------------------------
def notify(obj: ServiceRequest) -> None:
    """Plan the notifications for the rows of a request, without its alarms."""
    deliveries.plan_notifications.func([row.pk for row in escalations(obj)])
    run_worker()


def recipients(mails: list[EmailMessage]) -> list[str]:
    return sorted(
        address for mail in mails if mail.subject.endswith("is late") for address in mail.to
    )


def test_managers_are_notified(
    survey: ServiceRequest, manager: User, support: User, mailoutbox: list[EmailMessage]
) -> None:
    engine.escalate(survey.pk, NOON + HOUR)
    notify(survey)
    assert recipients(mailoutbox) == [manager.email]
    mail = next(mail for mail in mailoutbox if mail.to == [manager.email])
    assert mail.subject == f"{survey.reference}: Survey is late"
    due = timezone.localtime(survey.respond_by)
    assert f"“Acknowledged” was due at {due:%-d %b, %H:%M} and has not been" in mail.body
    assert f"/admin/gasutil/servicerequest/{survey.pk}/change/" in mail.body


def test_each_user_with_the_permission_is_notified(
    survey: ServiceRequest, support: User, mailoutbox: list[EmailMessage]
) -> None:
    support.user_permissions.add(Permission.objects.get(codename="receive_escalations"))
    make_user("chief", is_superuser=True, user_type="support")
    engine.escalate(survey.pk, NOON + HOUR)
    notify(survey)
    assert recipients(mailoutbox) == [support.email]


def test_administrators_are_notified_if_no_one_has_it(
    survey: ServiceRequest, manager: User, support: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    make_user("chief", is_superuser=True, user_type="support")
    make_user("former", is_superuser=True, user_type="support", is_active=False)
    make_user("robot", is_superuser=True, user_type="support", email="")
    engine.escalate(survey.pk, NOON + HOUR)
    notify(survey)
    assert recipients(mailoutbox) == ["chief@example.com"]


def test_each_escalation_notifies_again(
    survey: ServiceRequest, manager: User, mailoutbox: list[EmailMessage]
) -> None:
    for number in range(3):
        engine.escalate(survey.pk, NOON + HOUR + number * 4 * HOUR)
    notify(survey)
    assert recipients(mailoutbox) == [manager.email] * len(escalations(survey))
    assert len(recipients(mailoutbox)) == 3


def test_the_alarm_of_a_late_request_notifies_managers(
    late_leak: ServiceRequest, manager: User, mailoutbox: list[EmailMessage]
) -> None:
    run_worker("escalation")
    run_worker()
    assert {row.subject for row in escalations(late_leak)} == {
        "acknowledged",
        "on_site",
        "made_safe",
        "resolved",
    }
    assert recipients(mailoutbox) == [manager.email] * 4


# --- Customers
# --------------------------------------------------------------------------------------------------
def test_customers_never_see_it(
    api: Any, survey: ServiceRequest, customer: User, support: User
) -> None:
    engine.escalate(survey.pk, NOON + HOUR)
    shown = [
        api(user).get(f"requests/{survey.pk}/").json()["updates"] for user in (customer, support)
    ]
    assert [len(updates) for updates in shown] == [1, 2]
    listed = [
        api(user).get(f"request-updates/?service_request={survey.pk}").json()["results"]
        for user in (customer, support)
    ]
    assert [len(updates) for updates in listed] == [1, 2]
    assert not access.log_of(Actor(customer), survey.pk).filter(event="request.escalated").exists()
