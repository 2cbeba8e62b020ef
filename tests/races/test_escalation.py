"""Escalation by real workers that are killed.

Nothing late is missed, and no notice is sent twice.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import Channel, Event, RequestUpdate, ServiceRequest, User
from gasutil.models.heartbeats import ESCALATION, Heartbeat
from gasutil.workflow import requests
from tests.support.locks import has_waiting_session, held
from tests.support.processes import Process, kill
from tests.support.servers import Server, on_the_tests_database
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
Start = Callable[[], "Process[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return `start()`, which starts a worker of alarms. Each is killed in the end."""
    server = Server(on_the_tests_database())

    def start() -> "Process[bytes]":
        Heartbeat.objects.filter(name=ESCALATION).delete()
        process = server.start_worker("--queue", "escalation")
        wait_for(lambda: Heartbeat.objects.filter(name=ESCALATION).exists())
        return process

    yield start
    server.kill()


def wait_until(at: dt.datetime) -> None:
    time.sleep(max((at - timezone.now()).total_seconds(), 0))  # nothing may happen


def file_leak(customer: User, seconds: float) -> ServiceRequest:
    """File a leak so long ago that the first of its milestones passes in some seconds."""
    filed = timezone.now() - dt.timedelta(minutes=5) + dt.timedelta(seconds=seconds)
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="gas_leak_inspection",
        description="Gas!",
        now=filed,
    )


def escalated(obj: ServiceRequest) -> list[Any]:
    return list(
        RequestUpdate.objects.filter(id=obj.pk, event=Event.ESCALATED).order_by("history_id")
    )


def due(obj: ServiceRequest) -> dt.datetime:
    return deadlines.milestones_of(obj)[0].due_at


def test_it_escalates_within_two_seconds_of_the_moment_and_once(
    customer: User, start: Start
) -> None:
    start()
    leaks = [file_leak(customer, 2 + number / 4) for number in range(5)]
    wait_until(due(leaks[-1]) + dt.timedelta(seconds=6))  # past a sweep
    for leak in leaks:
        (row,) = escalated(leak)
        assert row.subject == "acknowledged"
        assert dt.timedelta() <= row.history_date - due(leak) <= dt.timedelta(seconds=2)


def test_two_workers_escalate_once(customer: User, start: Start) -> None:
    start(), start()
    leaks = [file_leak(customer, 2) for _ in range(10)]
    wait_until(due(leaks[-1]) + dt.timedelta(seconds=6))
    assert [len(escalated(leak)) for leak in leaks] == [1] * 10


def test_one_that_is_met_in_time_is_not_escalated(
    customer: User, support: User, start: Start
) -> None:
    start()
    leak = file_leak(customer, 3)
    requests.start(leak.pk, actor=Actor(support))
    wait_until(due(leak) + dt.timedelta(seconds=6))
    assert escalated(leak) == []


def test_the_next_worker_escalates_for_a_dead_one(customer: User, start: Start) -> None:
    worker = start()
    leak = file_leak(customer, 2)
    kill(worker)
    wait_until(due(leak) + dt.timedelta(seconds=1))
    assert escalated(leak) == []
    start()
    wait_for(lambda: escalated(leak))
    wait_until(timezone.now() + dt.timedelta(seconds=6))
    assert len(escalated(leak)) == 1


def test_the_next_worker_escalates_for_one_that_was_killed_in_the_middle(
    customer: User, start: Start
) -> None:
    worker = start()
    leak = file_leak(customer, 2)
    with held(leak):
        wait_for(
            has_waiting_session
        )  # the alarm has rung, and the worker is about to change the request
        kill(worker)
    assert escalated(leak) == []
    assert DBTaskResult.objects.running().count() == 1
    start()
    wait_for(lambda: escalated(leak))
    wait_until(timezone.now() + dt.timedelta(seconds=6))
    assert len(escalated(leak)) == 1
    assert (
        DBTaskResult.objects.filter(
            task_path="gasutil.notify.deliveries.plan_notifications", queue_name="escalation"
        ).count()
        == 2
    )  # filed, escalated
