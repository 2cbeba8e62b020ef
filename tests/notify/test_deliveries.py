"""From planning to arrival: once, with retries after a failure, and an end to them."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil.access import SYSTEM, Actor
from gasutil.errors import NotAllowed, NotFound
from gasutil.models import Delivery, DeliveryState, Notice, ServiceRequest, User, WhyNot
from gasutil.notify import channels, deliveries, mails
from gasutil.notify.outcomes import PermanentFailure, Skip
from gasutil.workflow import engine, requests
from tests.support.notices import let_time_pass, now_of, rows
from tests.support.worker import run_worker

TASKS = DBTaskResult.objects.filter(task_path="gasutil.notify.deliveries.deliver")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Exception | None]:
    """The results of a channel's attempts, in order; nothing means success."""
    given: list[Exception | None] = []

    def send(delivery: Delivery) -> None:
        delivery.address = "used@example.com"
        answer = given.pop(0)
        if answer is not None:
            raise answer

    pauses = [dt.timedelta(seconds=30), dt.timedelta(minutes=2)]
    monkeypatch.setattr(
        deliveries,
        "CHANNELS",
        {"mail": channels.NotificationChannel(plan=mails.plan, send=send, pauses=pauses)},
    )
    return given


# --- Planning
# --------------------------------------------------------------------------------------------------
def test_a_change_queues_one_task_for_its_rows(connection: ServiceRequest, support: User) -> None:
    before = DBTaskResult.objects.count()
    requests.hold(connection.pk, actor=Actor(support), notes="Ask the depot.", is_internal=True)
    (task,) = DBTaskResult.objects.order_by("-enqueued_at")[: DBTaskResult.objects.count() - before]
    assert (task.task_path, task.args_kwargs["args"]) == (
        "gasutil.notify.deliveries.plan_notifications",
        [[row.pk for row in rows(connection)[-2:]]],
    )


def test_a_change_that_is_rolled_back_notifies_no_one(
    connection: ServiceRequest, support: User
) -> None:
    with transaction.atomic():
        requests.hold(connection.pk, actor=Actor(support))
        transaction.set_rollback(True)
    run_worker()
    assert [delivery.notice for delivery in Delivery.objects.all()] == ["received"]


def test_planning_twice_is_planning_once(leak: ServiceRequest) -> None:
    for _ in range(2):
        deliveries.plan_notifications.func([rows(leak)[-1].pk])
    assert (Delivery.objects.count(), TASKS.count()) == (1, 1)


def test_an_alarm_is_planned_by_the_worker_of_alarms_and_sent_before_all_else(
    connection: ServiceRequest, manager: User
) -> None:
    engine.escalate(connection.pk, connection.respond_by)
    deliveries.plan_notifications.func([row.pk for row in rows(connection)])
    assert (
        DBTaskResult.objects.filter(
            task_path="gasutil.notify.deliveries.plan_notifications",
            queue_name="escalation",
            priority=50,
        ).count()
        == 1
    )
    first = Delivery.objects.get(task_id=TASKS.first().pk)
    assert (first.notice, TASKS.first().queue_name) == ("escalated", "default")


def test_the_receipt_of_an_emergency_is_sent_before_all_else(
    connection: ServiceRequest, leak: ServiceRequest
) -> None:
    deliveries.plan_notifications.func([rows(connection)[0].pk, rows(leak)[0].pk])
    assert Delivery.objects.get(task_id=TASKS.first().pk).service_request == leak


# --- Sending
# --------------------------------------------------------------------------------------------------
def test_it_is_sent_once(delivery: Delivery, answers: list[Any]) -> None:
    answers.append(None)
    assert deliveries.deliver.func(delivery.pk) == "sent"
    assert deliveries.deliver.func(delivery.pk) == "not due"
    sent = now_of(delivery)
    assert (sent.state, sent.attempts, sent.next_at, sent.last_error, sent.address) == (
        "sent",
        1,
        None,
        "",
        "used@example.com",
    )
    assert sent.sent_at is not None


def test_it_is_tried_again_after_growing_pauses_and_then_given_up(
    delivery: Delivery, answers: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    answers += [
        ConnectionRefusedError(111, "no answer"),
        TimeoutError("too\nslow"),
        OSError("gone"),
    ]
    for number, pause in enumerate([dt.timedelta(seconds=30), dt.timedelta(minutes=2)], 1):
        before = timezone.now()
        assert deliveries.deliver.func(delivery.pk) == "failed"
        assert deliveries.deliver.func(delivery.pk) == "not due"
        waits = now_of(delivery)
        assert pause <= waits.next_at - before <= pause * 1.25 + dt.timedelta(seconds=5)
        assert (waits.attempts, TASKS.get(pk=waits.task_id).run_after) == (number, waits.next_at)
        let_time_pass(delivery)
    assert now_of(delivery).last_error == "TimeoutError: too slow"
    assert deliveries.deliver.func(delivery.pk) == "given_up"
    assert (now_of(delivery).state, now_of(delivery).next_at, now_of(delivery).attempts) == (
        "given_up",
        None,
        3,
    )
    assert "after 3 attempts: OSError: gone" in caplog.text


def test_mails_are_given_up_after_about_a_day() -> None:
    pauses = channels.CHANNELS["mail"].pauses
    assert list(pauses) == sorted(pauses)
    assert dt.timedelta(hours=24) < sum(pauses, dt.timedelta()) < dt.timedelta(hours=30)


def test_a_permanent_rejection_is_given_up_at_once(delivery: Delivery, answers: list[Any]) -> None:
    answers.append(PermanentFailure("550 no such user"))
    assert deliveries.deliver.func(delivery.pk) == "given_up"
    assert now_of(delivery).last_error == "550 no such user"


def test_what_is_no_longer_wanted_is_not_sent(delivery: Delivery, answers: list[Any]) -> None:
    answers.append(Skip(WhyNot.MUTED))
    assert deliveries.deliver.func(delivery.pk) == "skipped"
    assert now_of(delivery).why == "The recipient turned off these emails."


def test_it_is_sent_with_nothing_locked(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    seen: list[bool] = []
    known = channels.NotificationChannel(
        plan=mails.plan,
        send=lambda item: seen.append(transaction.get_connection().in_atomic_block),
        pauses=[],
    )
    monkeypatch.setattr(deliveries, "CHANNELS", {"mail": known})
    deliveries.deliver.func(delivery.pk)
    assert seen == [False]


# --- A worker that died
# ---------------------------------------------------------------------------------------------
def test_no_one_else_takes_it_during_the_lease(delivery: Delivery) -> None:
    assert deliveries._lease(delivery.pk, timezone.now()) is not None
    assert deliveries._lease(delivery.pk, timezone.now()) is None
    assert deliveries._lease(delivery.pk, timezone.now() + deliveries.LEASE_DURATION) is not None


def test_the_sweep_finds_deliveries_of_a_dead_worker(delivery: Delivery) -> None:
    deliveries._lease(delivery.pk, timezone.now())
    TASKS.update(status="RUNNING")
    assert deliveries.sweep(timezone.now() + deliveries.LEASE_DURATION) == 0
    assert (
        deliveries.sweep(timezone.now() + deliveries.LEASE_DURATION + deliveries.GRACE_PERIOD) == 1
    )
    assert (
        deliveries.sweep(timezone.now() + deliveries.LEASE_DURATION + deliveries.GRACE_PERIOD) == 0
    )


def test_the_sweep_ignores_deliveries_that_wait(delivery: Delivery) -> None:
    assert deliveries.sweep(timezone.now() + dt.timedelta(hours=1)) == 0
    TASKS.delete()
    assert deliveries.sweep(timezone.now() + dt.timedelta(hours=1)) == 1


def test_a_failure_after_the_lease_is_ignored(delivery: Delivery, answers: list[Any]) -> None:
    late = deliveries._lease(delivery.pk, timezone.now())
    let_time_pass(delivery)
    answers.append(None)
    assert deliveries.deliver.func(delivery.pk) == "sent"
    deliveries._try_again(late, "TimeoutError: too late")
    assert (now_of(delivery).state, now_of(delivery).last_error) == (DeliveryState.SENT, "")


def test_the_tasks_of_an_attempt_that_succeeded_late_send_nothing(delivery: Delivery) -> None:
    late = deliveries._lease(delivery.pk, timezone.now())
    let_time_pass(delivery)
    deliveries._lease(delivery.pk, timezone.now())
    deliveries._settle(late, DeliveryState.SENT)
    assert now_of(delivery).state == "sent"


# --- What no row shows
# -------------------------------------------------------------------------------------------
def test_the_mails_of_accounts_go_the_same_way(customer: User, answers: list[Any]) -> None:
    item = deliveries.send_to(customer.pk, Notice.EMAIL_CONFIRMATION)
    answers += [OSError("gone"), None]
    assert deliveries.deliver.func(item.pk) == "failed"
    let_time_pass(item)
    assert deliveries.deliver.func(item.pk) == "sent"


# --- Again
# --------------------------------------------------------------------------------------------------
def test_a_manager_has_it_sent_again(delivery: Delivery, answers: list[Any], manager: User) -> None:
    answers += [PermanentFailure("550 no such user"), None]
    deliveries.deliver.func(delivery.pk)
    deliveries.send_again(delivery.pk, actor=Actor(manager))
    again = now_of(delivery)
    assert (again.state, again.attempts, again.sendings, again.resent_by, again.last_error) == (
        "waiting",
        0,
        2,
        manager,
        "",
    )
    assert deliveries.deliver.func(delivery.pk) == "sent"
    assert now_of(delivery).key == delivery.key


def test_no_one_else_sends_it_again(delivery: Delivery, support: User, customer: User) -> None:
    for actor in (Actor(support), Actor(customer), SYSTEM):
        with pytest.raises(NotAllowed):
            deliveries.send_again(delivery.pk, actor=actor)


def test_a_missing_delivery_cannot_be_sent_again(manager: User) -> None:
    with pytest.raises(NotFound):
        deliveries.send_again(1, actor=Actor(manager))
