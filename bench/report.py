"""The report in the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable

from bench.tables import Table, about, tables


def show(console: Console, results: Mapping[str, Any]) -> None:
    """Print the tables and the machine."""
    for table in tables(results):
        if table.rows:
            console.print(rich_table(table))
    console.print(about(results))


def rich_table(table: Table) -> RichTable:
    """Return a table for the terminal."""
    shown = RichTable(
        title=table.title,
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for place, heading in enumerate(table.headings):
        shown.add_column(heading, justify="right" if place else "left", no_wrap=True)
    for row in table.rows:
        shown.add_row(*map(_coloured, row))
    return shown


def _coloured(text: str) -> str:
    if text == "met":
        return f"[green]{text}[/]"
    return f"[red]{text}[/]" if text.startswith("missed") else text
