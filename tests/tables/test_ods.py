"""ODS files are read as LibreOffice shows them."""

from typing import Any

import pytest

from gasutil import tables
from gasutil.tables import Table, TableError
from tests.support.table_files import HEADING, ods, ods_cell, ods_row

HEAD = ods_row(*map(ods_cell, (*HEADING, "x")))
EMPTY = '<table:table-cell table:number-columns-repeated="16384"/>'


def read(content: bytes) -> Table:
    return tables.read(content, needed=HEADING, max_rows=500)


def cell_of(cell: str) -> Any:
    [row] = read(
        ods(
            HEAD,
            ods_row(ods_cell("me"), '<table:table-cell table:number-columns-repeated="2"/>', cell),
        )
    ).rows
    return row["x"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (
            ods_cell("20/11/26", office__value_type="date", office__date_value="2026-11-20"),
            "2026-11-20",
        ),
        (
            ods_cell("noon", office__value_type="date", office__date_value="2026-11-20T12:00:00"),
            "2026-11-20T12:00:00",
        ),
        (
            ods_cell("08:30", office__value_type="time", office__time_value="PT08H30M00S"),
            "08:30:00",
        ),
        (
            ods_cell("30:00", office__value_type="time", office__time_value="PT30H00M00S"),
            "1 day, 6:00:00",
        ),
        (ods_cell("9.9E9", office__value_type="float", office__value="9876543210"), 9876543210),
        (
            ods_cell("0987654321", office__value_type="float", office__value="987654321"),
            "0987654321",
        ),
        (ods_cell("10%", office__value_type="percentage", office__value="0.1"), 0.1),
        (ods_cell("₹5", office__value_type="currency", office__value="5"), 5),
        (ods_cell("TRUE", office__value_type="boolean", office__boolean_value="true"), True),
        (ods_cell("text", office__value_type="string"), "text"),
        (ods_cell("shown", office__value_type="string", office__string_value="stored"), "stored"),
        (
            "<table:table-cell>\n <text:p>one</text:p>\n <text:p>two</text:p>\n</table:table-cell>",
            "one\ntwo",
        ),
        (
            (
                "<table:table-cell><text:p>a<text:s"
                " text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p></table:table-cell>"
            ),
            "a   b\tc\nd",
        ),
        (
            "<table:table-cell><office:annotation><text:p>note</text:p></office:annotation><text:p>x</text:p></table:table-cell>",
            "x",
        ),
        (
            (
                "<table:table-cell><text:p><text:span>in"
                " </text:span><text:a>parts</text:a></text:p></table:table-cell>"
            ),
            "in parts",
        ),
    ],
)
def test_every_kind_of_cell_is_read(cell: str, value: Any) -> None:
    result = cell_of(cell)
    assert (result, type(result)) == (value, type(value))


def test_repeated_rows_and_cells_are_as_many_as_they_are() -> None:
    same = ods_row(
        ods_cell("me"), ods_cell("same", table__number_columns_repeated=3), EMPTY, repeated=2
    )
    table = read(ods(HEAD, ods_row(EMPTY, repeated=3), same, ods_row(EMPTY, repeated=1_048_000)))
    assert table.numbers == [5, 6]
    assert (
        table.rows
        == [{"customer": "me", "request_type": "same", "description": "same", "x": "same"}] * 2
    )


def test_covered_cells_count() -> None:
    covered = '<table:covered-table-cell table:number-columns-repeated="2"/>'
    table = read(
        ods(
            HEAD,
            ods_row(ods_cell("wide", table__number_columns_spanned=3), covered, ods_cell("last")),
        )
    )
    assert table.rows == [{"customer": "wide", "request_type": "", "description": "", "x": "last"}]


def test_a_hidden_sheet_is_not_read() -> None:
    styles = (
        '<style:style style:name="ta9"><style:table-properties'
        ' table:display="false"/></style:style>'
    )
    hidden = (
        '<table:table table:name="Old"'
        f' table:style-name="ta9">{HEAD}{ods_row(ods_cell("old"))}</table:table>'
    )
    table = read(ods(HEAD, ods_row(ods_cell("new")), styles=styles, before=hidden))
    assert [row["customer"] for row in table.rows] == ["new"]
    assert (table.sheet, table.other_sheets, table.file_format) == ("Calls", [], "ODS")


def test_a_table_within_a_cell_is_none() -> None:
    inner = (
        f"<table:table-cell><table:table>{ods_row(ods_cell('inner'))}</table:table>"
        "<text:p>outer</text:p></table:table-cell>"
    )
    assert "outer" in cell_of(inner)


@pytest.mark.parametrize(
    "cell",
    [ods_cell("#N/A", table__formula="of:=NA()"), ods_cell("Err:502", calcext__value_type="error")],
)
def test_an_error_names_row_and_column(cell: str) -> None:
    with pytest.raises(TableError, match="Row 2, column B: This cell has the error"):
        read(ods(HEAD, ods_row(ods_cell("me"), cell)))


def test_values_far_away_are_an_error_with_their_place() -> None:
    far = ods_row('<table:table-cell table:number-columns-repeated="16383"/>', ods_cell("x"))
    with pytest.raises(
        TableError, match="Row 1048576, column XFD: A table can have at most 100 columns"
    ):
        read(ods(HEAD, ods_row(ods_cell("me")), ods_row(EMPTY, repeated=1_048_573), far))


def test_a_file_with_a_password_says_so() -> None:
    manifest = (
        "<manifest><file-entry full-path='content.xml'><encryption-data/></file-entry></manifest>"
    )
    with pytest.raises(TableError, match="password"):
        read(ods(HEAD, **{"META-INF/manifest.xml": manifest, "content.xml": b"\x01\x02"}))


@pytest.mark.parametrize("count", ["-1", "x", "1e9", "9" * 50])
def test_a_count_that_is_none_is_damaged(count: str) -> None:
    with pytest.raises(TableError, match="damaged"):
        read(ods(HEAD, ods_row(ods_cell("x", table__number_columns_repeated=count))))
