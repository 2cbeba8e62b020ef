"""The results of a run as plain values: what is printed, drawn and stored."""

import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from bench.calls import CALLS, Call, Kind
from bench.databases import url_of
from bench.load import Load
from bench.rounds import Samples
from gasutil import __version__

OTHERS = (Kind.FLOOR, Kind.PEER, Kind.TODAY)
SETTINGS = ("shared_buffers", "fsync", "synchronous_commit", "max_connections")
PACKAGES = ("django", "django-ninja", "granian", "psycopg")


def collect(
    sizes: Sequence[int],
    samples: Samples,
    throughput: Mapping[str, Mapping[str, Load]],
    **others: Any,
) -> dict[str, Any]:
    """Return all results."""
    rounds = max(len(each) for each in samples.taken.values())
    return {
        "release": __version__,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": machine(),
        "sizes": list(sizes),
        "rounds": rounds,
        "fixed_loop_ms": samples.loops,
        "calls": [_line(samples, call, sizes, throughput.get(call.name, {})) for call in CALLS],
        **{name: plain(value) for name, value in others.items()},
    }


def plain(value: Any) -> Any:
    """Return dataclasses, also within others, as dictionaries with their properties."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    computed = [name for name, each in vars(type(value)).items() if isinstance(each, property)]
    names = [*(field.name for field in fields(value)), *computed]
    return {name: plain(getattr(value, name)) for name in names}


def _line(
    samples: Samples, call: Call, sizes: Sequence[int], throughput: Mapping[str, Load]
) -> dict[str, Any]:
    """Return the figures of a call: milliseconds, calls per second, and the ratios."""
    small, large = str(sizes[0]), str(sizes[-1])
    names = [str(size) for size in sizes] + [kind.value for kind in OTHERS if kind in call.asks]
    every = {name: _all(samples.taken.get((call.name, name), [])) for name in names}
    every = {name: values for name, values in every.items() if values}
    p50 = {name: median(values) for name, values in every.items()}
    rate = {kind: load.rate for kind, load in throughput.items()}
    return {
        "call": call.name,
        "group": call.group.value,
        "samples": len(every[large]),
        "p50": p50,
        "p99": {name: p99(values) for name, values in every.items()},
        "growth": ratio(p50[large], p50[small]) if small != large else None,
        "growth_by_round": _by_round(samples, call, small, large),
        "share": ratio(p50.get("floor"), p50[large]),
        "times_peer": ratio(p50.get("peer"), p50[large]),
        "times_today_p50": ratio(p50.get("today"), p50[large]),
        "throughput": {kind: asdict(load) for kind, load in throughput.items()},
        "times_peer_throughput": ratio(rate.get("ours"), rate.get("peer")),
        "times_today": ratio(rate.get("ours"), rate.get("today")),
    }


def p99(values: Sequence[float]) -> float:
    """Return the value that a hundredth of the values exceed."""
    if len(values) < 2:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[98]


def _all(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [value for taken in rounds for value in taken]


def _by_round(samples: Samples, call: Call, small: str, large: str) -> list[float]:
    before, after = (samples.taken[call.name, name] for name in (small, large))
    return [median(b) / median(a) for a, b in zip(before, after, strict=True)]


def ratio(above: float | None, below: float | None) -> float | None:
    """Return a ratio, or None if one of its values was not measured."""
    return above / below if above is not None and below else None


def machine() -> dict[str, Any]:
    """Return the description of the machine that ran the benchmark."""
    with psycopg.connect(url_of("postgres")) as connection:
        postgresql = connection.info.parameter_status("server_version")
        settings = dict(
            connection.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
                [list(SETTINGS)],
            ).fetchall()
        )
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "postgresql": postgresql,
        "postgresql_settings": settings,
        "packages": {name: version(name) for name in PACKAGES},
    }


def _cpu() -> str:
    described = Path("/proc/cpuinfo")
    rows = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    return next(
        (row.partition(":")[2].strip() for row in rows if row.startswith("model name")),
        platform.processor() or platform.machine(),
    )
