"""The goals, as ratios within one run, and by how much each is missed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench.calls import CALLS, Group, Kind

MAX_GROWTH = 1.3


class Measure(StrEnum):
    """A ratio. For all but growth, more is better."""

    SHARE = "share of the floor"
    TIMES_PEER = "times DRF"
    TIMES_TODAY = "throughput, times 0.1.0"
    GROWTH = "growth"


GOALS: Mapping[Measure, Mapping[Group, float]] = {
    Measure.SHARE: {
        Group.LIST: 0.5,
        Group.RETRIEVE: 0.45,
        Group.UPDATES: 0.45,
        Group.CREATE: 0.4,
        Group.PATCH: 0.45,
    },
    Measure.TIMES_PEER: {Group.LIST: 3, Group.RETRIEVE: 3, Group.CREATE: 2, Group.PATCH: 2},
    Measure.TIMES_TODAY: {Group.LIST: 3, Group.RETRIEVE: 5, Group.CREATE: 2, Group.PATCH: 1.7},
    Measure.GROWTH: dict.fromkeys(Group, MAX_GROWTH),
}
# The goals but growth apply to the calls that 0.1.0 is measured with as well.
COMPARED = {call.name for call in CALLS if Kind.TODAY in call.asks}


@dataclass(frozen=True)
class Verdict:
    """A goal, and the worst value of the calls that it applies to."""

    measure: Measure
    group: Group
    goal: float
    value: float
    call: str

    @property
    def is_met(self) -> bool:
        """Return whether the goal is met."""
        return (
            self.value <= self.goal if self.measure is Measure.GROWTH else self.value >= self.goal
        )

    @property
    def text(self) -> str:
        """Return "met", or by how much of the goal it is missed."""
        missed = abs(self.value - self.goal) / self.goal
        return "met" if self.is_met else f"missed by {missed:.0%}"


def verdicts(results: Mapping[str, Any]) -> Iterator[Verdict]:
    """Yield the goals that the results have values for."""
    for measure, goals in GOALS.items():
        for group, goal in goals.items():
            values = [
                (line[measure.name.lower()], line["call"])
                for line in results["calls"]
                if line["group"] == group
                and line[measure.name.lower()] is not None
                and (measure is Measure.GROWTH or line["call"] in COMPARED)
            ]
            if values:
                worst = max(values) if measure is Measure.GROWTH else min(values)
                yield Verdict(measure, group, goal, *worst)
