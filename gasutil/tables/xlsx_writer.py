"""Write a table as an XLSX file that every program opens.

Each text is a text, within the limits of the format.
"""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gasutil.tables.grid import MAX_CELL_CHARACTERS

MIN_WIDTH, MAX_WIDTH = 8, 60  # of a column, in characters
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # `_x000D_` in a cell is a character by its number


def write(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the file; its columns are as wide as their headings, within bounds."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(
            max(len(heading) + 4, MIN_WIDTH), MAX_WIDTH
        )
    sheet.append([_cell(sheet, heading, font=Font(bold=True)) for heading in headings])
    wrap = Alignment(wrap_text=True, vertical="top")
    for row in rows:
        sheet.append(
            [
                _cell(sheet, value, **({"alignment": wrap} if "\n" in str(value) else {}))
                for value in row
            ]
        )
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any, **style: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, None if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.value = _text(value)
        cell.data_type = "s"  # openpyxl takes `#N/A` for an error, and `=` for a formula
    for name, part in style.items():
        setattr(cell, name, part)
    return cell


def _text(value: str) -> str:
    text = ESCAPE.sub("_x005F_", value.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= MAX_CELL_CHARACTERS else text[: MAX_CELL_CHARACTERS - 1] + "…"
