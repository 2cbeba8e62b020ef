"""Limits on how often something may be tried, counted before it is tried."""

import contextlib
import math
import time
from ipaddress import IPv6Address

from django.core.cache import cache

from gasutil.errors import TooManyAttempts


class Limit:
    """At most `limit` attempts for each key in each window of `window` seconds; a limit of 0 is none.

    A key is a name, an address, or both. Whoever has one address of an IPv6 network has all of it, so it counts as one.
    The count is raised before the attempt, in one atomic step, so that simultaneous attempts can't slip through
    together. With the cache away attempts are let through, and the cache says so in the log: whoever smells gas must get in.
    """

    def __init__(self, name: str, limit: int, window: int) -> None:
        self.name = name
        self.limit = limit
        self.window = window

    def _slot(self, key: tuple[str, ...]) -> tuple[str, int]:
        """Return the cache key of this window, and the seconds it has left."""
        now = time.time()
        number = int(now // self.window)
        return f"limit:{self.name}:{number}:{':'.join(map(counted_as, key))}", math.ceil((number + 1) * self.window - now)

    def count(self, *key: str) -> None:
        """Count one attempt, or raise `TooManyAttempts`."""
        if not self.limit:
            return
        slot, left = self._slot(key)
        cache.add(slot, 0, self.window)
        with contextlib.suppress(ValueError):  # the cache is away, or the window ended between the two calls
            if cache.incr(slot) > self.limit:
                raise TooManyAttempts(left)

    def forgive(self, *key: str) -> None:
        """Take one attempt back, because it succeeded."""
        if not self.limit:
            return
        with contextlib.suppress(ValueError):  # the cache is away, or the window has ended
            cache.decr(self._slot(key)[0])


def counted_as(word: str) -> str:
    """Return what an address is counted as: of IPv6 its /64, the least that anybody is given. Whatever else a word is, it is itself."""
    try:
        address = IPv6Address(word)
    except ValueError:
        return word
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
