"""Small files that claim to be large, or unpack to more.

They are read or rejected with little memory.
"""

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.table_files import (
    HEADING,
    ods,
    ods_cell,
    ods_row,
    sheet,
    text_cell,
    text_row,
    xlsx,
    zipped,
)

pytestmark = pytest.mark.sweep

MEBIBYTE = 2**20
MAX_FILE_BYTES = 2 * MEBIBYTE
# Of the process that reads; without a table it takes a third of it.
MEMORY, SECONDS = (320 * MEBIBYTE, 60)
READER = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
from django.conf import settings
settings.configure(USE_I18N=False)
from gasutil import tables
try:
    needed = ("customer", "request_type", "description")
    table = tables.read(sys.stdin.buffer.read(), needed=needed, max_rows=500)
    print(len(table.rows), "rows")
except tables.TableError as error:
    print(error.messages[0])
"""
HEAD = text_row(*HEADING)
ODS_HEAD = ods_row(*map(ods_cell, HEADING))
REPEATED = ods_row(ods_cell("x", table__number_columns_repeated=99), repeated=500)
ENTITIES = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise("abcdefghi")
)
LARGE = "This file contains too much data. Copy the table into a new file."
DAMAGED = "This file is damaged. Open it in a spreadsheet program and save it again as XLSX."
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "last cell": (
        lambda: xlsx(
            HEAD,
            text_row("me", "x", "y"),
            f'<row r="1048576">{text_cell(" ", "XFD1048576")}</row>',
        ),
        "1 rows",
    ),
    "last cells of many rows": (
        lambda: xlsx(
            HEAD,
            *(f'<row r="{row}">{text_cell("x", f"XFD{row}")}</row>' for row in range(2, 100_000)),
        ),
        "Row 2, column XFD: A table can have at most 100 columns.",
    ),
    "spaces": (lambda: xlsx(HEAD, " " * 40 * MEBIBYTE), LARGE),
    "one text": (
        lambda: xlsx(HEAD, text_row("me", "x", "y" * 25 * MEBIBYTE)),
        "Row 2, column C: A cell can have at most 32767 characters.",
    ),
    "one name": (lambda: xlsx(HEAD, f'<row {"x" * 25 * MEBIBYTE}="1"/>'), "0 rows"),
    "empty cells": (lambda: xlsx(HEAD, "<row>" + "<c/>" * 5_000_000 + "</row>"), LARGE),
    "cells": (lambda: xlsx(HEAD, "<row><c><v>1</v></c></row>" * 600_000), "more"),
    "depth": (lambda: xlsx(HEAD, "<a>" * 5_000_000), LARGE),
    "strings": (lambda: xlsx(HEAD, strings="<si/>" * 3_000_000), LARGE),
    "text of strings": (
        lambda: xlsx(HEAD, strings=f"<si><t>{'x' * 10_000}</t></si>" * 2_500),
        "0 rows",
    ),
    "wide strings": (
        lambda: xlsx(HEAD, strings=f"<si><t>\N{GRINNING FACE}{'x' * 9_000}</t></si>" * 3_000),
        "0 rows",
    ),
    "styles": (lambda: xlsx(HEAD, styles="<cellXfs>" + "<xf/>" * 3_000_000), LARGE),
    "formats": (
        lambda: xlsx(
            HEAD,
            styles="".join(f'<numFmt numFmtId="{at}" formatCode="0"/>' for at in range(400_000)),
        ),
        "0 rows",
    ),
    "entities": (lambda: xlsx(HEAD, sheets=[("x", "", f"{ENTITIES}]><x>&i;</x>")]), DAMAGED),
    "sheets": (
        lambda: xlsx(sheets=[(str(at), "", sheet("")) for at in range(2_000)]),
        "This table has no rows.",
    ),
    "members": (
        lambda: zipped({str(at): "" for at in range(15_000)}),
        "This is not a spreadsheet. Save the table as XLSX, ODS or CSV (UTF-8).",
    ),
    "repeated rows": (lambda: ods(ODS_HEAD, ods_row(ods_cell("me"), repeated=2**31 - 2)), "more"),
    "repeated cells": (
        lambda: ods(
            ODS_HEAD,
            ods_row(ods_cell("me", table__number_columns_repeated=2**31 - 1), repeated=2**31 - 2),
        ),
        "Column D has no heading, but a value in row 2.",
    ),
    "repeated everything": (
        lambda: ods(
            ODS_HEAD,
            *[
                ods_row(
                    ods_cell("#N/A", table__formula="x", table__number_columns_repeated=99),
                    repeated=500,
                )
            ]
            * 20_000,
        ),
        "Row 2, column A: This cell has the error #N/A.",
    ),
    "many tables": (
        lambda: ods(before=f'<table:table table:name="x">{REPEATED}</table:table>' * 5_000),
        LARGE,
    ),
    "repeated spaces": (
        lambda: ods(
            ODS_HEAD,
            ods_row(
                "<table:table-cell><text:p>x"
                + '<text:s text:c="999999999"/>' * 50_000
                + "</text:p></table:table-cell>"
            ),
        ),
        "Row 2, column A: A cell can have at most 32767 characters.",
    ),
    "line breaks": (
        lambda: b"customer,request_type,description\n" + b"\n" * (MAX_FILE_BYTES - 40),
        "0 rows",
    ),
    "separators": (
        lambda: b"customer,request_type,description\n" + b"," * (MAX_FILE_BYTES - 40),
        "0 rows",
    ),
    "values": (
        lambda: b"customer,request_type,description\n" + b"x," * (MAX_FILE_BYTES // 2 - 40),
        "Column D has no heading, but a value in row 2.",
    ),
    "rows": (
        lambda: b"customer,request_type,description\n" + b"x\n" * (MAX_FILE_BYTES // 2 - 40),
        "more",
    ),
    "quotation marks": (
        lambda: b'customer,request_type,description\n"' + b'""' * (MAX_FILE_BYTES // 2 - 40),
        "Row 2: a cell is too long. Is a quotation mark missing?",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_it_takes_little_memory(name: str) -> None:
    make, expected = BOMBS[name]
    content = make()
    assert len(content) <= MAX_FILE_BYTES
    run = subprocess.run(
        [sys.executable, "-c", READER, str(MEMORY), str(SECONDS)],
        input=content,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    text = run.stdout.decode().strip()
    assert run.returncode == 0, run.stderr.decode()[-500:]
    if expected == "more":  # rows than are accepted: the import says so
        assert int(text.removesuffix(" rows")) > 500
    else:
        assert text == expected
