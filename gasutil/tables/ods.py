"""Reads ODS files, those of LibreOffice, by the cells that they have.

A repeated cell is not written out before it is known to fit.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gasutil.tables.errors import Damaged, TableError, TableTooLarge
from gasutil.tables.grid import MAX_CELL_CHARACTERS, MAX_COLUMN, MAX_COLUMNS, MAX_ROW, Grid
from gasutil.tables.xml_parts import Archive, local

CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
MAX_CELLS = 500_000  # of all sheets together, since one element can be many cells
CELLS = ("table-cell", "covered-table-cell")
NUMBERS = ("float", "currency", "percentage")
DURATION = re.compile(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")


class Manifest:
    """Finds out whether a file has a password."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Raise `TableError` if something is encrypted."""
        if name == "encryption-data":
            raise TableError(_("This file has a password. Save it without one."))

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Take no text."""


class Content:
    """The sheets that are not hidden."""

    def __init__(self, max_rows: int) -> None:
        self.max_rows = max_rows
        self.grids: list[Grid] = []
        self.grid: Grid | None = None
        self.tables = 0  # how many the current element is in
        self.style = ""
        self.hidden: set[str] = set()
        self.row = self.column = 0  # the last that was read
        self.repeated_rows = 1
        self.values: list[
            tuple[int, int, Any]
        ] = []  # of the current row: the first column, how many, and the value
        self.cell: Mapping[str, str] | None = None
        self.texts: list[str] = []
        self.length = 0
        self.paragraphs = self.notes = 0
        self.is_text = False
        self.cells_left = MAX_CELLS

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        mine = {local(key): value for key, value in attributes.items()}
        if name == "style":
            self.style = mine.get("name", "")
        elif name == "table-properties" and mine.get("display") == "false":
            self.hidden.add(self.style)
        elif name == "table":
            self.begin_table(mine)
        elif name == "table-row" and self.tables == 1:
            self.column, self.repeated_rows = 0, _count(mine, "number-rows-repeated", MAX_ROW)
        elif name in CELLS and self.tables == 1:
            self.cell, self.texts, self.length, self.paragraphs = attributes, [], 0, 0
        elif self.cell is not None:
            self.begin_text(name, mine)

    def begin_table(self, attributes: Mapping[str, str]) -> None:
        """Begin a sheet, or a table within a cell, which is not read."""
        self.tables += 1
        if self.tables == 1:
            self.row = 0
            is_hidden = attributes.get("style-name") in self.hidden
            self.grid = None if is_hidden else Grid(attributes.get("name", ""), self.max_rows)
            self.grids += [self.grid] if self.grid else []

    def begin_text(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a part of a cell's text."""
        if name == "annotation":
            self.notes += 1
        elif name == "p":
            self.is_text = True
            self.text("\n" if self.paragraphs else "")
            self.paragraphs += not self.notes
        elif name in ("tab", "line-break"):
            self.text("\t" if name == "tab" else "\n")
        elif name == "s":
            self.text(" " * _count(attributes, "c", MAX_CELL_CHARACTERS))

    def text(self, text: str) -> None:
        """Collect the text of a cell, up to more than a cell can have."""
        if (
            self.cell is not None
            and self.is_text
            and not self.notes
            and self.length <= MAX_CELL_CHARACTERS
        ):
            self.texts.append(text)
            self.length += len(text)

    def end(self, name: str) -> None:
        """End an element."""
        if name == "annotation":
            self.notes -= 1
        elif name == "p":
            self.is_text = False
        elif name == "table":
            self.tables -= 1
        elif name in CELLS and self.tables == 1 and self.cell is not None:
            self.end_cell({local(key): value for key, value in self.cell.items()})
        elif name == "table-row" and self.tables == 1:
            self.end_row()

    def end_cell(self, attributes: Mapping[str, str]) -> None:
        """Add a cell to its row."""
        first, count = self.column + 1, _count(attributes, "number-columns-repeated", MAX_COLUMN)
        self.column = min(self.column + count, MAX_COLUMN)
        value = self.value(attributes, "".join(self.texts))
        if value not in (None, "") and len(self.values) <= MAX_COLUMNS:
            self.values.append((first, max(min(count, MAX_COLUMNS + 2 - first), 1), value))
        self.cell = None

    def value(self, attributes: Mapping[str, str], text: str) -> Any:
        """Return the value of a cell."""
        form = attributes.get("value-type", "")
        if form == "error" or (attributes.get("formula") and text.startswith(("#", "Err:"))):
            return CellError(text)
        if form in NUMBERS:
            return _number(attributes.get("value", ""), text)
        if form == "boolean":
            return attributes.get("boolean-value") == "true"
        if form == "date":
            return attributes.get("date-value", text)
        if form == "time":
            return _time(attributes.get("time-value", text))
        return attributes.get("string-value", text)

    def end_row(self) -> None:
        """Store the cells of a row, as many times as it is repeated."""
        first, self.row = self.row + 1, min(self.row + self.repeated_rows, MAX_ROW)
        values, self.values = self.values, []
        if self.grid is None or not values:
            return
        for row in range(first, self.row + 1):
            if self.grid.is_full:
                return
            for column, count, value in values:
                for at in range(column, column + count):
                    self.store(self.grid, row, at, value)

    def store(self, grid: Grid, row: int, column: int, value: Any) -> None:
        """Store a cell, or what is wrong with it."""
        self.cells_left -= 1
        if self.cells_left < 0:
            raise TableTooLarge
        if isinstance(value, CellError):
            grid.add_problem(
                row, column, _("This cell has the error %(error)s.") % {"error": value.text[:20]}
            )
        else:
            grid.add(row, column, value)


class CellError:
    """A cell that has an error instead of a value."""

    def __init__(self, text: str) -> None:
        self.text = text


def read_ods(content: Archive, max_rows: int) -> list[Grid]:
    """Return the sheets that are not hidden."""
    if MANIFEST in content:
        content.parse(MANIFEST, Manifest())
    handler = Content(max_rows)
    content.parse(CONTENT, handler)
    return handler.grids


def _count(attributes: Mapping[str, str], name: str, limit: int) -> int:
    text = attributes.get(name, "1")
    if not (text.isdecimal() and len(text) < 20):
        raise Damaged
    return max(min(int(text), limit), 1)


def _number(value: str, text: str) -> Any:
    """Return the number of a cell, or its text where that has leading zeros."""
    try:
        number = float(value)
    except ValueError:
        return text
    return text if re.fullmatch("0[0-9]{1,29}", text) and int(text) == number else number


def _time(value: str) -> Any:
    """Return a time of the day, or a duration."""
    match = DURATION.fullmatch(value)
    if not match:
        return value
    hours, minutes, seconds = (int(part) for part in match.groups())
    if hours < 24 and minutes < 60 and seconds < 60:
        return dt.time(hours, minutes, seconds)
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
