"""The background queue: its state, and the recovery of tasks of dead workers."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from gasutil import background
from gasutil.background import Queue
from gasutil.management.commands.worker import Duty, living, make_worker
from gasutil.models import Worker
from gasutil.models.heartbeats import WORKER, Heartbeat
from gasutil.notify import tasks
from gasutil.workflow import engine

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


def begun(*workers: str) -> Any:
    """Return a task that workers have begun, one after the other."""
    task = DBTaskResult.objects.get(pk=tasks.send_password_reset.enqueue("nobody@example.com").id)
    for name in workers:
        task.claim(name)
    return task


def alive(name: str, beat_at: dt.datetime = NOW) -> None:
    Worker.objects.create(pk=name, queues="default", place="here", beat_at=beat_at)


# --- Its state
# ------------------------------------------------------------------------------------------------
def test_it_counts_what_is_due_and_what_failed(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    engine.escalate_due.using(run_after=NOW - seconds(20)).enqueue(1)
    engine.escalate_due.using(run_after=NOW - seconds(10)).enqueue(1)
    engine.escalate_due.using(run_after=NOW + seconds(10)).enqueue(1)
    begun("a")
    waiting, failed, long_ago = begun(), begun("a"), begun("a")
    DBTaskResult.objects.filter(pk=waiting.pk).update(enqueued_at=NOW - seconds(90))
    DBTaskResult.objects.filter(pk=failed.pk).update(
        status="FAILED", finished_at=NOW - seconds(3600)
    )
    DBTaskResult.objects.filter(pk=long_ago.pk).update(
        status="FAILED", finished_at=NOW - dt.timedelta(hours=25)
    )
    with django_assert_num_queries(2):
        result = background.queues(NOW)
    assert result == {
        "default": Queue(waiting=1, oldest=seconds(90), failed=1),
        "escalation": Queue(waiting=2, oldest=seconds(20), failed=0),
        "webhooks": Queue(),
    }


def test_it_reports_empty_queues(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert background.queues(NOW) == {
        "escalation": Queue(),
        "default": Queue(),
        "webhooks": Queue(),
    }


# --- What dead workers leave behind
# -------------------------------------------------------------------------------
def test_the_task_of_a_dead_worker_returns_to_the_queue_once() -> None:
    task = begun("dead")
    assert [background.give_back(NOW) for _ in range(2)] == [1, 0]
    task.refresh_from_db()
    assert (task.status, task.run_after, task.started_at, task.worker_ids) == (
        "READY",
        NOW,
        None,
        ["dead"],
    )
    assert background.due_tasks(NOW).get() == task


def test_the_task_of_a_running_worker_stays() -> None:
    task = begun("dead", "alive")
    alive("alive", NOW - seconds(29))
    assert background.give_back(NOW) == 0
    task.refresh_from_db()
    assert task.status == "RUNNING"


def test_a_worker_is_dead_after_half_a_minute_of_silence() -> None:
    begun("silent")
    alive("silent", NOW - seconds(31))
    assert background.give_back(NOW) == 1


def test_a_task_that_killed_three_workers_fails_with_the_reason() -> None:
    task = begun("one", "two", "three")
    assert background.give_back(NOW) == 1
    task.refresh_from_db()
    assert (task.status, task.exception_class_path) == ("FAILED", "gasutil.background.WorkersDied")
    assert "3 workers stopped during this task." in task.traceback


def test_a_task_that_has_finished_since_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    task = begun("slow")
    seen = background._give_back

    def late(*args: Any) -> bool:
        task.set_successful(None)
        return seen(*args)

    monkeypatch.setattr(background, "_give_back", late)
    assert background.give_back(NOW) == 0
    task.refresh_from_db()
    assert task.status == "SUCCESSFUL"


def test_dead_workers_are_removed_after_an_hour() -> None:
    alive("long ago", NOW - dt.timedelta(minutes=61))
    alive("lately", NOW - dt.timedelta(minutes=59))
    background.give_back(NOW)
    assert list(Worker.objects.values_list("pk", flat=True)) == ["lately"]


# --- The worker
# --------------------------------------------------------------------------------------------------
def test_a_worker_is_listed_while_it_runs(transactional_db: None) -> None:
    worker = make_worker(queue="default", batch=True, interval=1)
    with living(worker):
        result = Worker.objects.alive(timezone.now()).get()
        assert (result.pk, result.queues) == (worker.worker_id, "default")
        assert "process" in result.place
    assert not Worker.objects.exists()


def test_it_sends_heartbeats_during_a_long_task(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORKER_SILENCE = 0.5
    heard = threading.Event()
    beats: list[str] = []

    def beat(pk: str, **about: str) -> None:
        beats.append(pk)
        if len(beats) > 2:
            heard.set()

    monkeypatch.setattr(Worker.objects, "beat", beat)
    worker = make_worker(queue="default", batch=True, interval=1)
    with living(worker):
        assert heard.wait(5)
    assert set(beats) == {worker.worker_id}


def test_it_takes_the_tasks_of_a_dead_worker(transactional_db: None) -> None:
    task = begun("dead")
    call_command("worker", batch=True)
    task.refresh_from_db()
    assert (task.status, len(task.worker_ids), task.worker_ids[0]) == ("SUCCESSFUL", 2, "dead")


def test_a_duty_that_fails_stops_no_other(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    task = begun("dead")
    connection.cursor().execute("ALTER TABLE gasutil_searchentry RENAME TO away")
    try:
        call_command("worker", queue="default", batch=True)
    finally:
        connection.cursor().execute("ALTER TABLE away RENAME TO gasutil_searchentry")
    task.refresh_from_db()
    assert task.status == "SUCCESSFUL"  # given back by the duty after the one that failed
    assert Heartbeat.objects.filter(name=WORKER).exists()
    assert [record.message for record in caplog.records if record.exc_info] == [
        "A periodic job of the worker failed"
    ]


def test_a_duty_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        Duty(15, fail).attend()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Let every mail fail with an error."""

    def break_with(error: Exception) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr("gasutil.notify.tasks.settled_at", fail)

    return break_with


@pytest.mark.parametrize(
    ("error", "status", "waits"),
    [(OperationalError("away"), "READY", True), (ValueError("a fault of ours"), "FAILED", False)],
)
def test_a_task_that_fails_without_the_database_is_retried(
    transactional_db: None,
    broken: Callable[[Exception], None],
    error: Exception,
    status: str,
    waits: bool,
) -> None:
    broken(error)
    task = begun()
    call_command("worker", batch=True)
    task.refresh_from_db()
    assert task.status == status
    assert (timezone.now() < task.run_after < timezone.now() + seconds(11)) == waits


def test_it_is_not_retried_without_end(
    transactional_db: None, broken: Callable[[Exception], None]
) -> None:
    broken(OperationalError("away"))
    task = begun()
    for _ in range(background.MAX_ATTEMPTS):
        DBTaskResult.objects.update(run_after=background.NO_RUN_AFTER)
        call_command("worker", batch=True)
    task.refresh_from_db()
    assert (task.status, len(task.worker_ids)) == ("FAILED", 3)


# --- At any size
# --------------------------------------------------------------------------------------------------
@pytest.mark.services
def test_a_hundred_thousand_alarms_of_the_future_cost_nothing() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Of PostgreSQL's planner; SQLite has the same indexes.")
    now = timezone.now()
    alarm = engine.escalate_due.using(run_after=now + dt.timedelta(days=1)).enqueue(1)
    begun("a"), begun()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_tasks_database_dbtaskresult SELECT (jsonb_populate_record(row,"
            " jsonb_build_object( 'id', gen_random_uuid(), 'run_after', row.run_after + number *"
            " interval '1 minute'))).* FROM django_tasks_database_dbtaskresult row,"
            " generate_series(1, 100000) number WHERE id = %s",
            [alarm.id],
        )
        cursor.execute("ANALYZE django_tasks_database_dbtaskresult")
    looks = {
        "queues": background.due_tasks(now).values("queue_name"),
        "failures": background.recently_failed(now).values("queue_name"),
        "lost": DBTaskResult.objects.running().order_by(),
        "next": (
            DBTaskResult.objects.ready().filter(backend_name="default", queue_name__in=["default"])[
                :1
            ]
        ),
        "list": DBTaskResult.objects.order_by("-enqueued_at")[:50],
    }
    assert {name: read_by(rows) for name, rows in looks.items() if read_by(rows) > 200} == {}


def read_by(rows: Any) -> int:
    """Return the number of rows of the queue that PostgreSQL reads for a query.

    It includes those that are discarded.
    """

    def count(node: dict[str, Any]) -> int:
        own = (
            node["Actual Rows"]
            + node.get("Rows Removed by Filter", 0)
            + node.get("Rows Removed by Index Recheck", 0)
        )
        return int(own * node["Actual Loops"]) + sum(count(item) for item in node.get("Plans", []))

    return count(json.loads(rows.explain(format="json", analyze=True))[0]["Plan"])
