"""Stored results: `docs/benchmarks/` has those of each release, the README the newest."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.code import ROOT
from bench.plot import plot
from bench.tables import about, newest, tables

FOLDER = ROOT / "docs" / "benchmarks"
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- bench -->\n).*?(<!-- /bench -->)", re.DOTALL)


def write(results: Mapping[str, Any], folder: Path) -> None:
    """Write the results of a run as JSON and as a plot, named by the release."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rounded(results), indent=1) + "\n"
    (folder / f"{results['release']}.json").write_text(text, encoding="utf-8")
    (folder / f"{results['release']}.svg").write_text(plot(results), encoding="utf-8")


def publish(results: Mapping[str, Any]) -> None:
    """Write the results into the documentation, and the newest into its page and the README."""
    write(results, FOLDER)
    for file, text in blocks().items():
        before = file.read_text(encoding="utf-8")
        after = BLOCK.sub(lambda match, new=text: f"{match[1]}{new}{match[2]}", before)  # type: ignore[misc]
        file.write_text(after, encoding="utf-8")


def blocks() -> dict[Path, str]:
    """Return the generated part of each file that shows the newest results."""
    releases = stored()
    if not releases:
        return {}
    newest_results = releases[-1]
    return {README: short(newest_results), FOLDER / "index.md": whole(newest_results, releases)}


def short(results: Mapping[str, Any]) -> str:
    """Return the part of the README."""
    on, large = f"{results['machine']['cores']} cores", results["sizes"][-1]
    head = f"Version {results['release']} with {large:,} requests, on {on}:"
    plot_of = f"![Milliseconds of each call](docs/benchmarks/{results['release']}.svg)"
    return f"{head}\n\n{newest(results).markdown}\n{plot_of}\n"


def whole(results: Mapping[str, Any], releases: Sequence[Mapping[str, Any]]) -> str:
    """Return the part of the page of the benchmarks."""
    name = results["release"]
    parts = [f"Version {name}, {results['date']}. {about(results)}", f"![Milliseconds]({name}.svg)"]
    for table in tables(results):
        if table.rows:
            parts += [f"### {table.title}", table.markdown.rstrip()]
    files = ", ".join(f"[{each['release']}]({each['release']}.json)" for each in releases)
    return "\n\n".join([*parts, f"All stored results: {files}."]) + "\n"


def stored() -> list[Mapping[str, Any]]:
    """Return the stored results, the newest release last."""
    files = sorted(FOLDER.glob("*.json"), key=lambda file: _order(file.stem))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def rounded(value: Any) -> Any:
    """Return values with four significant digits."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return value


def _order(release: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", release)]
