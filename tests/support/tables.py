"""Tables that tests import."""

from collections.abc import Mapping
from typing import Any

from gasutil.tables import Table
from gasutil.tables.grid import Grid
from gasutil.tables.headings import table as read_table


def table_of(*rows: Mapping[str, Any]) -> Table:
    """Return a table of these rows, which count from 1."""
    grid = Grid("", max_rows=len(rows) + 1)
    for number, row in enumerate([{name: name for name in rows[0]}, *rows] if rows else []):
        for column, cell in enumerate(row.values(), start=1):
            grid.add(number, column, cell)
    return read_table(grid, 0) if rows else Table([], [], [])
