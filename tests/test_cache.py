"""An outage of Redis: nothing is cached, every call gets a response, and the log stays readable."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from redis.exceptions import ConnectionError as Refused

from gasutil.models import ServiceRequest, User
from project import cache as caches
from tests.support.api import Api
from tests.support.outages import AWAY


@pytest.fixture
def clock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, while Redis is away."""
    now = [1000.0]
    monkeypatch.setattr(caches, "RESTING", {})
    monkeypatch.setattr(caches.time, "monotonic", lambda: now[0])
    settings.CACHES = AWAY
    return now


def test_it_caches_nothing_and_raises_nothing(clock: list[float]) -> None:
    cache.set("a", 1)
    assert (cache.get("a"), cache.get("a", 7), cache.get_many(["a"]), cache.has_key("a")) == (
        None,
        7,
        {},
        False,
    )
    assert (
        cache.add("a", 1),
        cache.touch("a"),
        cache.delete("a"),
        cache.set_many({"a": 1, "b": 2}),
    ) == (False, False, False, ["a", "b"])
    assert cache.get_or_set("a", 5) == 5
    for change in (cache.incr, cache.decr):
        with pytest.raises(ValueError, match="not found"):
            change("a")
    cache.delete_many(["a"])
    cache.clear()


def test_it_logs_the_outage_and_the_return_once(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []

    def refused(*args: Any, **kwargs: Any) -> None:
        asked.append(clock[0])
        raise Refused("Connection refused")

    monkeypatch.setattr(RedisCache, "get", refused)
    for _ in range(100):
        cache.get("a")
        clock[0] += 0.1
    assert 4 <= len(asked) <= 6  # in ten seconds
    monkeypatch.setattr(RedisCache, "get", lambda *args, **kwargs: "value")
    clock[0] += caches.REST_SECONDS
    assert [cache.get("a") for _ in range(3)] == ["value"] * 3
    assert [record.getMessage() for record in caplog.records] == [
        (
            "The cache is unavailable. Until it is back, nothing is cached and rate limits are off:"
            " Connection refused"
        ),
        "The cache is available again",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "index",
        "gasutil_servicerequest_changelist",
        "gasutil_incident_changelist",
        "gasutil_bulkrun_changelist",
        "my_notices",
    ],
)
def test_the_console_opens(
    name: str, settings: Settings, leak: ServiceRequest, manager: User
) -> None:
    settings.CACHES = AWAY
    browser = Client()
    browser.force_login(manager, backend="gasutil.identity.backend.ThrottledBackend")
    assert browser.get(reverse(f"admin:{name}")).status_code == 200


def test_a_ticket_opens(settings: Settings, leak: ServiceRequest, support: User) -> None:
    settings.CACHES = AWAY
    browser = Client()
    browser.force_login(support, backend="gasutil.identity.backend.ThrottledBackend")
    assert browser.get(f"/admin/gasutil/servicerequest/{leak.pk}/change/").status_code == 200


def test_the_dashboard_works(settings: Settings, leak: ServiceRequest, support: User) -> None:
    settings.CACHES = AWAY
    answer = Api(support).get("dashboard/")
    assert (answer.status_code, answer.json()["open"]) == (200, 1)
