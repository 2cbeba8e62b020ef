"""An export can be imported without a change, in every format."""

import csv
import io

import pytest

from gasutil import tables
from gasutil.admin.base.export_cells import cell
from gasutil.tables import formulas, xlsx_writer
from tests.support.hostile_input import NASTY
from tests.support.table_files import HEADING

TEXTS = [
    NASTY,
    "=SUM(1)",
    "'=SUM(1)",
    "''",
    "+919876543210",
    "'+919876543210",
    "-5",
    "007",
    "_x000D_",
    " both ends ",
    "a\nb",
    'a "quoted" text; with, separators\tand | more',
    "नमस्ते 👩\N{ZERO WIDTH JOINER}🔧",
    "12",
    "2026-11-20",
    "true",
]


def as_csv() -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADING)
    writer.writerows(["customer", "type", cell(text)] for text in TEXTS)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    return xlsx_writer.write(
        "Export", HEADING, [["customer", "type", cell(text)] for text in TEXTS]
    )


@pytest.mark.parametrize("content", [as_csv(), as_xlsx()], ids=["csv", "xlsx"])
def test_every_text_comes_back(content: bytes) -> None:
    table = tables.read(content, needed=HEADING, max_rows=500)
    assert [formulas.unescape(str(row["description"])) for row in table.rows] == TEXTS
