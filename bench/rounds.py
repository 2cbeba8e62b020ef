"""Rounds in which all targets make the same calls in turn.

A disturbance of the machine then affects all of them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.calls import Call, Kind
from bench.client import Ask, Client
from bench.data import TargetData

WARM_UP = 15  # calls of each kind that are not counted
LOOP = 100_000


@dataclass(frozen=True)
class Target:
    """One server to measure, on the database of a size."""

    kind: Kind
    size: int
    client: Client
    data: TargetData

    @property
    def name(self) -> str:
        """Return the name in the results: the size for the application, the kind for others."""
        return str(self.size) if self.kind is Kind.OURS else self.kind.value

    def ask(self, call: Call, n: int) -> Ask:
        """Return the n-th request of a call to this server."""
        return call.asks[self.kind](self.data, n)


@dataclass
class Samples:
    """Milliseconds by call, target and round, and of a fixed loop of Python between rounds."""

    taken: dict[tuple[str, str], list[list[float]]] = field(default_factory=dict)
    loops: list[float] = field(default_factory=list)

    def add(self, round_: dict[tuple[str, str], list[float]]) -> None:
        """Add a round that is complete."""
        for key, values in round_.items():
            self.taken.setdefault(key, []).append(values)


def having(targets: Sequence[Target], call: Call) -> list[Target]:
    """Return the targets that have a call."""
    return [target for target in targets if target.kind in call.asks]


def warm_up(targets: Sequence[Target], calls: Sequence[Call]) -> Mapping[str, list[str]]:
    """Make every call a few times, and check that all servers on a database return the same.

    Return the fields that the others lack, by their names.
    """
    lacking: dict[str, set[str]] = {}
    for call in calls:
        for target in having(targets, call):
            for n in range(max(WARM_UP // call.every, 1)):
                target.client.time(target.ask(call, n))
    largest = max(target.size for target in targets)
    same = [target for target in targets if target.size == largest and target.kind != Kind.TODAY]
    for call in calls:
        if call.reads and len(having(same, call)) > 1:
            _compare(having(same, call), call, lacking)
    return {name: sorted(fields) for name, fields in lacking.items() if fields}


def _compare(targets: Sequence[Target], call: Call, lacking: dict[str, set[str]]) -> None:
    """Raise an error if servers on the same rows return other rows, or other values.

    The others may return fewer fields; their names are noted.
    """
    ours, *others = (target.client.json(target.ask(call, 0)) for target in targets)
    for target, body in zip(targets[1:], others, strict=True):
        for mine, theirs in zip(_rows(ours), _rows(body), strict=False):
            wrong = {name for name in theirs if not _covers(mine.get(name), theirs[name])}
            lacking.setdefault(target.name, set()).update(mine.keys() - theirs.keys())
            if wrong:
                raise SystemExit(f"{target.name} returns other {wrong} for {call.name}.")
        if len(_rows(ours)) != len(_rows(body)):
            raise SystemExit(f"{target.name} returns other rows than the API for {call.name}.")


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
            have = having(targets, call)
            for turn in range(max(times // call.every, 1)):
                n, first = next(numbers), turn % len(have)
                for target in (*have[first:], *have[:first]):
                    round_.setdefault((call.name, target.name), []).append(
                        target.client.time(target.ask(call, n))
                    )
            if time.monotonic() > until and samples.taken:
                return samples
        samples.add(round_)
        done()
    return samples


def _rows(body: dict[str, object]) -> list[dict[str, object]]:
    rows = body.get("results", [body])
    return rows if isinstance(rows, list) else []


def _covers(mine: object, theirs: object) -> bool:
    """Return whether a value has all of another: objects in it may have more fields."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        return all(_covers(mine.get(name), value) for name, value in theirs.items())
    if isinstance(theirs, list) and isinstance(mine, list):
        return len(mine) == len(theirs) and all(map(_covers, mine, theirs))
    return _plain(mine) == _plain(theirs)


def _plain(value: object) -> object:
    """Return a value; of a time its seconds, since there are several ways to write one."""
    is_time = isinstance(value, str) and value[:2] == "20" and value[10:11] == "T"
    return value[:19] if is_time and isinstance(value, str) else value


def _loop() -> float:
    """Return the duration of a fixed loop: its variation is that of the machine."""
    start = time.perf_counter()
    for _ in range(LOOP):
        pass
    return (time.perf_counter() - start) * 1e3
