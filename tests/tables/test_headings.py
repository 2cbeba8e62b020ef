"""Columns are found by their headings in any spelling.

Each can be there once, and nothing is left out silently.
"""

import pytest

from gasutil.tables import TableError, heading_key
from gasutil.tables.grid import Grid
from gasutil.tables.headings import heading_of, table

NEEDED = ("customer", "request_type", "description")


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("customer", "customer"),
        ("Request Type", "request_type"),
        ("  REQUEST - TYPE \n", "request_type"),
        ("Request\N{NO-BREAK SPACE}Type", "request_type"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}customer", "customer"),
        ("Customer *", "customer"),
        ("Description:", "description"),
        ("Details . Read On", "details.read_on"),
        ("\uff23ustomer", "customer"),
        (12, "12"),
        ("", ""),
    ],
)
def test_a_heading_is_known_in_any_form(title: object, key: str) -> None:
    assert heading_key(title) == key


def grid(*rows: list[object]) -> Grid:
    made = Grid("", max_rows=100)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            made.add(number, column, cell)
    return made


def test_the_heading_is_the_row_with_the_most_needed_names() -> None:
    made = grid(
        ["customer report"],
        [],
        ["customer", "x"],
        ["Customer", "Request type", "Description"],
        ["customer", "request_type"],
    )
    assert heading_of(made, NEEDED) == (4, 3)


def test_a_column_without_heading_and_without_values_is_none() -> None:
    assert [
        column.name for column in table(grid(["a", "", "b", ""], ["1", " ", "2", None]), 1).columns
    ] == ["a", "b"]


@pytest.mark.parametrize("second", ["a", "A", " a ", "a:"])
def test_two_columns_of_one_name_are_an_error(second: str) -> None:
    with pytest.raises(TableError, match="The columns A, C have the same heading, a"):
        table(grid(["a", "b", second], ["1", "2", "3"]), 1)


def test_a_value_without_a_heading_is_an_error() -> None:
    with pytest.raises(TableError, match="Column B has no heading, but a value in row 3"):
        table(grid(["a", None, "c"], ["1"], ["1", "2", "3"], ["1", "2"]), 1)
