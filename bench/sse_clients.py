"""Many open event streams in one thread, which record each event and its time."""

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

DATA = re.compile(rb"data: (\{.*\})\n")
OPEN = b"retry: "
OPENING_AT_ONCE = 16
TIMEOUT_SECONDS = 60


class Heard(NamedTuple):
    """One event, and the moment when it arrived."""

    at: float
    data: dict[str, Any]


class StreamClient(asyncio.Protocol):
    """One stream of one user."""

    def __init__(self, user: int) -> None:
        self.user = user
        self.rest = b""
        self.heard: list[Heard] = []
        self.is_open = asyncio.get_running_loop().create_future()
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport, to close it later."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Record the events in the received data."""
        now = time.time()
        self.rest += data
        if OPEN in self.rest and not self.is_open.done():
            self.is_open.set_result(None)
        end = self.rest.rfind(b"\n\n")
        if end >= 0:
            whole, self.rest = self.rest[: end + 2], self.rest[end + 2 :]
            self.heard += [
                Heard(now, orjson.loads(result))
                for result in DATA.findall(whole)
                if result != b"{}"
            ]

    def connection_lost(self, exc: Exception | None) -> None:
        """Notify the caller that waits for the stream to open."""
        if not self.is_open.done():
            self.is_open.set_exception(
                ConnectionError(f"The stream was not opened: {self.rest[:300]!r}")
            )

    @property
    def is_cut_off(self) -> bool:
        """Return whether the server has ended it."""
        return self.transport is None or self.transport.is_closing()


async def listen(port: int, users: Iterable[tuple[int, str]]) -> list[StreamClient]:
    """Open a stream for each user and access token, a few at a time."""
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def one(user: int, token: str) -> StreamClient:
        async with gate:
            _, client = await asyncio.get_running_loop().create_connection(
                lambda: StreamClient(user), "127.0.0.1", port
            )
            ask = (
                "GET /api/v1/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer"
                f" {token}\r\n\r\n"
            )
            client.transport.write(ask.encode())
            await asyncio.wait_for(client.is_open, TIMEOUT_SECONDS)
            return client

    return await asyncio.gather(*(one(user, token) for user, token in users))


async def until_heard(clients: Sequence[StreamClient], number: int, seconds: float) -> None:
    """Wait until this many events have arrived in total, or until the timeout."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while sum(len(client.heard) for client in clients) < number:
                await asyncio.sleep(0.05)


def hang_up(clients: Iterable[StreamClient]) -> None:
    """End all streams."""
    for client in clients:
        client.transport.abort()
