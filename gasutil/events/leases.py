"""The number of streams that a user has open in all processes.

Each stream holds a lease in the cache, which expires if its process dies.

With Redis, the leases of all processes are counted together. Without it there is one process, and
its memory counts them.
"""

import threading
from collections.abc import Callable, Collection

from django.conf import settings
from django.core.cache import cache

from gasutil.errors import TooManyStreams

LEASE_SECONDS = 20  # from the last renewal until a lease counts no more
RENEW_SECONDS = 5
RETRY_SECONDS = 30  # the retry time that a client with too many streams receives

Lease = tuple[str, str]
"""The key of a user's leases, and the ID of the stream."""


class Leases:
    """The leases of the streams of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sending = (
            threading.Lock()
        )  # what is given back is sent after a renewal of the same lease
        self.returned: set[Lease] = set()

    def take(self, lease: Lease) -> None:
        """Take a lease; raise `TooManyStreams` if the user has as many streams as allowed.

        It may wait for Redis.
        """
        self.flush()
        if not cache.take_lease(*lease, limit=settings.STREAMS_A_USER, seconds=LEASE_SECONDS):  # type: ignore[attr-defined]  # see project/cache.py
            raise TooManyStreams(settings.STREAMS_A_USER, RETRY_SECONDS)

    def give_back(self, lease: Lease) -> None:
        """Release a lease with the next `flush`: nothing may block here."""
        with self.lock:
            self.returned.add(lease)

    def flush(self) -> None:
        """Publish the leases that were released to the other processes."""
        with self.sending:
            with self.lock:
                returned, self.returned = self.returned, set()
            if returned:
                cache.release_leases(returned)  # type: ignore[attr-defined]  # see project/cache.py

    def renew(self, of_open_streams: Callable[[], Collection[Lease]]) -> None:
        """Renew the leases of open streams."""
        with self.sending:
            cache.renew_leases(of_open_streams(), LEASE_SECONDS)  # type: ignore[attr-defined]  # see project/cache.py
