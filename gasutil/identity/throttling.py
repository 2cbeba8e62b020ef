"""Limits on how often something may be tried, counted before it is tried."""

import hashlib
import json
import math
from ipaddress import IPv6Address

from django.conf import settings
from django.core.cache import cache

from gasutil.errors import TooManyAttempts


class RateLimit:
    """At most so many attempts for each key in the `window` seconds from the first.

    The setting, times the factor, says how many, and 0 is no limit.

    A key is a name, an address, or both. One customer usually has a whole IPv6 network, so it
    counts as one address. The count is raised before the attempt, in one atomic step, so that
    simultaneous attempts can't slip through together. While the cache is down, attempts are
    allowed, and the cache logs it: a customer who smells gas must get in.
    """

    def __init__(self, name: str, setting: str, window: int, *, factor: int = 1) -> None:
        self.name = name
        self.setting = setting
        self.window = window
        self.factor = factor

    @property
    def limit(self) -> int:
        """Return the number of attempts that are left."""
        return int(getattr(settings, self.setting)) * self.factor

    def count(self, *key: str) -> None:
        """Count one attempt, or raise `TooManyAttempts`."""
        left = self.seconds_left(*key)
        if left:
            raise TooManyAttempts(left)

    def seconds_left(self, *key: str) -> int:
        """Count one attempt.

        Return the seconds until the limit ends if this attempt is beyond it, else 0.
        """
        if not self.limit:
            return 0
        count, left = cache.hit(self._slot(key), self.window)  # type: ignore[attr-defined]  # see project/cache.py
        return max(math.ceil(left), 1) if count > self.limit else 0

    def forgive(self, *key: str) -> None:
        """Take one attempt back, because it succeeded or was not made."""
        if self.limit:
            cache.take_back(self._slot(key))  # type: ignore[attr-defined]  # see project/cache.py

    def _slot(self, key: tuple[str, ...]) -> str:
        return count_key(f"limit:{self.name}", *key)


def count_key(name: str, *key: str) -> str:
    """Return the cache key of a count.

    It holds a digest: names may have characters that no cache key can have.
    """
    digest = hashlib.sha256(json.dumps([counted_as(part) for part in key]).encode()).hexdigest()
    return f"{name}:{digest}"


def counted_as(word: str) -> str:
    """Normalise IPv6 addresses to their /64; return other strings unchanged."""
    try:
        address = IPv6Address(word)
    except ValueError:
        return word
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
