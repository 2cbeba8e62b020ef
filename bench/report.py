"""The results: a table for people and a file for machines."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.databases import url_of
from bench.rounds import Samples
from bench.streams import PAUSE_SECONDS, Figures

GOAL = 1.3
BASELINE = "floor"


@dataclass(frozen=True)
class Line:
    """One call's figures, in milliseconds by size.

    The ratio is that of the largest size to the smallest.
    """

    call: str
    samples: int
    p50: dict[str, float]
    p99: dict[str, float]
    ratio: float
    ratio_by_round: list[float]
    floor_p50: float
    share_of_floor: float

    @property
    def is_flat(self) -> bool:
        """Return whether the ratio is within the goal."""
        return self.ratio <= GOAL


def lines(samples: Samples, calls: Sequence[str], sizes: Sequence[str]) -> list[Line]:
    """Return the figures of every call."""
    return [_line(samples, call, sizes) for call in calls]


def _line(samples: Samples, call: str, sizes: Sequence[str]) -> Line:
    rounds = {target: samples.taken[call, target] for target in (*sizes, BASELINE)}
    every = {
        target: [value for taken in of_target for value in taken]
        for target, of_target in rounds.items()
    }
    p50 = {target: median(values) for target, values in every.items()}
    small, large = sizes[0], sizes[-1]
    by_round = [
        median(after) / median(before)
        for before, after in zip(rounds[small], rounds[large], strict=True)
    ]
    return Line(
        call=call,
        samples=len(every[large]),
        p50={size: p50[size] for size in sizes},
        p99={size: quantiles(every[size], n=100, method="inclusive")[98] for size in sizes},
        ratio=p50[large] / p50[small],
        ratio_by_round=by_round,
        floor_p50=p50[BASELINE],
        share_of_floor=p50[BASELINE] / p50[large],
    )


def machine() -> dict[str, Any]:
    """Return the description of the machine that ran the benchmark."""
    with psycopg.connect(url_of("postgres")) as connection:
        postgresql = connection.info.parameter_status("server_version")
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "postgresql": postgresql,
        "packages": {
            name: version(name) for name in ("django", "django-ninja", "granian", "psycopg")
        },
    }


def _cpu() -> str:
    described = Path("/proc/cpuinfo")
    rows = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    return next(
        (row.partition(":")[2].strip() for row in rows if row.startswith("model name")),
        platform.processor() or platform.machine(),
    )


def table(result: Sequence[Line], sizes: Sequence[str]) -> Table:
    """Return the table of results."""
    small, large = f"{int(sizes[0]):,}", f"{int(sizes[-1]):,}"
    title = f"p50 at {large} requests ÷ p50 at {small} (goal ≤ {GOAL}); milliseconds"
    out = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    out.caption, out.caption_justify = (
        f"p99, baseline and share are those at {large}; the share is the baseline's p50 ÷ p50",
        "left",
    )
    out.add_column("call", no_wrap=True)
    of_sizes = [f"p50 at\n{int(size):,}" for size in sizes]
    for heading in (*of_sizes, "ratio", "ratio\nby round", "p99", "baseline\np50", "share"):
        out.add_column(heading, justify="right", no_wrap=True)
    for line in result:
        out.add_row(
            line.call,
            *(f"{line.p50[size]:.2f}" for size in sizes),
            f"{line.ratio:.2f} {'[green]✓[/]' if line.is_flat else '[red]✗[/]'}",
            f"{min(line.ratio_by_round):.2f}-{max(line.ratio_by_round):.2f}",
            f"{line.p99[sizes[-1]]:.2f}",
            f"{line.floor_p50:.2f}",
            f"{line.share_of_floor:.0%}",
        )
    return out


def show(console: Console, result: Sequence[Line], samples: Samples, sizes: Sequence[str]) -> None:
    """Print the table, the machine, and the machine's own variation."""
    about = machine()
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    console.print(table(result, sizes))
    console.print(
        f"{about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB, {about['system']};"
        f" PostgreSQL {about['postgresql']}, Python {about['python']}, {packages}"
    )
    console.print(
        f"{result[0].samples} calls of each kind to each server in {len(result[0].ratio_by_round)}"
        f" interleaved rounds, one client, one worker. A fixed loop took {min(samples.loops):.1f}"
        f" to {max(samples.loops):.1f} ms between the rounds: the machine varied by that much."
    )


def show_streams(console: Console, result: Figures) -> None:
    """Print the results of the streams."""
    whole = "[green]✓[/]" if result.is_whole else "[red]✗[/]"
    memory = "" if result.kib_a_stream is None else f", {result.kib_a_stream:.0f} KiB a stream"
    console.print()
    console.print(
        f"{result.streams:,} event streams on one process, {result.of_support:,} of them support's,"
        f" which get everything; opened in {result.opened_in:.1f} s; {result.connections}"
        f" connections to the database{memory}, {result.threads} threads.\n"
        f"{result.changes} changes by PATCH on another process, {1 / PAUSE_SECONDS:.0f} a second:"
        f" {result.arrived:,} of {result.expected:,} events arrived {whole}, {result.twice} twice,"
        f" {result.cut_off} streams cut off.\n"
        f"From a change, before its commit, to a client: p50 {result.p50:.1f} ms, p99"
        f" {result.p99:.1f} ms, slowest {result.slowest:.1f} ms."
    )


def as_json(result: Sequence[Line], samples: Samples, streams: Figures | None) -> dict[str, Any]:
    """Return all results as plain values."""
    return {
        "goal": GOAL,
        "machine": machine(),
        "fixed_loop_ms": samples.loops,
        "streams": streams and asdict(streams),
        "calls": [asdict(line) | {"is_flat": line.is_flat} for line in result],
    }
