"""Clients that send or read slowly.

They are limited by rate and number, and awaited without holding a thread.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

from django.conf import settings

from gasutil.identity.throttling import counted_as

T = TypeVar("T")
TICK_SECONDS = 1.0
SLOW_AFTER_SECONDS = 2.0  # a transfer that has waited this long counts towards the limits


class TooSlow(Exception):
    """The client sends or reads too slowly, or too many clients do and this one is the slowest."""


class Transfer:
    """A body that a client sends, or a response that it reads.

    Args:
        address: the client's; the number of slow transfers is limited for each.
        seconds: the limit of the whole transfer; without it, the transfer may last as long as it
            keeps the minimum rate.
        window_seconds: the time over which the rate is measured.
    """

    def __init__(
        self, address: str, *, seconds: float | None = None, window_seconds: float | None = None
    ) -> None:
        self.address = counted_as(address)
        self.seconds = seconds
        self.window_seconds = window_seconds or float(settings.TRANSFER_WINDOW_SECONDS)
        self.started = time.monotonic()
        self.marks: deque[tuple[int, int]] = deque()  # bytes by second, of the window
        self.is_dropped = False

    def __enter__(self) -> "Transfer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        SLOW.discard(self)

    async def wait(self, step: Awaitable[T]) -> T:
        """Await one step of the transfer; raise `TooSlow` if the client exceeds a limit."""
        task = asyncio.ensure_future(step)
        try:
            while not (await asyncio.wait({task}, timeout=TICK_SECONDS))[0]:
                self.check()
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def count(self, size: int) -> None:
        """Count bytes that were transferred."""
        second = int(time.monotonic())
        earlier = self.marks.pop()[1] if self.marks and self.marks[-1][0] == second else 0
        self.marks.append((second, earlier + size))
        self.check()

    def check(self) -> None:
        """Raise `TooSlow` if the transfer exceeds a limit.

        After a moment, count it among the slow ones.
        """
        if self.is_dropped:
            raise TooSlow
        elapsed = time.monotonic() - self.started
        if elapsed >= SLOW_AFTER_SECONDS:
            SLOW.add(self)
        if self.seconds is not None:
            is_late = elapsed >= self.seconds
        else:
            is_late = elapsed >= self.window_seconds and self.rate() < settings.TRANSFER_MIN_RATE
        if is_late or self.is_dropped:
            raise TooSlow

    def rate(self) -> float:
        """Return the bytes per second over the window."""
        now = time.monotonic()
        while self.marks and self.marks[0][0] < now - self.window_seconds - 1:
            self.marks.popleft()
        return sum(size for _, size in self.marks) / max(
            min(now - self.started, self.window_seconds), TICK_SECONDS
        )


class SlowTransfers:
    """The slow transfers of this process; the slowest is dropped first when there are too many."""

    def __init__(self) -> None:
        self.transfers: set[Transfer] = set()

    def add(self, transfer: Transfer) -> None:
        """Add a transfer, and drop the slowest if its address, or all together, have too many."""
        if transfer in self.transfers:
            return
        self.transfers.add(transfer)
        of_address = {other for other in self.transfers if other.address == transfer.address}
        for group, limit in (
            (of_address, settings.SLOW_CLIENTS_PER_ADDRESS),
            (self.transfers, settings.SLOW_CLIENTS),
        ):
            if len(group & self.transfers) > limit:
                slowest = min(group & self.transfers, key=Transfer.rate)
                slowest.is_dropped = True
                self.transfers.discard(slowest)

    def discard(self, transfer: Transfer) -> None:
        """Remove a transfer that has ended."""
        self.transfers.discard(transfer)


SLOW = SlowTransfers()
