"""Reads XLSX files by the cells that they have.

openpyxl builds what a file claims to be: a cell in the last column and row takes all memory, and a
wrong `<dimension>` cuts rows. It also rejects files of accounting programs for styles that do not
matter here. Names of parts and of elements are read as
spreadsheets do: whatever the namespace, the prefix and the case of a path.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import join
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from gasutil.tables import number_formats
from gasutil.tables.errors import Damaged
from gasutil.tables.grid import MAX_CELL_CHARACTERS, MAX_COLUMN, MAX_ROW, Grid
from gasutil.tables.xml_parts import Archive, EndOfPart, local

CELL_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?[0-9]*")
BY_NUMBER = re.compile("_x([0-9A-Fa-f]{4})_")
TRUE = ("1", "true")
ROOT_RELATIONS = "_rels/.rels"


@dataclass
class Book:
    """The structure of a workbook.

    It has the visible sheets, each with its part, and the formats of cells.
    """

    sheets: list[tuple[str, str]] = field(default_factory=list)
    epoch: dt.datetime = WINDOWS_EPOCH
    strings: str = ""
    styles: str = ""


class PackagePart:
    """The base of what reads a part: text is collected where `is_text`."""

    is_text = False

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Collect text, up to one character more than a cell can have."""
        if self.is_text and self.length <= MAX_CELL_CHARACTERS:
            self.pieces.append(text)
            self.length += len(text)

    def collected(self) -> str:
        """Return the text, and begin with none."""
        text = "".join(self.pieces)
        self.pieces, self.length = [], 0
        return text


class Relations(PackagePart):
    """The parts that another part names.

    They are found by their identifiers, and by the last word of their types.
    """

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.by_id: dict[str, str] = {}
        self.by_type: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Read one relation."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            path = join(self.base, attributes.get("Target", "").replace("\\", "/"))
            self.by_id[attributes.get("Id", "")] = path
            self.by_type.setdefault(attributes.get("Type", "").rpartition("/")[2], path)


class Workbook(PackagePart):
    """The list of sheets, and the date that counts as the first."""

    def __init__(self, relations: Relations) -> None:
        super().__init__()
        self.relations = relations
        self.book = Book(
            strings=relations.by_type.get("sharedStrings", ""),
            styles=relations.by_type.get("styles", ""),
        )

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Read one sheet, or the parts that all sheets share."""
        if name == "workbookPr" and attributes.get("date1904") in TRUE:
            self.book.epoch = MAC_EPOCH
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            identifier = next(
                (value for key, value in attributes.items() if ":" in key and local(key) == "id"),
                "",
            )
            path = self.relations.by_id.get(identifier, "")
            if "chartsheet" not in path:
                self.book.sheets.append((attributes.get("name", ""), path))


class Styles(PackagePart):
    """The format of each style's numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        self.formats: list[str] = []
        self.is_cell_style = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Read a format, or the format of a style."""
        if name == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_cell_style = True
        elif name == "xf" and self.is_cell_style:
            self.formats.append(self.codes.get(attributes.get("numFmtId", ""), ""))

    def end(self, name: str) -> None:
        """End the styles of cells."""
        if name == "cellXfs":
            self.is_cell_style = False


class TextPart(PackagePart):
    """The base of the parts with texts; their phonetic hints are left out."""

    phonetic = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a text."""
        if name == "rPh":
            self.phonetic += 1
        elif name == "t":
            self.is_text = not self.phonetic

    def end(self, name: str) -> None:
        """End a text."""
        if name == "rPh":
            self.phonetic -= 1
        elif name == "t":
            self.is_text = False


class Strings(TextPart):
    """The texts that cells refer to by their numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []

    def end(self, name: str) -> None:
        """End a text."""
        super().end(name)
        if name == "si":
            self.values.append(unescape_characters(self.collected()))


class Sheet(TextPart):
    """The cells of a sheet."""

    def __init__(self, grid: Grid, book: Book, strings: list[str], formats: list[str]) -> None:
        super().__init__()
        self.grid, self.book, self.strings, self.formats = grid, book, strings, formats
        self.row = self.column = 0
        self.cell: Mapping[str, str] | None = None
        self.has_formula = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a row, a cell or its value."""
        super().start(name, attributes)
        if name == "row":
            self.row, self.column = _row(attributes.get("r", ""), self.row + 1), 0
        elif name == "c":
            self.column = _column(attributes.get("r", "")) or self.column + 1
            self.cell, self.has_formula = attributes, False
            self.collected()
        elif name == "f":
            self.has_formula = True
        elif name == "v":
            self.is_text = self.cell is not None

    def end(self, name: str) -> None:
        """Store a cell."""
        super().end(name)
        if name == "v":
            self.is_text = False
        elif name == "c" and self.cell is not None:
            self.store(self.cell, self.collected())
            self.cell = None
        elif name == "sheetData" or (name == "row" and self.grid.is_full):
            raise EndOfPart

    def store(self, cell: Mapping[str, str], text: str) -> None:
        """Store the value of a cell, or what is wrong with it."""
        form = cell.get("t", "n")
        if form == "e":
            self.grid.add_problem(
                self.row,
                self.column,
                _("This cell has the error %(error)s.") % {"error": text[:20]},
            )
        elif self.has_formula and not text and form != "str":
            self.grid.add_problem(
                self.row,
                self.column,
                _("This formula has no result. Save the file in a spreadsheet program."),
            )
        elif text:
            self.grid.add(self.row, self.column, self.value(form, text, cell.get("s", "")))

    def value(self, form: str, text: str, style: str) -> Any:
        """Return the value of a cell's text."""
        if form == "s":
            return self.shared(text)
        if form == "b":
            return text.strip() in TRUE
        if form in ("inlineStr", "str"):
            return unescape_characters(text)
        if form == "d":
            return text.strip()
        code = (
            self.formats[int(style)] if style.isdecimal() and int(style) < len(self.formats) else ""
        )
        try:
            return number_formats.displayed(float(text), code, self.book.epoch)
        except ValueError:
            return text

    def shared(self, text: str) -> str:
        """Return the shared text of a number."""
        if not text.strip().isdecimal() or int(text) >= len(self.strings):
            raise Damaged
        return self.strings[int(text)]


def names(content: Archive) -> list[str]:
    """Return the names of the sheets that are not hidden."""
    return [name for name, _path in _book(content).sheets]


def read_xlsx(content: Archive, max_rows: int) -> Iterator[Grid]:
    """Return the sheets that are not hidden, one at a time."""
    book = _book(content)
    strings, styles = Strings(), Styles()
    for path, part in ((book.strings, strings), (book.styles, styles)):
        if path in content:
            content.parse(path, part)
    for name, path in book.sheets:
        grid = Grid(name, max_rows)
        if path in content:
            content.parse(path, Sheet(grid, book, strings.values, styles.formats))
        yield grid


def unescape_characters(text: str) -> str:
    """Return a text with the characters that it has by their numbers, such as `_x000D_`."""
    if "_x" not in text:
        return text
    decoded = BY_NUMBER.sub(lambda match: chr(int(match.group(1), 16)), text)
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _book(content: Archive) -> Book:
    root = Relations("")
    content.parse(ROOT_RELATIONS, root)
    path = root.by_type.get("officeDocument", "xl/workbook.xml").lstrip("/")
    folder, _slash, file = path.rpartition("/")
    relations = Relations(folder)
    content.parse(join(folder, "_rels", f"{file}.rels"), relations)
    workbook = Workbook(relations)
    content.parse(path, workbook)
    return workbook.book


def _row(number: str, following: int) -> int:
    try:
        return min(int(float(number)), MAX_ROW) if number else following
    except (ValueError, OverflowError) as error:
        raise Damaged from error


def _column(reference: str) -> int:
    match = CELL_REFERENCE.fullmatch(reference)
    number = int(column_index_from_string(match.group(1).upper())) if match else 0
    return min(number, MAX_COLUMN)
