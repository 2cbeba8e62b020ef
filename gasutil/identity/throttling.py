"""Limits on how often something may be tried, counted before it is tried."""

import contextlib
import math
import time
from ipaddress import IPv6Address

from django.conf import settings
from django.core.cache import cache

from gasutil.errors import TooManyAttempts


class Limit:
    """At most so many attempts for each key in the `window` seconds from the first; the setting says how many, and 0 is no limit.

    A key is a name, an address, or both. Whoever has one address of an IPv6 network has all of it, so it counts as one.
    The count is raised before the attempt, in one atomic step, so that simultaneous attempts can't slip through
    together. With the cache away attempts are let through, and the cache says so in the log: whoever smells gas must get in.
    """

    def __init__(self, name: str, setting: str, window: int) -> None:
        self.name = name
        self.setting = setting
        self.window = window

    @property
    def limit(self) -> int:
        """Return how many attempts there may be now."""
        return int(getattr(settings, self.setting))

    def count(self, *key: str) -> None:
        """Count one attempt, or raise `TooManyAttempts`."""
        if not self.limit:
            return
        slot = self._slot(key)
        if cache.add(slot, 0, self.window):
            cache.set(f"{slot}:until", time.time() + self.window, self.window)
        with contextlib.suppress(ValueError):  # the cache is away, or the window ended between the two calls
            if cache.incr(slot) > self.limit:
                raise TooManyAttempts(self._left(slot))

    def forgive(self, *key: str) -> None:
        """Take one attempt back, because it succeeded."""
        if not self.limit:
            return
        with contextlib.suppress(ValueError):  # the cache is away, or the window has ended
            cache.decr(self._slot(key))

    def _slot(self, key: tuple[str, ...]) -> str:
        return f"limit:{self.name}:{':'.join(map(counted_as, key))}"

    def _left(self, slot: str) -> int:
        """Return the seconds that are left of a window."""
        until: float = cache.get(f"{slot}:until", 0)
        return max(math.ceil(until - time.time()), 1)


def counted_as(word: str) -> str:
    """Return what an address is counted as: of IPv6 its /64, the least that anybody is given. Whatever else a word is, it is itself."""
    try:
        address = IPv6Address(word)
    except ValueError:
        return word
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
