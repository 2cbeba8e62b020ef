"""The cells of one sheet that have a value, as they are read.

What a sheet is bounded by is checked before a cell is stored.
"""

import datetime as dt
from collections.abc import Iterator
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from gasutil.tables.errors import at

Value = str | int | float | bool
MAX_COLUMNS = 100
MAX_CELL_CHARACTERS = 32_767  # as spreadsheets have it
MAX_PROBLEMS = 10
MAX_COLUMN, MAX_ROW = 16_384, 2**31 - 1  # whose letters, and whose number, can be written
MAX_EXACT_INTEGER = 10**15  # up to here, a floating-point number has every digit of a whole one
BLANK = "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}"


class Grid:
    """A sheet: its name, and its cells that are not blank by row and column, which count from 1.

    It takes no more than `max_rows` rows; `problems` are the messages about single cells.
    """

    def __init__(self, name: str, max_rows: int) -> None:
        self.name = name
        self.max_rows = max_rows
        self.cells: dict[int, dict[int, Value]] = {}
        self.problems: list[str] = []

    @property
    def is_full(self) -> bool:
        """Return whether reading can stop.

        It can when all rows that fit are read, or as many problems are found as are shown.
        """
        return len(self.cells) >= self.max_rows or len(self.problems) >= MAX_PROBLEMS

    def add(self, row: int, column: int, value: Any) -> None:
        """Store a cell, unless it is blank or the sheet is full."""
        stored = plain(value)
        if isinstance(stored, str) and not stored.strip().strip(BLANK).strip():
            return
        if column > MAX_COLUMNS:
            self.add_problem(
                row,
                column,
                _("A table can have at most %(limit)d columns.") % {"limit": MAX_COLUMNS},
            )
        elif isinstance(stored, str) and len(stored) > MAX_CELL_CHARACTERS:
            self.add_problem(
                row,
                column,
                _("A cell can have at most %(limit)d characters.") % {"limit": MAX_CELL_CHARACTERS},
            )
        elif row in self.cells or len(self.cells) < self.max_rows:
            self.cells.setdefault(row, {})[column] = stored

    def add_problem(self, row: int, column: int, message: str) -> None:
        """Store what is wrong with a cell, up to a number."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(at(row, letters(column), message))

    def rows(self) -> Iterator[tuple[int, dict[int, Value]]]:
        """Return the rows that have cells, in order."""
        for row in sorted(self.cells):
            yield row, self.cells[row]


def letters(column: int) -> str:
    """Return the letters of a column."""
    return str(get_column_letter(min(max(column, 1), MAX_COLUMN)))


def plain(value: Any) -> Value:
    """Return a value as a cell has it: a number, a yes or no, or text.

    Times as ISO 8601 has them, and whole numbers without a point.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\0", "")
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _number(value)
    return str(value.isoformat()) if isinstance(value, dt.date | dt.time) else str(value)


def _number(value: float) -> Value:
    """Return a floating-point number with the fifteen digits that spreadsheets show."""
    if not isfinite(value):
        return str(value)
    return (
        int(value)
        if value.is_integer() and abs(value) < MAX_EXACT_INTEGER
        else float(f"{value:.15g}")
    )
