"""Reads a table from a file: by its content, whatever its name is."""

import zipfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from io import BytesIO

from django.utils.translation import gettext as _

from gasutil.tables import delimited, ods, xlsx
from gasutil.tables.errors import TableError
from gasutil.tables.grid import Grid
from gasutil.tables.headings import HEADING_ROWS, Table, heading_of, table
from gasutil.tables.xml_parts import Archive

FORMATS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # or a new one with a password, which is wrapped so
WORKBOOK, BINARY_WORKBOOK, NUMBERS_DOCUMENT = (
    "xl/workbook.xml",
    "xl/workbook.bin",
    "Index/Document.iwa",
)


def read(content: bytes, *, needed: Collection[str], max_rows: int, sheet: str = "") -> Table:
    """Return the table of a file. Raises `TableError`.

    Args:
        content: The file.
        needed: The names of the columns that every table has, by which the sheet, the heading and
            the separator are recognised.
        max_rows: How many rows a table may have. Of a longer one, more than that are returned, but
            maybe not all.
        sheet: The name of the sheet, if it is not the first that has these columns.
    """
    limit = max_rows + HEADING_ROWS + 1
    if content.startswith(OLD_EXCEL):
        raise TableError(
            _(
                "This is an old Excel file (.xls), or one with a password. Save it as XLSX without"
                " a password."
            )
        )
    if content.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        raise TableError(
            _(
                "This is a web page or an XML file. Open it in a spreadsheet program and save it as"
                " XLSX."
            )
        )
    if zipfile.is_zipfile(BytesIO(content)):
        return _archive(Archive(content), needed, limit, sheet)
    return _text(content, needed, limit)


def _archive(content: Archive, needed: Collection[str], limit: int, sheet: str) -> Table:
    if ods.CONTENT in content:
        grids = ods.read_ods(content, limit)
        return replace(
            _chosen(grids, [grid.name for grid in grids], needed, sheet), file_format="ODS"
        )
    if BINARY_WORKBOOK in content or NUMBERS_DOCUMENT in content:
        raise TableError(_("This type of spreadsheet is not supported. Save it as XLSX."))
    if xlsx.ROOT_RELATIONS not in content:
        raise TableError(
            _("This is not a spreadsheet. Save the table as XLSX, ODS or CSV (UTF-8).")
        )
    return replace(
        _chosen(xlsx.read_xlsx(content, limit), xlsx.names(content), needed, sheet),
        file_format="XLSX",
    )


def _chosen(
    grids: Iterable[Grid], names: Sequence[str], needed: Collection[str], sheet: str
) -> Table:
    """Return the table of the named sheet, or of the sheet that fits best.

    That is the first that has the heading, or else the one that comes closest to it.
    """
    if sheet and _key(sheet) not in map(_key, names):
        raise TableError(
            _("There is no sheet %(name)s. The sheets are: %(names)s.")
            % {
                "name": sheet,
                "names": ", ".join(names),
            }
        )
    best, row, most = Grid("", 0), None, -1
    for grid in grids:
        if sheet and _key(grid.name) != _key(sheet):
            continue
        result, matches = heading_of(grid, needed)
        if (result is not None and matches > most) or (row is None and grid.problems):
            best, row, most = grid, result, matches
        if most == len(needed):
            break
    return replace(table(best, row), other_sheets=[name for name in names if name != best.name])


def _text(content: bytes, needed: Collection[str], limit: int) -> Table:
    source = delimited.decode(content, needed)
    grid = delimited.grid(source, limit)
    row, _matches = heading_of(grid, needed)
    return replace(
        table(grid, row),
        file_format="CSV",
        encoding=delimited.ENCODINGS[source.encoding],
        delimiter=source.delimiter,
    )


def _key(name: str) -> str:
    return name.strip().casefold()
