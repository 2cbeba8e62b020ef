"""An XLSX file that is written has only values, within the limits of the format."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from gasutil.tables import xlsx_writer


def cells(*values: Any) -> list[Any]:
    content = xlsx_writer.write("Export", ["name"] * len(values), [values])
    return list(load_workbook(io.BytesIO(content)).active[2])


@pytest.mark.parametrize(
    "text", ["=1+1", "#N/A", "#REF!", "12", "true", " both ends ", "a\nb", "नमस्ते"]
)
def test_a_text_is_a_text(text: str) -> None:
    [cell] = cells(text)
    assert (cell.value, cell.data_type) == (text, "s")


def test_a_number_is_a_number_and_nothing_is_nothing() -> None:
    assert [cell.value for cell in cells(12, 2.5, None, "")] == [12, 2.5, None, None]


def test_line_breaks_are_those_of_the_format() -> None:
    assert [cell.value for cell in cells("a\r\nb\rc")] == ["a\nb\nc"]


def test_a_text_that_looks_like_a_character_by_its_number_is_escaped() -> None:
    assert [cell.value for cell in cells("_x000D_ and _xyz_")] == [
        "_x005F_x000D_ and _xyz_"
    ]  # as the format has it


def test_a_text_is_cut_where_the_format_ends_and_shows_it() -> None:
    [cell] = cells("x" * 40_000)
    assert len(cell.value) == 32_767
    assert cell.value.endswith("x…")


def test_columns_are_no_wider_than_the_format_allows() -> None:
    content = xlsx_writer.write(
        "A title of more than thirty-one characters", ["x" * 300], [["y" * 5000]]
    )
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.column_dimensions["A"].width <= 255
    assert len(sheet.title) == 31
