"""Redis as a cache that may go away: what was remembered in it is forgotten then, and nothing else is lost."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

T = TypeVar("T")
logger = logging.getLogger(__name__)
REST = 2.0  # seconds that a Redis which does not answer is left alone: a page asks several times, and would wait each time
RESTING: dict[str, float] = {}  # until when, by its address: every thread has a cache of its own


class ForgetfulRedisCache(RedisCache):
    """Django's own, but that a Redis which can't be asked remembers nothing. Its going away and coming back are logged once each."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._where = server

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value where none is; return whether it was kept."""
        return self._ask(super().add, key, value, timeout, version, miss=False)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return a value."""
        return self._ask(super().get, key, default, version, miss=default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value."""
        self._ask(super().set, key, value, timeout, version, miss=None)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value for longer; return whether there is one."""
        return self._ask(super().touch, key, timeout, version, miss=False)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; return whether there was one."""
        return self._ask(super().delete, key, version, miss=False)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Return the values that there are."""
        return self._ask(super().get_many, keys, version, miss={})

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Return whether there is a value."""
        return self._ask(super().has_key, key, version, miss=False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a number and return it; raise `ValueError` where there is none, as Django has it."""
        found = self._ask(super().incr, key, delta, version, miss=None)
        if found is None:
            raise ValueError(f"Key {key!r} not found.")
        return found

    def set_many(self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Keep values; return the keys of those that were not kept."""
        return self._ask(super().set_many, data, timeout, version, miss=list(data))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Forget values."""
        self._ask(super().delete_many, keys, version, miss=None)

    def clear(self) -> None:
        """Forget everything."""
        self._ask(super().clear, miss=None)

    def _ask(self, call: Callable[..., T], *given: Any, miss: T) -> T:
        """Return what Redis answers, or what it would if it knew nothing."""
        if time.monotonic() < RESTING.get(self._where, 0):
            return miss
        try:
            answer = call(*given)
        except RedisError as error:
            if self._where not in RESTING:
                logger.warning("The cache is away. Nothing is remembered and no limit is counted until it is back: %s", error)
            RESTING[self._where] = time.monotonic() + REST
            return miss
        if RESTING.pop(self._where, None):
            logger.warning("The cache is back")
        return answer
