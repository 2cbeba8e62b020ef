"""Reads CSV files as programs of any country write them.

The encoding and the separator of the cells may be any.
"""

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from django.utils.translation import gettext as _

from gasutil.tables.errors import TableError
from gasutil.tables.grid import Grid
from gasutil.tables.headings import count_matches

DELIMITERS = (",", ";", "\t", "|")
DETECTION_ROWS = 30
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
REPLACED = "\N{REPLACEMENT CHARACTER}"
MAX_ZERO_SHARE = 0.01  # of the characters; more are no text


@dataclass(frozen=True)
class DelimitedText:
    """A decoded file: its text, its encoding, and the character between cells."""

    text: str
    encoding: str
    delimiter: str


def decode(content: bytes, needed: Collection[str]) -> DelimitedText:
    """Return the text of a file, with the separator by which most of the needed names are found.

    Raises `TableError`.
    """
    text, encoding = _decoded(content)
    first, _break, rest = text.partition("\n")
    hint = re.fullmatch(
        r"sep=([^\w\"'])", first.rstrip("\r"), re.IGNORECASE
    )  # Excel's own, which is no row
    if hint:
        return DelimitedText(rest, encoding, hint.group(1))
    return DelimitedText(
        text, encoding, max(DELIMITERS, key=lambda delimiter: _likelihood(text, delimiter, needed))
    )


def grid(source: DelimitedText, max_rows: int) -> Grid:
    """Return the cells of a file; its rows count as they do in a spreadsheet."""
    result, number = Grid("", max_rows), 0
    # A record of our own after the last one: it becomes part of a cell if a quotation mark is open
    last = "\x1e"
    while last in source.text:
        last += "\x1e"
    try:
        for number, record in enumerate(
            _records(f"{source.text}\n{last}", source.delimiter), start=1
        ):
            if record == [last] or result.is_full:
                return result
            for column, value in enumerate(record, start=1):
                result.add(number, column, value)
    except csv.Error as error:  # a cell is longer than the reader takes
        raise TableError(
            _("Row %(row)d: a cell is too long. Is a quotation mark missing?") % {"row": number + 1}
        ) from error
    raise TableError(_("Row %(row)d: a quotation mark is not closed.") % {"row": number})


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding.

    Raise `TableError` for what is no text, such as a picture.
    """
    mark, encoding = next(
        ((mark, name) for mark, name in MARKS if content.startswith(mark)),
        (b"", _unmarked(content)),
    )
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    is_one_cell = not any(char in text for char in (*DELIMITERS, "\n", "\r"))
    if text.count("\0") > len(text) * MAX_ZERO_SHARE or (
        is_one_cell and encoding.startswith("utf-16")
    ):
        raise _unreadable()
    return text, encoding


def _unmarked(content: bytes) -> str:
    """Return the encoding of a text that does not say it.

    It is UTF-16 by its zeros, UTF-8 if it is valid, or else Windows-1252.
    """
    head = content[:200]
    for encoding, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if zeros and zeros.count(0) > len(zeros) * 0.7 and not others.count(0):
            return encoding
    text = content.decode("utf-8", "replace")
    invalid = text.count(REPLACED) - content.count(REPLACED.encode())
    if (
        invalid and sum(char > "\x7f" for char in text) > invalid * 2
    ):  # UTF-8 after all, with something else pasted into it
        row = text[: text.index(REPLACED)].count("\n") + 1
        raise TableError(
            _("Row %(row)d has characters that are not UTF-8. Save the file as CSV (UTF-8).")
            % {"row": row}
        )
    return "cp1252" if invalid else "utf-8"


def _unreadable() -> TableError:
    return TableError(_("This file can't be read. Save it as XLSX, ODS or CSV (UTF-8)."))


def _likelihood(text: str, delimiter: str, needed: Collection[str]) -> tuple[int, int]:
    """Return the score of a delimiter for the first rows.

    It is the needed names found, then the number of cells.
    """
    try:
        rows = [row for row in islice(_records(text, delimiter), DETECTION_ROWS) if any(row)]
    except csv.Error:
        return 0, 0
    return max((count_matches(row, needed) for row in rows), default=0), max(
        map(len, rows), default=0
    )


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter)
