"""Rounds in which all targets make the same calls in turn.

A disturbance of the machine then affects all of them.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.calls import Call, TargetData
from bench.client import Ask, Client

WARM_UP = 15  # calls of each kind that are not counted
LOOP = 100_000


@dataclass(frozen=True)
class Target:
    """One server to measure: the API on one database, or the baseline."""

    name: str
    client: Client
    desk: TargetData
    is_baseline: bool = False

    def ask(self, call: Call, n: int) -> Ask:
        """Return the n-th request of a call to this server."""
        return (call.of_baseline if self.is_baseline else call.of_api)(self.desk, n)


@dataclass
class Samples:
    """Milliseconds by call, target and round, and of a fixed loop of Python between rounds."""

    taken: dict[tuple[str, str], list[list[float]]] = field(default_factory=dict)
    loops: list[float] = field(default_factory=list)

    def add(self, round_: dict[tuple[str, str], list[float]]) -> None:
        """Add a round that is complete."""
        for key, values in round_.items():
            self.taken.setdefault(key, []).append(values)


def warm_up(targets: Sequence[Target], calls: Sequence[Call]) -> None:
    """Make every call a few times, and check that the baseline's responses have the same rows."""
    for call in calls:
        for target in targets:
            for n in range(WARM_UP):
                target.client.time(target.ask(call, n))
    largest, baseline = targets[-2:]
    for call in [call for call in calls if call.reads]:
        if _ids(largest.client.json(largest.ask(call, 0))) != _ids(
            baseline.client.json(baseline.ask(call, 0))
        ):
            raise SystemExit(f"The baseline answers other rows than the API: {call.name}.")


def measure(
    targets: Sequence[Target],
    calls: Sequence[Call],
    *,
    rounds: int,
    times: int,
    until: float,
    done: Callable[[], None],
) -> Samples:
    """Run the rounds, or as many as the time allows, at least one."""
    samples, numbers = Samples(), count(WARM_UP)
    for _ in range(rounds):
        samples.loops.append(_loop())
        round_: dict[tuple[str, str], list[float]] = {}
        for call in calls:
            for turn in range(times):
                n = next(numbers)
                for target in (*targets[turn % len(targets) :], *targets[: turn % len(targets)]):
                    round_.setdefault((call.name, target.name), []).append(
                        target.client.time(target.ask(call, n))
                    )
            if time.monotonic() > until and samples.taken:
                return samples
        samples.add(round_)
        done()
    return samples


def _ids(body: dict[str, object]) -> object:
    rows = body.get("results", body.get("updates"))
    return [row["id"] for row in rows] if isinstance(rows, list) else body["id"]


def _loop() -> float:
    """Return the duration of a fixed loop: its variation is that of the machine."""
    start = time.perf_counter()
    for _ in range(LOOP):
        pass
    return (time.perf_counter() - start) * 1e3
