"""Redis as a cache that may go away.

Its contents are forgotten then, and nothing else is lost.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

T = TypeVar("T")
logger = logging.getLogger(__name__)
# That a Redis which does not answer is left alone: a page asks several times, and would wait each
# time
REST_SECONDS = 2.0
RESTING: dict[str, float] = {}  # until when, by its address: every thread has a cache of its own


# Each script runs as one step, so a key can't expire halfway; a key that has lost its expiry gets
# one again.
HIT = """
local count = redis.call('INCR', KEYS[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""
TAKE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end
return 0
"""


TAKE_LEASE = """
local now = redis.call('TIME')[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
RENEW_LEASE = """
redis.call('ZADD', KEYS[1], redis.call('TIME')[1] + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


class CountingLocMemCache(LocMemCache):
    """Django's cache in the memory of one process, which also counts in one step."""

    counting = threading.RLock()

    def hit(self, key: str, window: int) -> tuple[int, float]:
        """Count one attempt.

        Return the count and the seconds until it ends, `window` seconds after the first.
        """
        with self.counting:
            count, end = self.get(key) or (0, time.time() + window)
            left = end - time.time()
            self.set(key, (count + 1, end), left)
        return count + 1, left

    def take_back(self, key: str) -> None:
        """Take one attempt back, if it is still counted."""
        with self.counting:
            count, end = self.get(key) or (0, 0.0)
            if count:
                self.set(key, (count - 1, end), end - time.time())

    def take_lease(self, key: str, holder: str, *, limit: int, seconds: int) -> bool:
        """Add a holder for some seconds, and return True, unless there are as many as the limit."""
        with self.counting:
            holders = {item: end for item, end in self.get(key, {}).items() if end > time.time()}
            if len(holders) >= limit:
                return False
            self.set(key, {**holders, holder: time.time() + seconds}, seconds)
        return True

    def renew_leases(self, leases: Iterable[tuple[str, str]], seconds: int) -> None:
        """Extend leases by some seconds from now; each is a key and a holder."""
        with self.counting:
            for key, holder in leases:
                self.set(key, {**self.get(key, {}), holder: time.time() + seconds}, seconds)

    def release_leases(self, leases: Iterable[tuple[str, str]]) -> None:
        """Remove holders."""
        with self.counting:
            for key, holder in leases:
                holders = {item: end for item, end in self.get(key, {}).items() if item != holder}
                (
                    self.set(key, holders, max(holders.values()) - time.time())
                    if holders
                    else self.delete(key)
                )


class FailOpenRedisCache(RedisCache):
    """Django's Redis cache, empty while Redis is away. Each outage and its end are logged once."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._where = server

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Store a value if there is none; return whether it was stored."""
        return self._ask(super().add, key, value, timeout, version, miss=False)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return a value."""
        return self._ask(super().get, key, default, version, miss=default)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Store a value."""
        self._ask(super().set, key, value, timeout, version, miss=None)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Extend the lifetime of a value; return whether it exists."""
        return self._ask(super().touch, key, timeout, version, miss=False)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; return whether there was one."""
        return self._ask(super().delete, key, version, miss=False)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Return the values that there are."""
        return self._ask(super().get_many, keys, version, miss={})

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Return whether a value exists."""
        return self._ask(super().has_key, key, version, miss=False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a number and return it.

        Raise `ValueError` where there is none, as Django has it.
        """
        result = self._ask(super().incr, key, delta, version, miss=None)
        if result is None:
            raise ValueError(f"Key {key!r} not found.")
        return result

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Store values; return the keys of those that were not stored."""
        return self._ask(super().set_many, data, timeout, version, miss=list(data))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Forget values."""
        self._ask(super().delete_many, keys, version, miss=None)

    def clear(self) -> None:
        """Forget everything."""
        self._ask(super().clear, miss=None)

    def hit(self, key: str, window: int) -> tuple[int, float]:
        """Count one attempt; return the count and the seconds until it ends.

        Without Redis the count is 0.
        """
        count, left = self._ask(self._run, HIT, key, window, miss=(0, 0))
        return int(count), int(left) / 1000

    def take_back(self, key: str) -> None:
        """Take one attempt back, if it is still counted."""
        self._ask(self._run, TAKE_BACK, key, miss=None)

    def take_lease(self, key: str, holder: str, *, limit: int, seconds: int) -> bool:
        """Add a holder for some seconds, and return True, unless there are as many as the limit.

        Without Redis, return True.
        """
        return bool(self._ask(self._run, TAKE_LEASE, key, holder, limit, seconds, miss=True))

    def renew_leases(self, leases: Iterable[tuple[str, str]], seconds: int) -> None:
        """Extend leases by some seconds from now; each is a key and a holder."""
        self._ask(
            self._pipe,
            [("EVAL", RENEW_LEASE, 1, key, holder, seconds) for key, holder in self._named(leases)],
            miss=None,
        )

    def release_leases(self, leases: Iterable[tuple[str, str]]) -> None:
        """Remove holders."""
        self._ask(
            self._pipe, [("ZREM", key, holder) for key, holder in self._named(leases)], miss=None
        )

    def _named(self, leases: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(self.make_and_validate_key(key), holder) for key, holder in leases]

    def _pipe(self, commands: Sequence[Sequence[Any]]) -> None:
        """Run commands in one round trip."""
        with self._cache.get_client(None, write=True).pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
            pipeline.execute()

    def _run(self, script: str, key: str, *arguments: Any) -> Any:
        name = self.make_and_validate_key(key)
        return self._cache.get_client(name, write=True).eval(script, 1, name, *arguments)

    def _ask(self, call: Callable[..., T], *given: Any, miss: T) -> T:
        """Return the result of Redis, or the default while it is down."""
        if time.monotonic() < RESTING.get(self._where, 0):
            return miss
        try:
            answer = call(*given)
        except RedisError as error:
            if self._where not in RESTING:
                logger.warning(
                    "The cache is unavailable. Until it is back, nothing is cached and rate limits"
                    " are off: %s",
                    error,
                )
            RESTING[self._where] = time.monotonic() + REST_SECONDS
            return miss
        if RESTING.pop(self._where, None):
            logger.warning("The cache is available again")
        return answer
