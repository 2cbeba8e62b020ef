"""Many open event streams in one thread, which note what they hear and when, and nothing else."""

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

DATA = re.compile(rb"data: (\{.*\})\n")
OPEN = b"retry: "
AT_ONCE = 16  # streams that are being opened at one time
PATIENCE = 60  # seconds


class Heard(NamedTuple):
    """One event, and the moment that it arrived."""

    at: float
    data: dict[str, Any]


class Ear(asyncio.Protocol):
    """One stream of one user."""

    def __init__(self, user: int) -> None:
        self.user = user
        self.rest = b""
        self.heard: list[Heard] = []
        self.is_open = asyncio.get_running_loop().create_future()
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to hang up by."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Note what is heard."""
        now = time.time()
        self.rest += data
        if OPEN in self.rest and not self.is_open.done():
            self.is_open.set_result(None)
        end = self.rest.rfind(b"\n\n")
        if end >= 0:
            whole, self.rest = self.rest[: end + 2], self.rest[end + 2 :]
            self.heard += [Heard(now, orjson.loads(found)) for found in DATA.findall(whole) if found != b"{}"]

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so to whoever still waits for it to open."""
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionError(f"The stream was not opened: {self.rest[:300]!r}"))

    @property
    def is_cut_off(self) -> bool:
        """Return whether the server has ended it."""
        return self.transport is None or self.transport.is_closing()


async def listen(port: int, users: Iterable[tuple[int, str]]) -> list[Ear]:
    """Open a stream for each user and access token, some at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(user: int, token: str) -> Ear:
        async with gate:
            _, ear = await asyncio.get_running_loop().create_connection(lambda: Ear(user), "127.0.0.1", port)
            ask = f"GET /api/v1/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
            ear.transport.write(ask.encode())
            await asyncio.wait_for(ear.is_open, PATIENCE)
            return ear

    return await asyncio.gather(*(one(user, token) for user, token in users))


async def until_heard(ears: Sequence[Ear], number: int, seconds: float) -> None:
    """Wait until so many events have arrived in all, or for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while sum(len(ear.heard) for ear in ears) < number:
                await asyncio.sleep(0.05)


def hang_up(ears: Iterable[Ear]) -> None:
    """End all streams."""
    for ear in ears:
        ear.transport.abort()
