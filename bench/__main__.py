"""Fill, serve, measure, report: `python -m bench --help`."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import report
from bench.calls import CALLS, find_deep, prepare
from bench.client import Client
from bench.databases import Database, made
from bench.fill import fill
from bench.rounds import Samples, Target, measure, warm_up
from bench.servers import served
from bench.streams import CHANGES, Figures, measure_streams


def sizes(text: str) -> list[int]:
    """Return the requested sizes, the smallest first."""
    result = sorted({int(word) for word in text.split(",")})
    if len(result) < 2 or any(size <= 0 or size % 1000 for size in result):
        raise argparse.ArgumentTypeError("Give two sizes or more, all multiples of 1,000.")
    return result


def arguments() -> argparse.Namespace:
    """Return the command-line arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure how flat the API stays as the table of requests grows.",
    )
    parser.add_argument(
        "--sizes",
        type=sizes,
        default="1000,100000",
        help="numbers of requests (default: %(default)s)",
    )
    parser.add_argument(
        "--rounds", type=int, default=12, help="interleaved rounds (default: %(default)s)"
    )
    parser.add_argument(
        "--calls", type=int, default=40, help="calls of each kind in a round (default: %(default)s)"
    )
    parser.add_argument(
        "--streams",
        type=int,
        default=1000,
        help="event streams on one process; 0 for none (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds",
        type=int,
        default=420,
        help="start no further round after this long (default: %(default)s)",
    )
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"fail if a ratio is above {report.GOAL}, or an event is missing",
    )
    parser.add_argument(
        "--json", type=Path, metavar="PATH", help="write the figures to a file as well"
    )
    return parser.parse_args()


def fill_all(databases: Sequence[Database], progress: Progress) -> None:
    """Fill every database and show a progress bar."""
    for database in databases:
        bar = progress.add_task(f"Filling {database.name}", total=database.size)
        fill(database, lambda number, bar=bar: progress.advance(bar, number))  # type: ignore[misc]  # bound here and now


def serve_all(databases: Sequence[Database], stack: ExitStack) -> list[Target]:
    """Start a server for each database and a baseline for the largest.

    Return their targets, the baseline's last.
    """
    targets = []
    for database in databases:
        desk, baseline = prepare(database)
        client = Client(
            stack.enter_context(served("project.wsgi:application", database.environment)).port
        )
        desk.deep = baseline.deep = find_deep(client, desk, database.size)
        targets.append(Target(str(database.size), client, desk))
    environment = databases[-1].environment | {"BENCH_KEY": baseline.key}
    port = stack.enter_context(served("bench.baseline:application", environment)).port
    return [*targets, Target(report.BASELINE, Client(port), baseline, is_baseline=True)]


def run(asked: argparse.Namespace, console: Console) -> tuple[Samples, Figures | None]:
    """Run all steps of the benchmark, and clean up."""
    until = time.monotonic() + asked.seconds
    databases = [Database(size) for size in asked.sizes]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with made(databases, keep=asked.keep), Progress(*columns, console=console) as progress:
        fill_all(databases, progress)
        bar = progress.add_task("Warming up", total=asked.rounds)
        with ExitStack() as stack:
            targets = serve_all(databases, stack)
            warm_up(targets, CALLS)
            progress.update(bar, description="Measuring")
            samples = measure(
                targets,
                CALLS,
                rounds=asked.rounds,
                times=asked.calls,
                until=until,
                done=lambda: progress.advance(bar),
            )
        if not asked.streams:
            return samples, None
        bar = progress.add_task(f"Changing requests under {asked.streams:,} streams", total=CHANGES)
        return samples, measure_streams(
            databases[-1], asked.streams, done=lambda: progress.advance(bar)
        )


def main() -> int:
    """Run the benchmark; return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    asked, console = arguments(), Console()
    samples, streams = run(asked, console)
    names = [str(size) for size in asked.sizes]
    result = report.lines(samples, [call.name for call in CALLS], names)
    report.show(console, result, samples, names)
    if streams:
        report.show_streams(console, streams)
    if asked.json:
        asked.json.write_text(
            json.dumps(report.as_json(result, samples, streams), indent=2) + "\n", encoding="utf-8"
        )
    return int(
        asked.check
        and not (all(line.is_flat for line in result) and (streams is None or streams.is_whole))
    )


if __name__ == "__main__":
    sys.exit(main())
