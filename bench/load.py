"""Throughput: the calls per second of a server with eight connections and two processes."""

import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from statistics import median, quantiles

from bench.calls import Call
from bench.client import Ask
from bench.rounds import Target, having

CONNECTIONS = 8
PROCESSES = 2
WARM_UP_SECONDS = 0.3
LEAST = 20  # calls, even if they take longer than the time for them
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """The calls per second of a server, and the slowest hundredth in milliseconds."""

    rate: float
    p50: float
    p99: float


class Connection:
    """One connection, with one call at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.expected, self.sent_at = b"", b"", 0.0

    def send(self, ask: Ask) -> None:
        """Send a request."""
        content, self.expected, self.received = ask.raw, b" %d " % ask.expected, b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(content)

    def receive(self) -> bool:
        """Read what is there; return whether the response is complete."""
        chunk = self.socket.recv(1 << 17)
        self.received += chunk
        end = self.received.find(b"\r\n\r\n")
        if end < 0 and chunk:
            return False
        length = LENGTH.search(self.received, 0, end + 4)
        if length is None or self.expected not in self.received[:14]:
            raise SystemExit(f"Unexpected response under load:\n{self.received[:2000].decode()}")
        return len(self.received) >= end + 4 + int(length[1])


def load(
    port: int,
    asks: Iterator[Ask],
    *,
    seconds: float,
    connections: int = CONNECTIONS,
) -> Load:
    """Make calls on several connections for some seconds."""
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = Connection(port)
            stack.enter_context(connection.socket)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(asks))
        _run(selector, asks, time.perf_counter() + WARM_UP_SECONDS)
        began = time.perf_counter()
        taken = _run(selector, asks, began + seconds)
        lasted = time.perf_counter() - began
        _finish(selector)
    ordered = quantiles(taken, n=100, method="inclusive")
    return Load(len(taken) / lasted, median(taken), ordered[98])


def _run(selector: selectors.BaseSelector, asks: Iterator[Ask], until: float) -> Sequence[float]:
    """Make calls until a time, and at least some; return the milliseconds of each."""
    taken: list[float] = []
    while time.perf_counter() < until or len(taken) < LEAST:
        for key, _ in selector.select(1):
            connection: Connection = key.data
            if connection.receive():
                taken.append((time.perf_counter() - connection.sent_at) * 1e3)
                connection.send(next(asks))
    return taken


def _finish(selector: selectors.BaseSelector) -> None:
    """Wait for the responses to the last calls, so that no change is left half made."""
    waiting = {key.fileobj for key in selector.get_map().values()}
    until = time.perf_counter() + 10
    while waiting and time.perf_counter() < until:
        for key, _ in selector.select(1):
            if key.fileobj in waiting and key.data.receive():
                waiting.discard(key.fileobj)


def asks_of(target: Target, call: Call) -> Iterator[Ask]:
    """Yield the requests of a call, one after the other."""
    return (target.ask(call, n) for n in count())


def measure_throughput(
    targets: Sequence[Target],
    calls: Sequence[Call],
    *,
    rounds: int,
    seconds: float,
    done: Callable[[], None],
) -> Mapping[str, Mapping[str, Load]]:
    """Return the median of the rounds by call and kind of server; the servers take turns."""
    loads_of: dict[tuple[str, str], list[Load]] = {}
    for turn in range(rounds):
        for call in calls:
            have = having(targets, call)
            for target in have[turn % len(have) :] + have[: turn % len(have)]:
                loads_of.setdefault((call.name, target.kind.value), []).append(
                    load(target.client.port, asks_of(target, call), seconds=seconds)
                )
        done()
    by_call: dict[str, dict[str, Load]] = {}
    for (call_name, kind), loads in loads_of.items():
        middle = sorted(loads, key=lambda each: each.rate)[len(loads) // 2]
        by_call.setdefault(call_name, {})[kind] = middle
    return by_call
