"""Rounds in which every lane makes the same calls in turn, so that whatever disturbs the machine disturbs all of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.calls import Call, Desk
from bench.client import Ask, Client

WARM_UP = 15  # calls of each kind that are not counted
LOOP = 100_000


@dataclass(frozen=True)
class Lane:
    """One server to measure: the API on one database, or the floor."""

    name: str
    client: Client
    desk: Desk
    is_floor: bool = False

    def ask(self, call: Call, n: int) -> Ask:
        """Return what the n-th call asks of this server."""
        return (call.of_floor if self.is_floor else call.of_api)(self.desk, n)


@dataclass
class Samples:
    """Milliseconds by call, lane and round, and those of a fixed loop of Python between the rounds."""

    taken: dict[tuple[str, str], list[list[float]]] = field(default_factory=dict)
    loops: list[float] = field(default_factory=list)

    def add(self, round_: dict[tuple[str, str], list[float]]) -> None:
        """Add a round that is complete."""
        for key, values in round_.items():
            self.taken.setdefault(key, []).append(values)


def warm_up(lanes: Sequence[Lane], calls: Sequence[Call]) -> None:
    """Make every call a few times, and make sure that the floor's answers hold the same rows."""
    for call in calls:
        for lane in lanes:
            for n in range(WARM_UP):
                lane.client.time(lane.ask(call, n))
    largest, floor = lanes[-2:]
    for call in [call for call in calls if call.reads]:
        if _ids(largest.client.json(largest.ask(call, 0))) != _ids(floor.client.json(floor.ask(call, 0))):
            raise SystemExit(f"The floor answers other rows than the API: {call.name}.")


def measure(lanes: Sequence[Lane], calls: Sequence[Call], *, rounds: int, times: int, until: float, done: Callable[[], None]) -> Samples:
    """Make the rounds, or as many as the time allows, at least one."""
    samples, numbers = Samples(), count(WARM_UP)
    for _ in range(rounds):
        samples.loops.append(_loop())
        round_: dict[tuple[str, str], list[float]] = {}
        for call in calls:
            for turn in range(times):
                n = next(numbers)
                for lane in (*lanes[turn % len(lanes) :], *lanes[: turn % len(lanes)]):
                    round_.setdefault((call.name, lane.name), []).append(lane.client.time(lane.ask(call, n)))
            if time.monotonic() > until and samples.taken:
                return samples
        samples.add(round_)
        done()
    return samples


def _ids(body: dict[str, object]) -> object:
    rows = body.get("results", body.get("updates"))
    return [row["id"] for row in rows] if isinstance(rows, list) else body["id"]


def _loop() -> float:
    """Return how long a fixed loop takes: what varies in it is the machine."""
    start = time.perf_counter()
    for _ in range(LOOP):
        pass
    return (time.perf_counter() - start) * 1e3
