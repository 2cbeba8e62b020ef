"""Finds the heading of a table, and returns its rows by the names of their columns."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from django.utils.translation import gettext as _

from gasutil.tables.errors import TableError
from gasutil.tables.grid import MAX_PROBLEMS, Grid, Value, letters

# Among so many first rows the heading is looked for: programs write titles above it.
HEADING_ROWS = 20


@dataclass(frozen=True)
class Column:
    """A column: its letters, the field name of its heading, and the heading itself."""

    letters: str
    name: str
    title: str


@dataclass(frozen=True)
class Table:
    """A table as it was read: each row by the names of the columns, and its number in the sheet."""

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Value]]
    numbers: Sequence[int]
    heading_row: int = 1
    file_format: str = ""
    sheet: str = ""
    other_sheets: Sequence[str] = ()
    encoding: str = ""
    delimiter: str = ""


def heading_key(title: object) -> str:
    """Return the name that a heading represents.

    It is in lower case, with underscores for spaces and hyphens.
    """
    text = unicodedata.normalize("NFKC", str(title)).casefold()
    text = (
        "".join(char for char in text if unicodedata.category(char) != "Cf")
        .strip()
        .rstrip("*:")
        .strip()
    )
    return re.sub(r"[\s_\-]+", "_", re.sub(r"\s*\.\s*", ".", text)).strip("_")


def count_matches(cells: Iterable[Value], needed: Collection[str]) -> int:
    """Return the number of needed names in a row."""
    return len({heading_key(cell) for cell in cells}.intersection(needed))


def heading_of(grid: Grid, needed: Collection[str]) -> tuple[int | None, int]:
    """Return the row that is most like a heading, and how many of the needed names it has.

    (None, 0) for a sheet without rows.
    """
    first = [
        (number, count_matches(cells.values(), needed))
        for number, cells in islice(grid.rows(), HEADING_ROWS)
    ]
    return max(first, key=itemgetter(1), default=(None, 0))


def table(grid: Grid, heading_row: int | None) -> Table:
    """Return the table below a heading.

    Raises `TableError` for what is wrong with its heading or its cells.
    """
    if heading_row is None:
        raise TableError(*(grid.problems or [_("This table has no rows.")]))
    titles = grid.cells[heading_row]
    columns = {
        number: Column(letters(number), heading_key(title), str(title))
        for number, title in sorted(titles.items())
    }
    body = [(number, cells) for number, cells in grid.rows() if number > heading_row]
    problems = [*_duplicates(columns.values()), *_untitled(body, columns), *grid.problems]
    if problems:
        raise TableError(*problems[:MAX_PROBLEMS])
    rows = [
        {column.name: cells.get(number, "") for number, column in columns.items()}
        for _number, cells in body
    ]
    return Table(
        list(columns.values()),
        rows,
        [number for number, _cells in body],
        heading_row,
        sheet=grid.name,
    )


def _duplicates(columns: Collection[Column]) -> list[str]:
    by_name: dict[str, list[str]] = {}
    for column in columns:
        by_name.setdefault(column.name, []).append(column.letters)
    return [
        _(
            "The columns %(columns)s have the same heading, %(name)s. Each heading can be used only"
            " once."
        )
        % {"columns": ", ".join(result), "name": name}
        for name, result in by_name.items()
        if len(result) > 1
    ]


def _untitled(
    body: Iterable[tuple[int, Mapping[int, Value]]], columns: Collection[int]
) -> list[str]:
    first: dict[int, int] = {}
    for number, cells in body:
        for column in cells.keys() - set(columns):
            first.setdefault(column, number)
    return [
        _("Column %(column)s has no heading, but a value in row %(row)d.")
        % {
            "column": letters(column),
            "row": row,
        }
        for column, row in sorted(first.items())
    ]
