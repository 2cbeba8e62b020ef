"""Processes wake each other by Redis or PostgreSQL, and the cost when these are away."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import Settings

from gasutil.events.wakeups import ByPostgreSQL, ByRedis, InProcess, Wakeups

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def seconds_waited(waiting: Wakeups, announcing: Wakeups | None, patience: float = 5) -> float:
    """Return the seconds of a wait that is or is not ended after half a second."""
    result: list[float] = []

    def wait() -> None:
        waiting.wait(0.1)  # listens from here on
        began = time.monotonic()
        waiting.wait(patience)
        result.append(time.monotonic() - began)
        waiting.close()
        connections.close_all()

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.8)  # the wait has begun
    if announcing:
        announcing.announce()
    thread.join(patience + 5)
    return result[0]


@pytest.mark.parametrize("kind", [ByRedis, ByPostgreSQL])
def test_one_process_wakes_another(kind: Any) -> None:
    assert seconds_waited(kind(), kind()) < 2


def test_threads_wake_one_another() -> None:
    in_process = InProcess()
    assert seconds_waited(in_process, in_process) < 2


@pytest.mark.parametrize("kind", [ByRedis, ByPostgreSQL, InProcess])
def test_a_wait_has_a_limit(kind: Any) -> None:
    assert 0.5 < seconds_waited(kind(), None, 1) < 2.5


def test_another_desk_on_the_same_redis_wakes_no_one(settings: Settings) -> None:
    by_redis = ByRedis()
    server, _, number = settings.REDIS_URL.rpartition("/")
    settings.REDIS_URL = f"{server}/{int(number) ^ 1}"
    assert 0.5 < seconds_waited(by_redis, ByRedis(), 1) < 2.5


def test_a_redis_that_is_away_costs_no_more_than_the_poll(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    by_redis = ByRedis()
    began = time.monotonic()
    by_redis.announce()
    by_redis.wait(1)
    assert time.monotonic() - began < 3


def test_listening_uses_the_usual_connection_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {"sslmode": "allow", "sslrootcert": "/etc/ca.pem", "application_name": "desk"}
    monkeypatch.setitem(
        connection.settings_dict, "OPTIONS", connection.settings_dict["OPTIONS"] | expected
    )
    by_postgre_sql = ByPostgreSQL()
    by_postgre_sql.wait(0.1)
    known = by_postgre_sql.listener.info.get_parameters()
    by_postgre_sql.close()
    assert expected.items() <= known.items()
