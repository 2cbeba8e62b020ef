"""CSV files are read whatever program and country they come from.

Rows count as in a spreadsheet.
"""

import pytest

from gasutil import tables
from gasutil.tables import Table, TableError
from tests.support.table_files import HEADING

ROWS = [("me", "new_connection", "Café, north; “old” | part"), ("you", "x", "two\nlines")]
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


def read(content: bytes) -> Table:
    return tables.read(content, needed=HEADING, max_rows=500)


def written(delimiter: str, line_break: str = "\r\n") -> str:
    lines = [HEADING, *ROWS]
    return line_break.join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines
    )


def descriptions(content: bytes) -> list[object]:
    return [row["description"] for row in read(content).rows]


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_way_of_writing_is_read(encoding: str, delimiter: str, line_break: str) -> None:
    table = read(written(delimiter, line_break).encode(encoding))
    assert [tuple(row.values()) for row in table.rows] == ROWS
    assert (table.encoding, table.delimiter, table.file_format) == (
        ENCODINGS[encoding],
        delimiter,
        "CSV",
    )


def test_big_endian_with_its_mark_is_read() -> None:
    assert len(read(b"\xfe\xff" + written(",").encode("utf-16-be")).rows) == 2


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r\n\r\n", ",,\r\n"])
def test_the_end_does_not_matter(end: str) -> None:
    assert len(read((written(",") + "\n" + end).encode()).rows) == 2


@pytest.mark.parametrize("hint", ["sep=;\r\n", "SEP=;\n", "\ufeffsep=;\n"])
def test_the_hint_of_excel_is_no_row(hint: str) -> None:
    table = read(f"{hint}customer;request_type;description\nme;x;y,z".encode())
    assert (table.heading_row, table.numbers, table.rows[0]["description"]) == (1, [2], "y,z")


def test_text_that_looks_separated_does_not_decide() -> None:
    assert descriptions(b"customer,request_type,description\na,b,c;d;e;f;g;h\n") == ["c;d;e;f;g;h"]


def test_a_heading_below_a_title_is_found() -> None:
    table = read(b"Report;of;November;2026;all\n\ncustomer,request_type,description\nme,x,y\n")
    assert (table.heading_row, table.numbers) == (3, [4])


def test_rows_count_as_in_a_spreadsheet() -> None:
    table = read(b'customer,request_type,description\n"me\n\n",x,y\n\n,,\nyou,x,y\n')
    assert table.numbers == [2, 5]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b'customer,request_type,description\nme,x,"y\nyou,x,y\n',
            "Row 2: a quotation mark is not closed",
        ),
        (
            b'customer,request_type,description\nme,x,"' + b"y" * 200_000,
            "Row 2: a cell is too long",
        ),
        (
            b"customer,request_type,description\nme,x," + b"y" * 40_000,
            "Row 2, column C: A cell can have at most 32767",
        ),
        (
            b"customer,request_type,description\nme,x,y,stray\n",
            "Column D has no heading, but a value in row 2",
        ),
        (
            "customer,request_type,description\nमैं,ख,ग\nme,x,\N{DEVANAGARI LETTER KA}".encode()[:-1],
            "Row 3 has characters that are not UTF-8",
        ),
        (b"customer,request_type\x81", "can't be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "can't be read"),
        (b"a\0b\0\0c,", "can't be read"),
        (b"\xff\xfe\x00\xd8,\x00", "can't be read"),
        (b"\n\n , ,\n", "no rows"),
    ],
)
def test_what_cannot_be_read_says_where(content: bytes, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        read(content)


def test_text_after_a_closing_quotation_mark_is_read_as_spreadsheets_do() -> None:
    assert descriptions(b'customer,request_type,description\nme,x,"a"b\nme,x,5" pipe\n') == [
        "ab",
        '5" pipe',
    ]


def test_a_separator_of_records_within_a_text_cuts_nothing() -> None:
    assert read(b"customer,request_type,description\nme,x,y\n\x1e\nme,x,z\n").numbers == [2, 4]


def test_a_character_that_was_replaced_before_is_no_error() -> None:
    assert descriptions(
        "customer,request_type,description\nme,x,\N{REPLACEMENT CHARACTER}é".encode()
    ) == ["\N{REPLACEMENT CHARACTER}é"]


def test_leading_zeros_and_long_numbers_stay_text() -> None:
    assert descriptions(b"customer,request_type,description\nme,x,0098765432101234567890\n") == [
        "0098765432101234567890"
    ]
