"""Open requests of a release in which types had no limits.

An upgrade starts their clocks, and supervisors receive one mail, not hundreds.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from gasutil import access, clock_starts, deadlines
from gasutil.access import SYSTEM, Actor
from gasutil.management.commands import prepare
from gasutil.models import (
    Backlog,
    Delivery,
    Notice,
    Priority,
    RequestUpdate,
    ServiceRequest,
    Status,
    User,
)
from gasutil.notify import deliveries
from gasutil.workflow import backlog, engine, escalation, requests
from tests.support.people import make_user
from tests.support.request_types import make_type
from tests.support.worker import run_worker

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
MAX_OWNED = 10
EMERGENCY_NAMES = list(deadlines.EMERGENCY_LIMITS)
NO_CLOCKS: dict[str, Any] = {
    "milestones": [],
    "schema_version": 0,
    "respond_by": None,
    "resolve_by": None,
    "due_at": None,
    "escalate_at": None,
}


def without_clocks(
    number: int, customer: User, request_type: str = "gas_leak_inspection", **about: Any
) -> list[ServiceRequest]:
    """Make open requests as the first release left them, filed a day ago."""
    filed_at = timezone.now() - DAY
    is_emergency = request_type == "gas_leak_inspection"
    common = {
        "customer": customer,
        "request_type_id": request_type,
        "description": "x",
        "address": "1 Street",
        "created_at": filed_at,
        "updated_at": filed_at,
        "is_emergency": is_emergency,
        "priority": Priority.EMERGENCY if is_emergency else Priority.NORMAL,
    }
    rows = ServiceRequest.objects.bulk_create(
        ServiceRequest(**common | NO_CLOCKS | about) for _ in range(number)
    )
    copied = [field.attname for field in RequestUpdate.tracked_fields]
    event = {
        "event": "request.created",
        "history_date": filed_at,
        "history_type": "+",
        "channel": "api",
        "history_user": customer,
    }
    RequestUpdate.objects.bulk_create(
        RequestUpdate(**{name: getattr(obj, name) for name in copied}, **event) for obj in rows
    )
    for obj in rows[:MAX_OWNED]:
        access.make_owner(customer, obj)
    return rows


def now_of(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def strip(obj: ServiceRequest) -> ServiceRequest:
    ServiceRequest.objects.filter(pk=obj.pk).update(**NO_CLOCKS)
    return now_of(obj)


def rows_of(obj: ServiceRequest) -> list[Any]:
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id"))


def work() -> None:
    run_worker("escalation")
    run_worker()


def subjects(mails: Iterable[EmailMessage], user: User) -> list[str]:
    return [str(mail.subject) for mail in mails if mail.to == [user.email]]


# --- The clocks
# --------------------------------------------------------------------------------------------------
def test_an_emergency_gets_its_clocks_from_the_upgrade_on(customer: User) -> None:
    (leak,), now = without_clocks(1, customer), timezone.now()
    backlog.start_clocks(now)
    leak = now_of(leak)
    result = {
        milestone.name: (milestone.due_at - now, milestone.met_at, milestone.escalations)
        for milestone in deadlines.milestones_of(leak)
    }
    assert result == {
        name: (minutes * MINUTE, None, 0)
        for name, (_, minutes) in deadlines.EMERGENCY_LIMITS.items()
    }
    assert (leak.due_at, leak.respond_by, leak.resolve_by) == (
        now + 5 * MINUTE,
        now + 5 * MINUTE,
        now + 720 * MINUTE,
    )
    assert leak.is_breached is False


def test_an_emergency_by_priority_gets_the_clocks_of_one(customer: User) -> None:
    (obj,) = without_clocks(1, customer, "new_connection", priority=Priority.EMERGENCY)
    backlog.start_clocks()
    assert {milestone.name for milestone in deadlines.milestones_of(now_of(obj))} >= set(
        EMERGENCY_NAMES
    )


def test_another_request_gets_the_clocks_of_its_type(customer: User) -> None:
    (obj,), now = without_clocks(1, customer, "new_connection"), timezone.now()
    backlog.start_clocks(now)
    filed = requests.submit(
        actor=Actor(customer), request_type="new_connection", description="x", now=now
    )
    clocks = [
        [(milestone.name, milestone.due_at) for milestone in deadlines.milestones_of(each)]
        for each in (now_of(obj), filed)
    ]
    assert clocks[0] == clocks[1]


def test_the_clocks_of_what_is_on_hold_run_when_work_goes_on(customer: User) -> None:
    (held,) = without_clocks(1, customer, "new_connection", status=Status.ON_HOLD)
    (leak,) = without_clocks(1, customer, status=Status.ON_HOLD)
    now = timezone.now()
    backlog.start_clocks(now)
    assert (now_of(held).escalate_at, now_of(held).due_at) == (None, None)
    assert now_of(leak).due_at == now + 5 * MINUTE
    length = deadlines.milestones_of(now_of(held))[-1].due_at - now
    requests.resume(held.pk, actor=SYSTEM, now=now + 10 * DAY)
    assert now_of(held).due_at is not None
    assert deadlines.milestones_of(now_of(held))[-1].due_at >= now + 10 * DAY + length / 2


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CANCELLED])
def test_what_is_closed_is_left_alone(status: Status, customer: User) -> None:
    (closed,) = without_clocks(1, customer, status=status)
    assert backlog.start_clocks() is None
    assert (now_of(closed).milestones, now_of(closed).version) == ([], 1)


def test_what_has_clocks_keeps_them(leak: ServiceRequest, connection: ServiceRequest) -> None:
    before = list(ServiceRequest.objects.order_by("pk").values())
    assert backlog.start_clocks() is None
    assert list(ServiceRequest.objects.order_by("pk").values()) == before


def test_a_type_without_limits_gives_none(customer: User) -> None:
    make_type("chat")
    without_clocks(1, customer, "chat")
    assert backlog.start_clocks() is None


def test_limits_that_a_type_got_later_do_not_count(customer: User) -> None:
    make_type("chat", limits={"resolved": 60})
    (obj,) = without_clocks(1, customer, "chat", schema_version=1)
    assert backlog.start_clocks() is None
    assert now_of(obj).milestones == []


# --- The history
# --------------------------------------------------------------------------------------------------
def test_the_history_says_what_was_done_and_when(customer: User) -> None:
    (leak,), now = without_clocks(1, customer), timezone.now()
    before = list(RequestUpdate.objects.filter(id=leak.pk).values())
    backlog.start_clocks(now)
    assert (
        list(RequestUpdate.objects.filter(id=leak.pk).order_by("history_id").values())[:1] == before
    )
    _created, row = rows_of(leak)
    leak = now_of(leak)
    assert (row.event, row.is_internal, row.channel, row.history_user, row.history_date) == (
        "request.commented",
        True,
        "system",
        None,
        now,
    )
    assert (row.changed, row.respond_by, row.resolve_by) == (
        "respond_by,resolve_by",
        leak.respond_by,
        leak.resolve_by,
    )
    assert (row.version, leak.version, leak.updated_at) == (2, 2, now)
    assert leak.created_at < now - DAY / 2


def test_what_was_looked_at_is_acknowledged_when_it_was(customer: User, support: User) -> None:
    at = timezone.now() - HOUR
    verbs = {
        "start": lambda pk: requests.start(pk, actor=Actor(support), now=at),
        "take": lambda pk: requests.assign(
            pk, actor=Actor(support), assigned_to=support.pk, now=at
        ),
        "reply": lambda pk: requests.comment(pk, actor=Actor(support), notes="On our way", now=at),
        "record": lambda pk: requests.record_milestone(
            pk, actor=Actor(support), milestone="no_access", now=at
        ),
    }
    for obj, verb in zip(without_clocks(len(verbs), customer), verbs.values(), strict=True):
        verb(obj.pk)
        strip(obj)
    backlog.start_clocks()
    for obj in ServiceRequest.objects.all():
        first, *rest = deadlines.milestones_of(obj)
        assert (first.name, first.met_at, first.escalate_at) == ("acknowledged", at, None)
        assert not first.is_breached(timezone.now())
        assert all(item.is_running for item in rest)


def test_what_no_one_looked_at_is_not_acknowledged(
    customer: User, support: User, colleague: User, manager: User
) -> None:
    verbs = [
        lambda pk: requests.assign(pk, actor=Actor(manager), assigned_to=support.pk),
        lambda pk: requests.comment(pk, actor=Actor(support), notes="Between us", is_internal=True),
        lambda pk: requests.comment(pk, actor=Actor(customer), notes="Please hurry"),
        lambda pk: requests.hold(pk, actor=Actor(support)),
        lambda pk: [
            requests.finish(pk, actor=Actor(support), outcome="made_safe"),
            requests.reopen(pk, actor=Actor(customer)),
        ],
    ]
    for obj, verb in zip(without_clocks(len(verbs), customer), verbs, strict=True):
        verb(obj.pk)
        strip(obj)
    backlog.start_clocks()
    assert [deadlines.milestones_of(obj)[0].met_at for obj in ServiceRequest.objects.all()] == [
        None
    ] * len(verbs)


# --- The alarms
# --------------------------------------------------------------------------------------------------
@pytest.fixture
def chief(db: None) -> User:
    """An administrator who is not a supervisor."""
    return User.objects.create_superuser("chief", email="chief@example.com", password=None)


def run_prepare(settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    settings.STATIC_ROOT = tmp_path / "static"
    monkeypatch.setattr(prepare, "LOGINS", tmp_path / "logins.txt")
    output = io.StringIO()
    call_command("prepare", no_demo=True, stdout=output)
    return output.getvalue()


def test_supervisors_receive_one_summary_and_one_alarm_for_all(
    customer: User,
    manager: User,
    chief: User,
    support: User,
    mailoutbox: list[EmailMessage],
    settings: Settings,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = make_user("other", user_type="support", is_approved=True)
    other.groups.set(manager.groups.all())
    leaks = without_clocks(300, customer)
    assert "300 open emergencies and 0 other open requests" in run_prepare(
        settings, tmp_path, monkeypatch
    )
    assert not ServiceRequest.objects.filter(escalate_at=None).exists()
    work()
    for user in (manager, other):
        assert subjects(mailoutbox, user) == ["300 open emergencies have deadlines now"]
    assert "/admin/gasutil/servicerequest/?view=emergencies" in mailoutbox[0].body
    assert (
        run_prepare(settings, tmp_path, monkeypatch) == ""
    )  # a second time, there is nothing to do
    mailoutbox.clear()

    for leak in leaks[:100]:
        requests.start(leak.pk, actor=Actor(support))
    assert (
        escalation.sweep(Backlog.objects.get().started_at + 5 * MINUTE - dt.timedelta.resolution)
        == 0
    )
    let_time_pass(6 * MINUTE)
    assert escalation.sweep() == 200
    work()
    for user in (manager, other):
        assert subjects(mailoutbox, user) == ["200 requests from before the update are late"]
    assert len(re.findall(r"\bSR-", mailoutbox[-1].body)) == 20
    assert (
        RequestUpdate.objects.filter(event="request.escalated", subject="acknowledged").count()
        == 200
    )


def let_time_pass(length: dt.timedelta) -> None:
    """Move the clocks of all requests, and what was sent, into the past."""
    for obj in ServiceRequest.objects.filter(is_open=True):
        milestones = deadlines.milestones_of(obj)
        for milestone in milestones:
            milestone.due_at -= length
            milestone.escalate_at = milestone.escalate_at and milestone.escalate_at - length
        deadlines.store_milestones(obj, milestones)
        changed = {
            name: getattr(obj, name)
            for name in ("milestones", "respond_by", "resolve_by", "due_at", "escalate_at")
        }
        ServiceRequest.objects.filter(pk=obj.pk).update(**changed)
    for delivery in Delivery.objects.all():
        Delivery.objects.filter(pk=delivery.pk).update(created_at=delivery.created_at - length)


def test_what_is_not_acknowledged_is_repeated_together_and_ends_with_it(
    customer: User, manager: User, support: User, mailoutbox: list[EmailMessage]
) -> None:
    leaks = without_clocks(30, customer)
    backlog.start_clocks()
    work()
    for number in range(1, 4):
        let_time_pass(HOUR + MINUTE)
        escalation.sweep()
        work()
        assert (
            len([subject for subject in subjects(mailoutbox, manager) if "are late" in subject])
            == number
        )
    for leak in leaks:
        requests.cancel(leak.pk, actor=Actor(support), notes="Was repaired long ago.")
    work()
    mailoutbox.clear()
    let_time_pass(DAY)
    assert escalation.sweep() == 0
    work()
    assert [subject for subject in subjects(mailoutbox, manager) if "are late" in subject] == []


def test_a_new_emergency_still_alarms_by_itself(
    customer: User, manager: User, mailoutbox: list[EmailMessage]
) -> None:
    without_clocks(20, customer)
    backlog.start_clocks()
    fresh = requests.submit(
        actor=Actor(customer), request_type="gas_leak_inspection", description="A new one"
    )
    let_time_pass(10 * MINUTE)
    escalation.sweep()
    work()
    late = [subject for subject in subjects(mailoutbox, manager) if subject.endswith("late")]
    assert sorted(late) == sorted(
        [
            "20 requests from before the update are late",
            f"{fresh.reference}: {fresh.request_type.name} is late",
        ]
    )


def test_an_emergency_that_is_reopened_alarms_by_itself(
    customer: User, manager: User, support: User
) -> None:
    (leak,) = without_clocks(1, customer)
    backlog.start_clocks()
    requests.finish(leak.pk, actor=Actor(support), outcome="made_safe")
    requests.reopen(leak.pk, actor=Actor(customer))
    assert not any(milestone.is_backlog for milestone in deadlines.milestones_of(now_of(leak)))


@pytest.mark.parametrize("refusal", [ConnectionRefusedError(111, "away"), OSError("broken")])
def test_the_common_alarm_is_retried_and_sent_to_the_next_person_once(
    refusal: Exception, customer: User, manager: User, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_clocks(20, customer)
    backlog.start_clocks()
    run_worker()
    let_time_pass(10 * MINUTE)
    escalation.sweep()
    monkeypatch.setattr(
        "django.core.mail.EmailMessage.send", lambda message: (_ for _ in ()).throw(refusal)
    )
    work()
    work()
    alarms = Delivery.objects.filter(notice=Notice.BACKLOG_LATE)
    assert sorted(alarms.values_list("user__username", "state")) == [
        ("chief", "failed"),
        ("manager", "failed"),
    ]
    assert all(alarm.next_at for alarm in alarms)


def test_a_common_alarm_that_is_not_needed_any_more_is_not_retried(
    customer: User, manager: User, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (leak,) = without_clocks(1, customer)
    backlog.start_clocks()
    let_time_pass(10 * MINUTE)
    escalation.sweep()
    monkeypatch.setattr(
        "django.core.mail.EmailMessage.send",
        lambda message: (_ for _ in ()).throw(OSError("broken")),
    )
    work()
    requests.start(leak.pk, actor=Actor(support))
    Delivery.objects.filter(notice=Notice.BACKLOG_LATE).update(next_at=timezone.now())
    for delivery in Delivery.objects.filter(notice=Notice.BACKLOG_LATE):
        deliveries.deliver.func(delivery.pk)
    assert set(
        Delivery.objects.filter(notice=Notice.BACKLOG_LATE).values_list("state", "last_error")
    ) == {("skipped", "not_needed")}


def test_nothing_is_sent_where_there_was_nothing(manager: User, leak: ServiceRequest) -> None:
    assert backlog.start_clocks() is None
    assert not Delivery.objects.filter(notice=Notice.BACKLOG_STARTED).exists()
    assert not Backlog.objects.exists()


def test_alarms_are_spread_and_queue_no_task_each(customer: User) -> None:
    without_clocks(35, customer)
    tasks, now = DBTaskResult.objects.count(), timezone.now()
    backlog.start_clocks(now)
    seconds = [
        (obj.escalate_at - now - 5 * MINUTE).total_seconds()
        for obj in ServiceRequest.objects.order_by("pk")
    ]
    assert seconds == [number // 10 for number in range(35)]
    assert DBTaskResult.objects.count() == tasks


# --- How much it costs, and interruptions
# ---------------------------------------------------------------------------
@pytest.mark.parametrize("is_emergency", [True, False])
def test_it_costs_as_many_queries_for_each_batch(
    is_emergency: bool, customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "BATCH_SIZE", 10)
    code = "gas_leak_inspection" if is_emergency else "new_connection"

    def cost(number: int) -> int:
        without_clocks(number, customer, code)
        with CaptureQueriesContext(connection) as queries:
            backlog.start_clocks()
        assert not ServiceRequest.objects.filter(milestones=[]).exists()
        return len(queries)

    first = cost(10)
    assert cost(20) - first == cost(30) - cost(20) <= 10


def test_it_goes_on_after_an_interruption_and_sends_one_summary(
    customer: User, manager: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "BATCH_SIZE", 10)
    without_clocks(25, customer)
    without_clocks(5, customer, "new_connection")
    started, real = [], clock_starts.begin_late

    def begin(*args: Any, **options: Any) -> None:
        started.append(1)
        if len(started) == 15:
            raise KeyboardInterrupt
        real(*args, **options)

    monkeypatch.setattr(clock_starts, "begin_late", begin)
    with pytest.raises(KeyboardInterrupt):
        backlog.start_clocks()
    assert ServiceRequest.objects.exclude(milestones=[]).count() == 10
    result = backlog.start_clocks()
    assert result is not None
    assert (result.emergencies, result.others, Backlog.objects.count()) == (25, 5, 1)
    work()
    assert subjects(mailoutbox, manager) == ["25 open emergencies have deadlines now"]
    assert engine.escalate(ServiceRequest.objects.first().pk, timezone.now()) == 0
