"""Leases of streams.

They are limited for each user, given back, renewed, and expired when no process renews them.
"""

import time
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache as default_cache
from pytest_django import Settings

from gasutil.errors import TooManyAttempts
from gasutil.events import leases
from gasutil.events.leases import Leases
from tests.support.waiting import wait_for

cache: Any = default_cache
MINE, OTHER = "streams:1", "streams:2"


def take(key: str, *holders: str, seconds: int = 30) -> list[bool]:
    return [cache.take_lease(key, holder, limit=2, seconds=seconds) for holder in holders]


def test_there_are_as_many_as_the_limit_for_each_key() -> None:
    assert take(MINE, "a", "b", "c") == [True, True, False]
    assert take(OTHER, "a", "b", "c") == [True, True, False]


def test_one_that_is_released_is_free() -> None:
    take(MINE, "a", "b")
    cache.release_leases([(MINE, "a"), (MINE, "unknown"), (OTHER, "a")])
    assert take(MINE, "c", "d") == [True, False]
    cache.release_leases([(MINE, "b"), (MINE, "c")])
    assert take(MINE, "e", "f") == [True, True]


def test_one_that_is_not_renewed_expires() -> None:
    take(MINE, "dead", "alive", seconds=2)
    cache.renew_leases([(MINE, "alive")], 30)
    assert wait_for(lambda: any(given := take(MINE, "c", "d")) and given) == [True, False]


def test_one_that_has_expired_can_be_renewed() -> None:
    take(MINE, "a", seconds=1)
    time.sleep(1.1)  # past its end, which nothing shows
    cache.renew_leases([(MINE, "a")], 30)
    assert take(MINE, "b", "c") == [True, False]


def test_two_processes_are_counted_together(settings: Settings) -> None:
    settings.STREAMS_A_USER = 2
    first, second = Leases(), Leases()
    first.take((MINE, "a"))
    second.take((MINE, "b"))
    for process in (first, second):
        with pytest.raises(TooManyAttempts):
            process.take((MINE, "c"))
    first.give_back((MINE, "a"))
    first.flush()
    second.take((MINE, "d"))
    with pytest.raises(TooManyAttempts):  # one lease was free, and no more
        first.take((MINE, "e"))


def test_a_released_lease_is_free_at_once(settings: Settings) -> None:
    settings.STREAMS_A_USER = 1
    process = Leases()
    process.take((MINE, "a"))
    process.give_back((MINE, "a"))
    process.take((MINE, "b"))
    with pytest.raises(TooManyAttempts):
        process.take((MINE, "c"))


def test_a_renewal_never_revives_a_released_lease(settings: Settings) -> None:
    settings.STREAMS_A_USER = 1
    process = Leases()
    process.take((MINE, "a"))

    def snapshot() -> list[leases.Lease]:
        process.give_back((MINE, "a"))  # after it was read as open
        return [(MINE, "a")]

    process.renew(snapshot)
    process.take((MINE, "b"))
    with pytest.raises(TooManyAttempts):  # the one that is open counts
        process.take((MINE, "c"))


def test_without_redis_streams_can_open(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "project.cache.FailOpenRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    settings.STREAMS_A_USER = 1
    process = Leases()
    for number in range(3):
        process.take((MINE, str(number)))
        process.give_back((MINE, str(number)))
        process.renew(lambda: [(MINE, "open")])


def test_the_cache_of_these_tests_is_that_of_the_run() -> None:
    assert ("Redis" in type(cache._connections["default"]).__name__) is bool(
        django_settings.REDIS_URL
    )
