"""Limits on how often something may be tried, counted before it is tried."""

import logging
import math
import time

from django.core.cache import cache
from redis.exceptions import RedisError

from gasutil.errors import TooManyAttempts

logger = logging.getLogger(__name__)


class Limit:
    """At most `limit` attempts for each key in each window of `window` seconds; a limit of 0 is none.

    The count is raised before the attempt, in one atomic step, so that simultaneous attempts can't slip through
    together. With the cache down attempts are let through and the fault is logged: whoever smells gas must get in.
    """

    def __init__(self, name: str, limit: int, window: int) -> None:
        self.name = name
        self.limit = limit
        self.window = window

    def _slot(self, key: str) -> tuple[str, int]:
        """Return the cache key of this window, and the seconds it has left."""
        now = time.time()
        number = int(now // self.window)
        return f"limit:{self.name}:{number}:{key}", math.ceil((number + 1) * self.window - now)

    def count(self, key: str) -> None:
        """Count one attempt, or raise `TooManyAttempts`."""
        if not self.limit:
            return
        slot, left = self._slot(key)
        try:
            cache.add(slot, 0, self.window)
            attempts = cache.incr(slot)
        except (RedisError, ValueError):  # ValueError: the window ended between the two calls
            logger.exception("The limit %s was not counted", self.name)
            return
        if attempts > self.limit:
            raise TooManyAttempts(left)

    def forgive(self, key: str) -> None:
        """Take one attempt back, because it succeeded."""
        if not self.limit:
            return
        try:
            cache.decr(self._slot(key)[0])
        except (RedisError, ValueError):
            logger.exception("The limit %s was not taken back", self.name)
