import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from gasutil import __version__, health
from gasutil.models import ServiceRequest
from gasutil.models.heartbeats import ESCALATION, TIDY, WEBHOOKS, WORKER, Heartbeat
from gasutil.notify import tasks
from gasutil.workflow import engine, escalation

IDLE = {"waiting": 0, "oldest_seconds": 0, "failed": 0}
WELL: dict[str, Any] = {
    "status": "ok",
    "database": "ok",
    "cache": "ok",
    "storage": "ok",
    "worker": "ok",
    "escalation": "ok",
}
WELL |= {"webhooks": "ok", "tidy": "ok", "mail": "ok", "version": __version__}
MAILS = {
    "waiting": 0,
    "oldest_seconds": 0,
    "given_up": 0,
    "alarms_retried": 0,
    "alarms_unheard": 0,
    "alarm_recipients": "none",
}
WELL["mails"] = MAILS
WELL["queue"] = {"escalation": IDLE, "default": IDLE, "webhooks": IDLE}


@pytest.fixture
def ask(db: None, settings: Settings, tmp_path: Path) -> Callable[[], tuple[int, dict[str, Any]]]:
    """Return the health of an installation with an empty folder for files."""
    settings.MEDIA_ROOT = tmp_path

    def ask() -> tuple[int, dict[str, Any]]:
        answer = Client().get("/health/")
        assert "no-store" in answer.headers["Cache-Control"]
        states = answer.json()
        assert {"checkpoint_seconds", "rows"} <= states.pop("history").keys()
        return answer.status_code, states

    return ask


@pytest.mark.django_db(transaction=True)  # a worker closes its connection between two tasks
def test_it_is_healthy_while_a_worker_runs(
    ask: Callable[[], tuple[int, dict[str, Any]]], tmp_path: Path
) -> None:
    call_command("worker", batch=True)
    assert ask() == (200, WELL)
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in files} <= {"proof"}  # the worker publishes the tree


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("queue", "name"),
    [("default", "worker"), ("escalation", "escalation"), ("webhooks", "webhooks")],
)
def test_each_worker_has_a_heartbeat_of_its_own(
    queue: str, name: str, ask: Callable[[], tuple[int, dict[str, Any]]]
) -> None:
    call_command("worker", batch=True, queue=queue)
    result = ask()[1]
    names = ("worker", "escalation", "webhooks")
    assert {other: result[other] for other in names} == {
        other: "ok" if other == name else "down" for other in names
    }


def test_it_is_down_when_escalation_has_been_silent_for_two_minutes(
    ask: Callable[[], tuple[int, dict[str, Any]]],
) -> None:
    beat = Heartbeat.objects.create(
        name=ESCALATION, beat_at=timezone.now() - dt.timedelta(seconds=121)
    )
    assert ask()[1]["escalation"] == "down"
    Heartbeat.objects.filter(pk=beat.pk).update(beat_at=timezone.now() - dt.timedelta(seconds=119))
    assert ask()[1]["escalation"] == "ok"


def test_it_is_down_without_a_worker(ask: Callable[[], tuple[int, dict[str, Any]]]) -> None:
    assert ask() == (
        503,
        WELL | dict.fromkeys(("status", "worker", "escalation", "webhooks"), "down"),
    )


def test_it_is_down_when_the_worker_has_been_silent_for_a_minute(
    ask: Callable[[], tuple[int, dict[str, Any]]],
) -> None:
    Heartbeat.objects.create(name=WORKER, beat_at=timezone.now() - dt.timedelta(seconds=61))
    assert ask()[1]["worker"] == "down"


def test_it_is_down_when_files_cannot_be_stored(
    ask: Callable[[], tuple[int, dict[str, Any]]], settings: Settings, tmp_path: Path
) -> None:
    escalation.sweep()
    Heartbeat.objects.beat(WORKER)
    Heartbeat.objects.beat(WEBHOOKS)
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    assert storages["default"].location == str(tmp_path / "file")
    assert ask() == (503, WELL | {"status": "down", "storage": "down"})


def test_it_is_down_when_the_cache_is(
    ask: Callable[[], tuple[int, dict[str, Any]]], settings: Settings
) -> None:
    escalation.sweep()
    Heartbeat.objects.beat(WORKER)
    Heartbeat.objects.beat(WEBHOOKS)
    settings.CACHES = {
        "default": {
            "BACKEND": "project.cache.FailOpenRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert ask() == (503, WELL | {"status": "down", "cache": "down"})


def test_it_has_the_length_of_the_queues(ask: Callable[[], tuple[int, dict[str, Any]]]) -> None:
    now = timezone.now()
    for _ in range(2):
        tasks.send_password_reset.enqueue("nobody@example.com")
    DBTaskResult.objects.update(enqueued_at=now - dt.timedelta(minutes=5))
    engine.escalate_due.using(run_after=now - dt.timedelta(seconds=30)).enqueue(1)
    engine.escalate_due.using(run_after=now + dt.timedelta(minutes=30)).enqueue(1)
    failed = tasks.send_email_confirmation.enqueue(1)
    DBTaskResult.objects.filter(pk=failed.id).update(
        status="FAILED", finished_at=now - dt.timedelta(hours=23)
    )
    queue = ask()[1]["queue"]
    assert abs(queue["default"].pop("oldest_seconds") - 300) < 5
    assert abs(queue["escalation"].pop("oldest_seconds") - 30) < 5
    assert queue == {
        "default": {"waiting": 2, "failed": 1},
        "escalation": {"waiting": 1, "failed": 0},
        "webhooks": IDLE,
    }


def test_escalation_is_down_when_an_alarm_waits_for_a_minute(
    ask: Callable[[], tuple[int, dict[str, Any]]], leak: ServiceRequest
) -> None:
    escalation.sweep()
    rings = DBTaskResult.objects.filter(task_path=engine.escalate_due.module_path)
    assert (rings.count(), ask()[1]["escalation"]) == (1, "ok")
    rings.update(run_after=timezone.now() - dt.timedelta(seconds=59))
    assert ask()[1]["escalation"] == "ok"
    rings.update(run_after=timezone.now() - dt.timedelta(seconds=61))
    assert ask()[1]["escalation"] == "down"


def test_it_responds_without_the_database(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # and no fixture: a test without one may not touch the database
    assert Client().get("/health/").json() == WELL | dict.fromkeys(
        ("status", "database", "worker", "escalation", "webhooks", "tidy", "mail"), "down"
    ) | {"queue": {}, "mails": {}, "history": {}}


def test_it_checks_at_most_once_a_second(
    ask: Callable[[], tuple[int, dict[str, Any]]],
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(health, "CACHE_SECONDS", 1.0)
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])
    assert ask()[1]["storage"] == "ok"
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    now[0] += 0.99
    assert ask()[1]["storage"] == "ok"
    now[0] += 0.01
    assert ask()[1]["storage"] == "down"


def test_concurrent_calls_share_one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CACHE_SECONDS", 60.0)
    looks: list[int] = []

    def look() -> dict[str, Any]:
        looks.append(1)
        time.sleep(0.2)  # so long that the others call during it
        return WELL

    monkeypatch.setattr(health, "check_all", look)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Client().get("/health/").status_code, range(8)))
    assert (answers, len(looks)) == ([200] * 8, 1)


# --- For load balancers
# -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/health/", "/health/live/", "/health/ready/"])
def test_it_is_found_by_any_host_name(
    path: str, ask: Callable[[], tuple[int, dict[str, Any]]]
) -> None:
    call_command("tidy", verbosity=0)
    answer = Client().get(path, headers={"host": "10.0.0.7:8000"})
    assert (answer.status_code == 400, "no-store" in answer.headers["Cache-Control"]) == (
        False,
        True,
    )


def test_a_process_is_ready_without_workers_and_cache(
    ask: Callable[[], tuple[int, dict[str, Any]]], settings: Settings
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "project.cache.FailOpenRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert ask()[0] == 503
    answer = Client().get("/health/ready/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_process_without_its_database_lives_and_is_not_ready() -> None:
    answers = [Client().get(f"/health/{path}/") for path in ("live", "ready")]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [
        (200, "ok"),
        (503, "down"),
    ]


def test_a_database_that_does_not_respond_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()
    monkeypatch.setattr(health, "check_database", lambda: over.wait(20))
    assert Client().get("/health/ready/").status_code == 503
    over.set()


def test_it_is_down_when_tidy_has_not_run_for_two_days(
    ask: Callable[[], tuple[int, dict[str, Any]]],
) -> None:
    call_command("tidy", verbosity=0)
    beats = Heartbeat.objects.filter(name=TIDY)
    beats.update(beat_at=timezone.now() - dt.timedelta(hours=47))
    assert ask()[1]["tidy"] == "ok"
    beats.update(beat_at=timezone.now() - dt.timedelta(hours=49))
    assert ask()[1]["tidy"] == "down"
    beats.delete()
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - dt.timedelta(hours=49))
    assert ask()[1]["tidy"] == "down"
