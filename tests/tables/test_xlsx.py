"""XLSX files are read as spreadsheets show them, whatever program wrote them."""

import zipfile
from typing import Any

import pytest

from gasutil import tables
from gasutil.tables import Table, TableError
from tests.support.table_files import (
    HEADING,
    RELATION,
    RELATIONS,
    sheet,
    text_cell,
    text_row,
    xlsx,
    zipped,
)

NUMBER_FORMATS = {
    "dd/mm/yyyy": ("46346", "2026-11-20"),
    "d-mmm-yy": ("46346.75", "2026-11-20"),
    "mmm": ("46346", "2026-11-20"),
    "[$-F800]dddd\\,\\ mmmm\\ dd": ("46346", "2026-11-20"),
    "dd/mm/yyyy hh:mm": ("46346.5", "2026-11-20T12:00:00"),
    "hh:mm": ("0.5", "12:00:00"),
    "h:mm AM/PM": ("46346.25", "06:00:00"),
    "[h]:mm": ("1.25", "1 day, 6:00:00"),
    "0000000000": ("987654321", "0987654321"),
    "General": ("46346", 46346),
    "0.00": ("2.50", 2.5),
    "0%": ("0.1", 0.1),
    '"days: "0': ("5", 5),
    "#,##0.00\\ [$USD]": ("5", 5),
    "_(* #,##0_)": ("1234", 1234),
    "yyyy": ("99999999999", 99999999999),
}


def read(content: bytes, **options: Any) -> Table:
    return tables.read(content, needed=HEADING, max_rows=500, **options)


def cell_of(cell: str, **options: Any) -> Any:
    """Return the value of a cell of the first row below the heading."""
    table = read(
        xlsx(text_row(*HEADING, "x"), f"<row>{text_cell('me', 'A2')}{cell}</row>", **options)
    )
    [row] = table.rows
    return row["x"]


def problems_of(content: bytes) -> tuple[str, ...]:
    with pytest.raises(TableError) as error:
        read(content)
    return tuple(error.value.messages)


@pytest.mark.parametrize("code", NUMBER_FORMATS)
def test_a_number_is_what_its_format_shows(code: str) -> None:
    written, shown = NUMBER_FORMATS[code]
    quoted = code.replace('"', "&quot;")
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="{quoted}"/></numFmts><cellXfs><xf'
        ' numFmtId="0"/><xf numFmtId="200"/></cellXfs>'
    )
    assert cell_of(f'<c r="D2" s="1"><v>{written}</v></c>', styles=styles) == shown


def test_formats_that_every_file_has_need_no_definition() -> None:
    styles = '<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="14"/></cellXfs>'
    assert cell_of('<c r="D2" s="0"><v>46346</v></c>', styles=styles) == "2026-11-20"


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    assert (
        cell_of(
            '<c r="D2" s="0"><v>44884</v></c>',
            styles=styles,
            properties='<workbookPr date1904="1"/>',
        )
        == "2026-11-20"
    )


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>9876543210</v>", 9876543210),
        ("<v>9.87654321E9</v>", 9876543210),
        ("<v>4.0</v>", 4),
        ("<v>0.30000000000000004</v>", 0.3),
        ("<v>inf</v>", "inf"),
        ("<v>12 m</v>", "12 m"),
        ("<f>1+1</f><v>2</v>", 2),
    ],
)
def test_numbers_are_those_that_are_shown(cell: str, value: Any) -> None:
    result = cell_of(f'<c r="D2">{cell}</c>')
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="D2" t="b"><v>1</v></c>', True),
        ('<c r="D2" t="str"><f>A1</f><v>found</v></c>', "found"),
        ('<c r="D2" t="str"><f>A1</f><v></v></c>', ""),
        ('<c r="D2" t="d"><v>2026-11-20</v></c>', "2026-11-20"),
        ('<c r="D2" t="s"><v>0</v></c>', "shared"),
        ('<c r="D2" t="s"><v>1</v></c>', "in two parts"),
        ('<c r="D2" t="s"><v>2</v></c>', "東京"),
        ('<c r="D2" t="inlineStr"><is><t>a_x000D_\nb</t></is></c>', "a\nb"),
        ('<c r="D2" t="inlineStr"><is><t>_x005F_x000D_</t></is></c>', "_x000D_"),
        ('<c r="D2" t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c>', "\N{GRINNING FACE}"),
        ('<c r="D2" t="inlineStr"><is><t>_xD83D_</t></is></c>', "\N{REPLACEMENT CHARACTER}"),
        ('<c r="D2" t="inlineStr"><is><t>a_x0000_b</t></is></c>', "ab"),
        ('<x:c r="D2" t="inlineStr"><x:is><x:t>prefixed</x:t></x:is></x:c>', "prefixed"),
        ('<c r="$D$2"><v>1</v></c>', 1),
    ],
)
def test_every_kind_of_cell_is_read(cell: str, value: Any) -> None:
    strings = (
        "<si><t>shared</t></si><si><r><t>in </t></r><r><t>two parts</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
    )
    assert cell_of(cell, strings=strings) == value


def test_cells_and_rows_without_numbers_follow_each_other() -> None:
    table = read(
        xlsx(text_row(*HEADING), text_row("me", "x", "first"), text_row("me", "x", "second"))
    )
    assert [
        (number, row["description"]) for number, row in zip(table.numbers, table.rows, strict=True)
    ] == [(2, "first"), (3, "second")]


@pytest.mark.parametrize("claimed", ["A1", "A1:B1", "A1:XFD1048576", "B7:C9", "nonsense", ""])
def test_what_a_sheet_claims_to_be_does_not_matter(claimed: str) -> None:
    rows = text_row(*HEADING) + text_row("me", "x", "first")
    table = read(xlsx(sheets=[("Calls", "", sheet(rows, f'<dimension ref="{claimed}"/>'))]))
    assert (len(table.rows), len(table.columns)) == (1, 3)


def test_blank_cells_far_away_do_not_matter() -> None:
    far = f'<row r="1048576">{text_cell(" ", "XFD1048576")}</row>'
    assert read(xlsx(text_row(*HEADING), text_row("me", "x", "y"), far)).numbers == [2]


def test_other_cells_far_away_are_an_error_with_their_place() -> None:
    far = f'<row r="1048576">{text_cell("x", "XFD1048576")}</row>'
    assert problems_of(xlsx(text_row(*HEADING), text_row("me", "x", "y"), far)) == (
        "Row 1048576, column XFD: A table can have at most 100 columns.",
    )


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ('<c r="C2" t="e"><v>#REF!</v></c>', "This cell has the error #REF!."),
        (
            '<c r="C2"><f>1+1</f></c>',
            "This formula has no result. Save the file in a spreadsheet program.",
        ),
        (
            '<c r="C2"><f>1+1</f><v/></c>',
            "This formula has no result. Save the file in a spreadsheet program.",
        ),
        (text_cell("x" * 40_000, "C2"), "A cell can have at most 32767 characters."),
    ],
)
def test_what_is_wrong_with_a_cell_names_row_and_column(cell: str, problem: str) -> None:
    assert problems_of(xlsx(text_row(*HEADING), f"<row>{cell}</row>")) == (
        f"Row 2, column C: {problem}",
    )


def test_many_problems_are_not_all_listed() -> None:
    wrong = "".join(
        f'<row r="{row}"><c r="A{row}" t="e"><v>#N/A</v></c></row>' for row in range(2, 100)
    )
    assert len(problems_of(xlsx(text_row(*HEADING), wrong))) == 10


def test_the_first_sheet_that_has_the_columns_is_read() -> None:
    cover, lists = sheet(text_row("Report")), sheet(text_row("customer", "name"))
    calls = sheet(text_row(*HEADING) + text_row("me", "x", "y"))
    table = read(
        xlsx(
            sheets=[
                ("Cover", "", cover),
                ("Lists", "", lists),
                ("Calls", "", calls),
                ("Old", "", calls),
            ]
        )
    )
    assert (table.sheet, table.other_sheets) == ("Calls", ["Cover", "Lists", "Old"])
    assert len(table.rows) == 1


def test_hidden_sheets_are_not_read() -> None:
    old = sheet(text_row(*HEADING) + text_row("me", "x", "old"))
    new = sheet(text_row(*HEADING) + text_row("me", "x", "new"))
    table = read(xlsx(sheets=[("Old", 'state="hidden"', old), ("New", "", new)]))
    assert [row["description"] for row in table.rows] == ["new"]
    assert table.other_sheets == []


def test_a_sheet_that_is_named_is_read() -> None:
    sheets = [
        (name, "", sheet(text_row(*HEADING) + text_row("me", "x", name)))
        for name in ("May", "June")
    ]
    table = read(xlsx(sheets=sheets), sheet=" JUNE ")
    assert [row["description"] for row in table.rows] == ["June"]
    with pytest.raises(TableError, match=r"There is no sheet July\. The sheets are: May, June\."):
        read(xlsx(sheets=sheets), sheet="July")


def test_an_error_in_another_sheet_does_not_matter() -> None:
    wrong = sheet('<row><c t="e"><v>#N/A</v></c></row>')
    right = sheet(text_row(*HEADING) + text_row("me", "x", "y"))
    assert read(xlsx(sheets=[("Wrong", "", wrong), ("Right", "", right)])).sheet == "Right"


def test_parts_are_found_as_programs_name_them() -> None:
    relations = RELATION.format("rId1", "worksheet", "/XL\\Worksheets\\Sheet.xml")
    book = (
        '<x:workbook xmlns:x="y" xmlns:q="z"><x:sheets><x:sheet name="Calls"'
        ' q:id="rId1"/></x:sheets></x:workbook>'
    )
    content = zipped(
        {
            "_rels/.rels": RELATIONS.format(
                RELATION.format("rId7", "officeDocument", "/xl/book.xml")
            ),
            "xl/book.xml": book,
            "xl/_rels/book.xml.rels": RELATIONS.format(relations),
            "xl\\worksheets\\sheet.xml": (
                sheet(text_row(*HEADING) + text_row("me", "x", "y")).encode("utf-16")
            ),
        }
    )
    assert len(read(content).rows) == 1


@pytest.mark.parametrize(
    "content",
    [
        xlsx(text_row(*HEADING))[:-400] + b"PK\x05\x06" + b"\0" * 18,
        zipped({"_rels/.rels": "<a>"}),
        zipped({"_rels/.rels": RELATIONS.format("")}),
        xlsx('<row r="x"/>'),
        xlsx('<row><c t="s"><v>7</v></c></row>'),
        xlsx('<row><c t="s"><v>-1</v></c></row>'),
        xlsx("<row><c><v>1</v></row>"),
    ],
)
def test_a_damaged_file_says_so(content: bytes) -> None:
    with pytest.raises(TableError, match=r"damaged|no rows|not a spreadsheet"):
        read(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
        (zipped({"_rels/.rels": "", "xl/workbook.bin": ""}), "type of spreadsheet"),
        (zipped({"Index/Document.iwa": ""}), "type of spreadsheet"),
        (zipped({"word/document.xml": "<a/>"}), "not a spreadsheet"),
        (b"<html><table><tr><td>customer</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "web page"),
    ],
)
def test_other_files_are_named_for_what_they_are(content: bytes, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        read(content)


def test_a_file_with_a_password_says_so() -> None:
    content = bytearray(xlsx(text_row(*HEADING)))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag of the first member
    with pytest.raises(TableError, match="password"):
        read(bytes(content))


def test_more_rows_than_are_accepted_are_noticed() -> None:
    rows = [text_row("me", "x", str(number)) for number in range(600)]
    table = read(xlsx(*[text_row("A title")] * 19, text_row(*HEADING), *rows))
    assert len(table.rows) > 500


def test_only_methods_that_spreadsheets_use_are_unpacked() -> None:
    content = zipped({"_rels/.rels": "<a/>"}, zipfile.ZIP_BZIP2)
    with pytest.raises(TableError, match="damaged"):
        read(content)
