"""Files that once failed are read as spreadsheets show them."""

from typing import Any

import pytest

from gasutil import tables
from gasutil.tables import Table, TableError
from tests.support.table_files import CASES

NEEDED = ("customer", "request_type", "description")
HELLO = {
    "customer": "priya.sharma",
    "request_type": "new_connection",
    "description": "hello",
    "address": "12 Road",
}
NOBODY = {
    "customer": "nobody",
    "request_type": "new_connection",
    "description": "x",
    "address": "y",
}
DISPUTE = {
    "customer": "priya.sharma",
    "request_type": "meter_reading_dispute",
    "description": "x",
    "address": "a",
}
READ: dict[str, list[tuple[int, dict[str, Any]]]] = {
    "date_cell.xlsx": [
        (2, DISPUTE | {"details.dispute_about": "estimated", "details.read_on": "2026-11-20"})
    ],
    "dimension_A1.xlsx": [(2, HELLO), (3, HELLO)],
    "lastcell.xlsx": [(2, HELLO)],
    "empty_in_middle.csv": [(2, HELLO), (5, NOBODY)],
    "trailing_commas.csv": [(2, HELLO)],
}
REJECTED = {
    "dup_header.csv": (
        "The columns C, E have the same heading, description. Each heading can be used only once."
    )
}


def read(name: str) -> Table:
    return tables.read((CASES / name).read_bytes(), needed=NEEDED, max_rows=500)


def test_every_case_is_here() -> None:
    assert {path.name for path in CASES.iterdir()} == {*READ, *REJECTED}


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name: str) -> None:
    table = read(name)
    assert list(zip(table.numbers, table.rows, strict=True)) == READ[name]


@pytest.mark.parametrize("name", REJECTED)
def test_it_is_rejected_with_its_reason(name: str) -> None:
    with pytest.raises(TableError) as error:
        read(name)
    assert error.value.messages == (REJECTED[name],)
