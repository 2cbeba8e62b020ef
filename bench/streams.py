"""Event streams by the thousand on one process, while requests change: what arrives, how fast, and what it costs."""

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
from bench.ears import Ear, hang_up, listen, until_heard
from bench.fill import SUPPORT
from bench.servers import Server, served

EACH = 10  # streams of one user
REPRESENTATIVES = 20
CHANGES = 100
PAUSE = 0.2  # seconds between two changes
PATIENCE = 15  # seconds for the last event to arrive


@dataclass(frozen=True)
class Figures:
    """What came out; milliseconds from when a change is written, before it is committed, to when a client has it."""

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
        """Return whether every event arrived once, on streams that all stand."""
        return (self.arrived, self.twice, self.cut_off) == (self.expected, 0, 0)


@dataclass(frozen=True)
class Cast:
    """Who listens, with his token, and whose request each change is made on."""

    tokens: Mapping[int, str]
    requests: Sequence[tuple[int, int]]
    """Requests in progress: (id, customer), one a customer."""

    @property
    def representatives(self) -> list[int]:
        """Return who gets everything."""
        return list(SUPPORT[:REPRESENTATIVES])

    @property
    def users(self) -> list[tuple[int, str]]:
        """Return whom to open a stream for, again and again."""
        people = [*self.representatives, *(customer for _, customer in self.requests)]
        return [(user, self.tokens[user]) for _ in range(EACH) for user in people]


def cast(database: Database, streams: int) -> Cast:
    """Choose as many customers as the streams need, and log everybody in."""
    wanted = max(streams // EACH - REPRESENTATIVES, 1)
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT min(id), customer_id FROM gasutil_servicerequest WHERE status = 'in_progress' GROUP BY customer_id ORDER BY 2 LIMIT %s",
            [wanted],
        ).fetchall()
    people = [*SUPPORT[:REPRESENTATIVES], *(customer for _, customer in rows)]
    made = json.loads(database.manage("shell", "--no-imports", "-c", f"from bench.people import log_in; log_in({people})"))
    return Cast({int(pk): token for pk, token in made["tokens"].items()}, rows)


def measure_streams(database: Database, streams: int, done: Callable[[], None]) -> Figures:
    """Serve one process for streams and one for calls, as `deploy/` does, and measure; `done` is told of each change."""
    allow_files(2 * streams + 500)
    known = cast(database, streams)
    environment = {**database.environment, "STREAMS_A_USER": str(EACH)}
    with ExitStack() as stack:
        calls = stack.enter_context(served("project.wsgi:application", environment))
        server = stack.enter_context(served("project.asgi:application", environment, interface="asginl"))
        return asyncio.run(_measure(database, known, Client(calls.port), server, done))


async def _measure(database: Database, known: Cast, client: Client, server: Server, done: Callable[[], None]) -> Figures:
    ears = await listen(server.port, known.users[:10])  # so that what the first stream needs is there
    before, began = rss(server), time.monotonic()
    try:
        ears += await listen(server.port, known.users[10:])
        opened_in = time.monotonic() - began
        connections = await asyncio.to_thread(count_connections, database)
        expected = await _change(known, client, ears, done)
        after = rss(server)
        kib = (after - before) / (len(ears) - 10) if after and before else None
        return _figures(known, ears, expected, opened_in=opened_in, kib_a_stream=kib, threads=threads(server), connections=connections)
    finally:
        hang_up(ears)


async def _change(known: Cast, client: Client, ears: Sequence[Ear], done: Callable[[], None]) -> int:
    """Make the changes, and wait for them to arrive; return how many events that should be."""
    listening, expected = Counter(ear.user for ear in ears), 0
    token = known.tokens[SUPPORT[0]]
    for number in range(CHANGES):
        pk, customer = known.requests[number % len(known.requests)]
        status = "in_progress" if number // len(known.requests) % 2 else "on_hold"
        ask = Ask("PATCH", f"{API}requests/{pk}/", token, {"status": status, "notes": f"Change {number}"})
        await asyncio.to_thread(client.json, ask)
        expected += listening[customer] + sum(listening[user] for user in known.representatives)
        done()
        await asyncio.sleep(PAUSE)
    await until_heard(ears, expected, PATIENCE)
    return expected


def _figures(known: Cast, ears: Sequence[Ear], expected: int, **more: Any) -> Figures:
    taken = [(heard.at - _written(heard.data)) * 1e3 for ear in ears for heard in ear.heard] or [float("nan")]
    told = Counter((id(ear), heard.data["id"]) for ear in ears for heard in ear.heard)
    return Figures(
        streams=len(ears),
        of_support=sum(ear.user in known.representatives for ear in ears),
        changes=CHANGES,
        expected=expected,
        arrived=len(told),
        twice=sum(number - 1 for number in told.values()),
        cut_off=sum(ear.is_cut_off for ear in ears),
        p50=median(taken),
        p99=quantiles(taken, n=100, method="inclusive")[98] if len(taken) > 1 else taken[0],
        slowest=max(taken),
        **more,
    )


def _written(data: Mapping[str, Any]) -> float:
    """Return when a change was written, by the clock of this very machine."""
    return datetime.fromisoformat(data["update"]["created_at"]).timestamp()


def allow_files(number: int) -> None:
    """Let this process, and those that it starts, have so many connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < number:
        raise SystemExit(f"The system allows {hard} open files, and {number} are needed: `ulimit -Hn`, or fewer --streams.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, number), hard))


def count_connections(database: Database) -> int:
    """Return how many connections to the database there are, beside this one."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(row[0]) if row else 0


def rss(server: Server) -> float | None:
    """Return the KiB that the process which holds the streams has in memory, where the system tells."""
    return _of_status(server, "VmRSS")


def threads(server: Server) -> int | None:
    """Return how many threads it has."""
    found = _of_status(server, "Threads")
    return None if found is None else int(found)


def _of_status(server: Server, name: str) -> float | None:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    if not children.exists():
        return None
    worker = children.read_text().split()[-1]
    rows = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(float(row.split()[1]) for row in rows if row.startswith(f"{name}:"))
