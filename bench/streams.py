"""Thousands of event streams on one process: which events arrive, how fast, at which cost."""

import asyncio
import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from bench.calls import API
from bench.client import Ask, Client
from bench.databases import Database
from bench.fill import SUPPORT
from bench.servers import Server, served
from bench.sse_clients import StreamClient, hang_up, listen, until_heard

EACH = 10  # streams of one user
REPRESENTATIVES = 20
CHANGES = 100
PAUSE_SECONDS = 0.2  # between two changes
TIMEOUT_SECONDS = 15  # for the last event to arrive
IN_PROGRESS = """
SELECT min(id), customer_id
FROM gasutil_servicerequest
WHERE status = 'in_progress'
GROUP BY customer_id
ORDER BY customer_id
LIMIT %s
"""
CONNECTIONS = """
SELECT count(*)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Figures:
    """The results.

    Milliseconds from the write of a change, before its commit, until a client has received it.
    """

    streams: int
    of_support: int
    opened_in: float
    changes: int
    expected: int
    arrived: int
    twice: int
    cut_off: int
    p50: float
    p99: float
    slowest: float
    kib_a_stream: float | None
    threads: int | None
    connections: int

    @property
    def is_whole(self) -> bool:
        """Return whether every event arrived once, on streams that are all still open."""
        return (self.arrived, self.twice, self.cut_off) == (self.expected, 0, 0)


@dataclass(frozen=True)
class Cast:
    """The listening users with their tokens, and the owners of the requests that change."""

    tokens: Mapping[int, str]
    requests: Sequence[tuple[int, int]]
    """Requests in progress: (id, customer), one a customer."""

    @property
    def representatives(self) -> list[int]:
        """Return the users who receive every event."""
        return list(SUPPORT[:REPRESENTATIVES])

    @property
    def users(self) -> list[tuple[int, str]]:
        """Return the user and token of each stream, spread over the users."""
        people = [*self.representatives, *(customer for _, customer in self.requests)]
        return [(user, self.tokens[user]) for _ in range(EACH) for user in people]


def cast(database: Database, streams: int) -> Cast:
    """Choose as many customers as the streams need, and log all users in."""
    wanted = max(streams // EACH - REPRESENTATIVES, 1)
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            IN_PROGRESS,
            [wanted],
        ).fetchall()
    people = [*SUPPORT[:REPRESENTATIVES], *(customer for _, customer in rows)]
    made = json.loads(database.shell(f"from bench.login import log_in; log_in({people})"))
    return Cast({int(pk): token for pk, token in made["tokens"].items()}, rows)


def measure_streams(database: Database, streams: int, done: Callable[[], None]) -> Figures:
    """Serve one process for streams and one for calls, as `deploy/` does, and measure.

    `done` is called after each change.
    """
    allow_files(2 * streams + 500)
    known = cast(database, streams)
    environment = {**database.environment, "STREAMS_A_USER": str(EACH)}
    with ExitStack() as stack:
        calls = stack.enter_context(served("project.wsgi:application", environment))
        server = stack.enter_context(
            served("project.asgi:application", environment, interface="asginl")
        )
        return asyncio.run(_measure(database, known, Client(calls.port), server, done))


async def _measure(
    database: Database, known: Cast, client: Client, server: Server, done: Callable[[], None]
) -> Figures:
    clients = await listen(server.port, known.users[:10])  # warms up the server
    before, began = rss(server), time.monotonic()
    try:
        clients += await listen(server.port, known.users[10:])
        opened_in = time.monotonic() - began
        connections = await asyncio.to_thread(count_connections, database)
        expected = await _change(known, client, clients, done)
        after = rss(server)
        kib = (after - before) / (len(clients) - 10) if after and before else None
        return _figures(
            known,
            clients,
            expected,
            opened_in=opened_in,
            kib_a_stream=kib,
            threads=threads(server),
            connections=connections,
        )
    finally:
        hang_up(clients)


async def _change(
    known: Cast, client: Client, clients: Sequence[StreamClient], done: Callable[[], None]
) -> int:
    """Make the changes, and wait for their events.

    Return the number of events that should arrive.
    """
    listening, expected = Counter(stream.user for stream in clients), 0
    token = known.tokens[SUPPORT[0]]
    for number in range(CHANGES):
        pk, customer = known.requests[number % len(known.requests)]
        status = "in_progress" if number // len(known.requests) % 2 else "on_hold"
        ask = Ask(
            "PATCH", f"{API}requests/{pk}/", token, {"status": status, "notes": f"Change {number}"}
        )
        await asyncio.to_thread(client.json, ask)
        expected += listening[customer] + sum(listening[user] for user in known.representatives)
        done()
        await asyncio.sleep(PAUSE_SECONDS)
    await until_heard(clients, expected, TIMEOUT_SECONDS)
    return expected


def _figures(known: Cast, clients: Sequence[StreamClient], expected: int, **more: Any) -> Figures:
    taken = [
        (heard.at - _written(heard.data)) * 1e3 for stream in clients for heard in stream.heard
    ] or [float("nan")]
    result = Counter((id(stream), heard.data["id"]) for stream in clients for heard in stream.heard)
    return Figures(
        streams=len(clients),
        of_support=sum(stream.user in known.representatives for stream in clients),
        changes=CHANGES,
        expected=expected,
        arrived=len(result),
        twice=sum(number - 1 for number in result.values()),
        cut_off=sum(stream.is_cut_off for stream in clients),
        p50=median(taken),
        p99=quantiles(taken, n=100, method="inclusive")[98] if len(taken) > 1 else taken[0],
        slowest=max(taken),
        **more,
    )


def _written(data: Mapping[str, Any]) -> float:
    """Return the time when a change was written, by the clock of this machine."""
    return datetime.fromisoformat(data["update"]["created_at"]).timestamp()


def allow_files(number: int) -> None:
    """Raise the limit of open files for this process and those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < number:
        raise SystemExit(
            f"The system allows {hard} open files, and {number} are needed: `ulimit -Hn`, or fewer"
            " --streams."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, number), hard))


def count_connections(database: Database) -> int:
    """Return the number of connections to the database, without this one."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute(CONNECTIONS).fetchone()
    return int(row[0]) if row else 0


def rss(server: Server) -> float | None:
    """Return the memory in KiB of the process that serves the streams, or None."""
    return _of_status(server, "VmRSS")


def threads(server: Server) -> int | None:
    """Return the number of its threads."""
    result = _of_status(server, "Threads")
    return None if result is None else int(result)


def _of_status(server: Server, name: str) -> float | None:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    if not children.exists():
        return None
    worker = children.read_text().split()[-1]
    rows = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(float(row.split()[1]) for row in rows if row.startswith(f"{name}:"))
