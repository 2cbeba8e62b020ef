"""The tables of the results, for the terminal, the documentation and the README."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bench.goals import MAX_GROWTH, verdicts

Results = Mapping[str, Any]
LACKING = {"floor": "The floor", "peer": "The peer"}
DASH, TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
TIMES_PEER, TIMES_TODAY = f"{TIMES} DRF", f"{TIMES} 0.1.0"


class Table(NamedTuple):
    """A title, the headings, and the rows."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def markdown(self) -> str:
        """Return it in Markdown, without the title."""
        rules = ["---", *["---:"] * (len(self.headings) - 1)]
        lines = [self.headings, rules, *self.rows]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def number(value: float | None, digits: int = 2) -> str:
    """Return a number, or a dash for one that was not measured."""
    return DASH if value is None else f"{value:,.{digits}f}"


def tables(results: Results) -> Iterable[Table]:
    """Yield the tables of a run."""
    yield latency(results)
    yield growth(results)
    if any(line["throughput"] for line in results["calls"]):
        yield throughput(results)
    yield others(results)
    yield goals(results)
    yield profile(results)


def latency(results: Results) -> Table:
    """Return the table of the calls that have a baseline."""
    large = str(results["sizes"][-1])
    rows = [
        (
            line["call"],
            number(line["p50"][large]),
            number(line["p99"].get(large)),
            number(line["p50"].get("floor")),
            number(line["p50"].get("peer")),
            number(line["p50"].get("today")),
            number(line["share"]),
            number(line["times_peer"]),
            number(line["times_today_p50"]),
        )
        for line in results["calls"]
        if line["share"] is not None
    ]
    headings = (
        "Call",
        "p50",
        "p99",
        "Floor",
        "DRF",
        "0.1.0",
        "Share",
        f"{TIMES} DRF",
        f"{TIMES} 0.1.0",
    )
    title = f"One connection, {int(large):,} requests: milliseconds, and ratios of p50"
    return Table(title, headings, rows)


def growth(results: Results) -> Table:
    """Return the table of how the time of every call grows with the number of requests."""
    sizes = [str(size) for size in results["sizes"]]
    rows = [
        (
            line["call"],
            *(number(line["p50"][size]) for size in sizes),
            number(line["growth"]),
            f"{min(line['growth_by_round']):.2f}-{max(line['growth_by_round']):.2f}",
        )
        for line in results["calls"]
    ]
    of_sizes = [f"{int(size):,}" for size in sizes]
    title = f"p50 in milliseconds by number of requests (goal: growth ≤ {MAX_GROWTH})"
    return Table(title, ("Call", *of_sizes, "Growth", "By round"), rows)


def throughput(results: Results) -> Table:
    """Return the table of calls per second."""
    rows = []
    for line in results["calls"]:
        by = line["throughput"]
        if by:
            rates = [by.get(kind, {}).get("rate") for kind in ("ours", "floor", "peer", "today")]
            rows.append(
                (
                    line["call"],
                    number(rates[0], 0),
                    number(by["ours"]["p99"], 1),
                    *(number(rate, 0) for rate in rates[1:]),
                    number(line["times_peer_throughput"]),
                    number(line["times_today"]),
                )
            )
    headings = (
        "Call",
        "Per second",
        "p99, ms",
        "Floor",
        "DRF",
        "0.1.0",
        f"{TIMES} DRF",
        f"{TIMES} 0.1.0",
    )
    return Table("Eight connections, two processes: calls per second", headings, rows)


def others(results: Results) -> Table:
    """Return the table of what is neither a call nor a page."""
    rows: list[tuple[str, str]] = []
    if work := results.get("background"):
        logins, mails, webhooks, alarms = (
            work[name] for name in ("logins", "mails", "webhooks", "alarms")
        )
        rows += [
            ("logins per second", number(logins["rate"], 0)),
            ("a list during the logins, p50 and p99 in ms", _pair(logins, "_meanwhile")),
            ("the same list without logins", _pair(logins, "")),
            ("mails per second, one worker", _sent(mails)),
            ("webhooks per second, one worker", _sent(webhooks)),
            (
                f"{alarms['due']:,} alarms due at once",
                f"{alarms['escalated']:,} in {alarms['seconds']:.0f} s ({alarms['rate']:.0f}/s)",
            ),
        ]
    if streams := results.get("streams"):
        rows += [
            ("event streams on one process", f"{streams['streams']:,}"),
            ("events that arrived", f"{streams['arrived']:,} of {streams['expected']:,}"),
            (
                "from a change to a client, p50 and p99 in ms",
                f"{streams['p50']:.0f}, {streams['p99']:.0f}",
            ),
        ]
    return Table("Other work", ("What", "Measured"), rows)


def _pair(logins: Mapping[str, float], end: str) -> str:
    return f"{logins[f'list_p50{end}']:.1f}, {logins[f'list_p99{end}']:.1f}"


def _sent(sent: Mapping[str, Any]) -> str:
    lost = sent["expected"] - sent["arrived"]
    return number(sent["rate"], 0) + (f" ({lost} of {sent['expected']} missing)" if lost else "")


def goals(results: Results) -> Table:
    """Return the table of the goals."""
    rows = [
        (
            f"{each.group}: {each.measure}",
            ("≤ " if each.measure.name == "GROWTH" else "≥ ") + f"{each.goal:g}",
            number(each.value),
            each.call,
            each.text,
        )
        for each in verdicts(results)
    ]
    return Table("Goals", ("Goal", "Bound", "Worst", "Of", "Result"), rows)


def profile(results: Results) -> Table:
    """Return the table of where the time goes, for the calls that miss a goal."""
    taken: Mapping[str, Mapping[str, float]] = results.get("profile", {})
    layers = list(dict.fromkeys(layer for spent in taken.values() for layer in spent))
    rows = [
        (call, *(f"{spent.get(layer, 0) / sum(spent.values()):.0%}" for layer in layers))
        for call, spent in taken.items()
    ]
    return Table("Calls that miss a goal: where their time goes", ("Call", *layers), rows)


def newest(results: Results) -> Table:
    """Return the short table of the README."""
    large = str(results["sizes"][-1])
    rows = [
        (
            line["call"],
            f"{number(line['p50'][large], 1)} ms",
            number(line["growth"]),
            number(line["share"]),
            number(line["times_peer"], 1),
            number(line["times_today"], 1),
        )
        for line in results["calls"]
        if line["times_peer"] is not None
    ]
    headings = (
        "Call",
        "p50",
        "Growth",
        "Share of the floor",
        f"{TIMES} DRF",
        f"Throughput {TIMES} 0.1.0",
    )
    return Table("", headings, rows)


def about(results: Results) -> str:
    """Return one sentence about the machine and one about the run."""
    on = results["machine"]
    packages = ", ".join(f"{name} {release}" for name, release in on["packages"].items())
    settings = ", ".join(f"{name} {value}" for name, value in on["postgresql_settings"].items())
    loops = results["fixed_loop_ms"]
    return (
        f"{on['cpu']}, {on['cores']} cores, {on['memory_gib']} GiB, {on['system']}; PostgreSQL"
        f" {on['postgresql']} ({settings}); Python {on['python']}, {packages}."
        f" Interleaved rounds: {results['rounds']}, with one worker for each server. A fixed loop"
        f" took {min(loops):.1f} to {max(loops):.1f} ms between the rounds: the machine varied by"
        " that much."
        + "".join(
            f" {LACKING[name]} lacks {', '.join(fields)}."
            for name, fields in results.get("lacking", {}).items()
        )
    )
