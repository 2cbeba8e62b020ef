"""The options of `python -m bench`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.calls import Kind
from bench.code import ROOT
from bench.goals import MAX_GROWTH

QUICK = {
    "sizes": [1000, 10_000],
    "rounds": 3,
    "calls": 10,
    "seconds": 60,
    "load_rounds": 1,
    "load_seconds": 0.7,
    "streams": 100,
    "messages": 50,
    "alarms": 500,
}
FULL = {
    "sizes": [1000, 100_000],
    "rounds": 12,
    "calls": 40,
    "seconds": 480,
    "load_rounds": 3,
    "load_seconds": 1.5,
    "streams": 1000,
    "messages": 400,
    "alarms": 10_000,
}


def sizes(text: str) -> list[int]:
    """Return the requested sizes, the smallest first."""
    result = sorted({int(word) for word in text.split(",")})
    if len(result) < 2 or any(size <= 0 or size % 1000 for size in result):
        raise argparse.ArgumentTypeError("Give two sizes or more, all multiples of 1,000.")
    return result


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command-line arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=(
            "Measure the application against a floor of one SQL statement for each call, a peer"
            " with Django REST framework, and version 0.1.0, and how flat it stays as the table of"
            " requests grows."
        ),
    )
    parser.add_argument("--quick", action="store_true", help="about 4 minutes instead of 25")
    parser.add_argument("--sizes", type=sizes, help="numbers of requests (1000,100000)")
    parser.add_argument("--rounds", type=int, help="interleaved rounds (12)")
    parser.add_argument("--calls", type=int, help="calls of each kind in a round (40)")
    parser.add_argument("--seconds", type=int, help="start no further round after this long (480)")
    parser.add_argument("--load-rounds", type=int, help="rounds of throughput (3)")
    parser.add_argument("--load-seconds", type=float, help="of one throughput (1.5)")
    parser.add_argument("--streams", type=int, help="event streams on one process; 0: none (1000)")
    parser.add_argument("--messages", type=int, help="mails, and webhooks (400)")
    parser.add_argument("--alarms", type=int, help="alarms that are due at once (10000)")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=[Kind.FLOOR.value, Kind.PEER.value, Kind.TODAY.value],
        help="leave one of the others out",
    )
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    parser.add_argument("--reuse", action="store_true", help="use those of an earlier --keep")
    parser.add_argument(
        "--results",
        type=Path,
        default=ROOT / "var" / "bench" / "results",
        help="the folder for the results",
    )
    parser.add_argument("--store", action="store_true", help="store in docs/benchmarks/ and README")
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"fail if a goal is missed, such as growth ≤ {MAX_GROWTH}, or an event is missing",
    )
    asked = parser.parse_args(given)
    for name, value in (QUICK if asked.quick else FULL).items():
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    return asked
