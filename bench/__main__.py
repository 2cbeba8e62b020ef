"""Fill, serve, measure, report: `python -m bench --help`."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import NamedTemporaryFile
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import code, report, store
from bench.background import measure_background
from bench.calls import CALLS, Kind
from bench.client import Client
from bench.data import TargetData, find_deep, prepare
from bench.databases import Database, copy_tables, made
from bench.fill import fill
from bench.goals import COMPARED, verdicts
from bench.load import PROCESSES, measure_throughput
from bench.options import arguments
from bench.results import collect
from bench.rounds import Target, measure, warm_up
from bench.servers import served
from bench.streams import CHANGES, measure_streams

FILE_WIDTH = 140  # columns
PROFILED = 65  # calls of each kind that misses a goal
OTHERS = (Kind.FLOOR, Kind.PEER, Kind.TODAY)
APPLICATIONS = {
    Kind.OURS: "project.wsgi:application",
    Kind.FLOOR: "bench.baseline:application",
    Kind.PEER: "bench.peer.wsgi:application",
    Kind.TODAY: "project.wsgi:application",
}


class Bench:
    """One run: its databases, what is measured on them, and the progress that is shown."""

    def __init__(self, asked: argparse.Namespace, progress: Progress) -> None:
        self.asked, self.progress = asked, progress
        self.kinds = [kind for kind in OTHERS if kind.value not in asked.without]
        self.databases = [Database(size) for size in asked.sizes]
        self.largest = self.databases[-1]
        if Kind.TODAY in self.kinds:
            self.step("Preparing 0.1.0")
            self.today = Database(self.largest.size, code.version_0_1_0())
            self.databases.append(self.today)
        if Kind.PEER in self.kinds:
            self.step("Preparing the peer")
            self.peer = code.peer()
        self.data: dict[tuple[Kind, int], TargetData] = {}

    def step(self, description: str, total: int | None = None) -> Any:
        """Show the start of a step; return a function that advances it."""
        bar = self.progress.add_task(description, total=total)
        return lambda number=1: self.progress.advance(bar, number)

    def run(self) -> dict[str, Any]:
        """Fill the databases, measure everything, and return the results."""
        if not self.asked.reuse:
            self.fill()
        self.prepare()
        until = time.monotonic() + self.asked.seconds
        samples = self.measure_latency(until)
        throughput = self.measure_throughput()
        own = self.data[Kind.OURS, self.largest.size]
        streams = self.measure_streams()
        self.step("Logins, mails, webhooks, alarms")
        background = measure_background(
            self.largest, own, messages=self.asked.messages, alarms=self.asked.alarms
        )
        results = collect(
            self.asked.sizes,
            samples,
            throughput,
            lacking=self.lacking,
            streams=streams,
            background=background,
        )
        return results | {"profile": self.profile(results)}

    def profile(self, results: Mapping[str, Any]) -> Any:
        """Measure where the time of the calls goes that miss a goal."""
        missed = {each.call for each in verdicts(results) if not each.is_met}
        own = self.data[Kind.OURS, self.largest.size]
        asks = {
            call.name: [tuple(call.asks[Kind.OURS](own, n)) for n in range(PROFILED)]
            for call in CALLS
            if call.name in missed
        }
        self.step("Profiling")
        with NamedTemporaryFile("w", suffix=".json") as file:  # too long for an argument
            json.dump(asks, file)
            file.flush()
            script = f"from bench.profile import profile; profile({file.name!r})"
            try:
                return json.loads(self.largest.shell(script).splitlines()[-1])
            except SystemExit as error:  # what has been measured for half an hour is not lost
                self.progress.console.print(f"No profile: {error}")
                return {}

    def fill(self) -> None:
        """Create the tables once, and fill every database."""
        first, *others = [database for database in self.databases if database.code is code.HERE]
        copy_tables(first, others)
        for database in self.databases:
            fill(database, self.step(f"Filling {database.name}", database.size))

    def prepare(self) -> None:
        """Log users in on every database."""
        for database in self.databases:
            kinds = [Kind.TODAY] if database is getattr(self, "today", None) else [Kind.OURS]
            if database is self.largest:
                kinds += [kind for kind in self.kinds if kind is not Kind.TODAY]
            for kind, data in zip(kinds, prepare(database, len(kinds)), strict=True):
                self.data[kind, database.size] = data

    @contextmanager
    def targets(self, keys: Sequence[tuple[Kind, int]], workers: int) -> Iterator[list[Target]]:
        """Serve what is measured; yield the targets."""
        with ExitStack() as stack:
            yield [self._target(kind, size, workers, stack) for kind, size in keys]

    def _target(self, kind: Kind, size: int, workers: int, stack: ExitStack) -> Target:
        data = self.data[kind, size]
        database = self.today if kind is Kind.TODAY else Database(size)
        environment = database.environment | {"BENCH_KEY": data.key}
        where = self.peer if kind is Kind.PEER else database.code
        server = served(APPLICATIONS[kind], environment, code=where, workers=workers)
        return Target(kind, size, Client(stack.enter_context(server).port), data)

    def measure_latency(self, until: float) -> Any:
        """Measure every call on one connection to each server."""
        with self.targets(list(self.data), workers=1) as targets:
            self._find_deep_pages(targets)
            self.step("Warming up")
            self.lacking = warm_up(targets, CALLS)
            return measure(
                targets,
                CALLS,
                rounds=self.asked.rounds,
                times=self.asked.calls,
                until=until,
                done=self.step("Measuring", self.asked.rounds),
            )

    def _find_deep_pages(self, targets: Sequence[Target]) -> None:
        for target in targets:
            if target.kind is Kind.OURS:
                target.data.deep = find_deep(target.client, target.data, target.size)
        floor = self.data.get((Kind.FLOOR, self.largest.size))
        if floor:
            floor.deep = self.data[Kind.OURS, self.largest.size].deep

    def measure_throughput(self) -> Mapping[str, Any]:
        """Measure the calls per second of each server on the largest database."""
        keys = [key for key in self.data if key[1] == self.largest.size]
        calls = [call for call in CALLS if call.name in COMPARED]
        with self.targets(keys, workers=PROCESSES) as targets:
            return measure_throughput(
                targets,
                calls,
                rounds=self.asked.load_rounds,
                seconds=self.asked.load_seconds,
                done=self.step("Measuring throughput", self.asked.load_rounds),
            )

    def measure_streams(self) -> Any:
        """Measure event streams, if any are asked for."""
        if not self.asked.streams:
            return None
        done = self.step(f"Changing requests under {self.asked.streams:,} streams", CHANGES)
        return measure_streams(self.largest, self.asked.streams, done=done)


def main() -> int:
    """Run the benchmark; return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    asked, console = arguments(), Console()
    if not console.is_terminal:  # a file, or the log of another program
        console.width = FILE_WIDTH
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bench = Bench(asked, progress)
        with made(bench.databases, keep=asked.keep, is_filled=asked.reuse):
            results = bench.run()
    report.show(console, results)
    store.write(results, asked.results)
    if asked.store:
        store.publish(results)
    return int(asked.check and not is_met(results))


def is_met(results: Mapping[str, Any]) -> bool:
    """Return whether all goals are met, and every event arrived once."""
    streams = results["streams"]
    return all(each.is_met for each in verdicts(results)) and (
        streams is None or streams["is_whole"]
    )


if __name__ == "__main__":
    sys.exit(main())
