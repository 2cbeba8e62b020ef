"""A damaged file is read or rejected with a message. It never causes a server error."""

import zipfile
from collections.abc import Sequence
from io import BytesIO

import pytest

from gasutil import tables
from gasutil.tables import TableError
from tests.support.randomness import Random
from tests.support.table_files import (
    HEADING,
    ods,
    ods_cell,
    ods_row,
    text_cell,
    text_row,
    xlsx,
    zipped,
)

ROUNDS = 150
STYLES = (
    '<numFmts><numFmt numFmtId="200" formatCode="dd/mm/yyyy hh:mm"/></numFmts><cellXfs><xf'
    ' numFmtId="0"/><xf numFmtId="200"/></cellXfs>'
)
FILES = {
    "xlsx": xlsx(
        text_row(*HEADING, "x", "y"),
        f'<row r="2">{text_cell("me", "A2")}<c r="D2" s="1"><v>46346.5</v></c><c r="E2"'
        ' t="s"><v>0</v></c></row>',
        strings="<si><t>shared _x000D_</t></si>",
        styles=STYLES,
        properties='<workbookPr date1904="1"/>',
    ),
    "ods": ods(
        ods_row(*map(ods_cell, (*HEADING, "x"))),
        ods_row(
            ods_cell("me", table__number_columns_repeated=3),
            ods_cell("1", office__value_type="float", office__value="1"),
            repeated=2,
        ),
        ods_row(ods_cell("", office__value_type="time", office__time_value="PT08H30M00S")),
    ),
    "csv": 'customer;request_type;"description"\r\nme;x;"Café\nnorth"\r\n'.encode(),
}
TOKENS = (
    b'"',
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&#55296;",
    b"\0",
    b"\xff",
    b"-1",
    b"9" * 30,
    b"1e999",
    b"nan",
    b"\r",
    b";",
    b",",
    b"",
    b"\xef\xbb\xbf",
)


def mutated(content: bytes, chance: Random) -> bytes:
    """Return bytes with a few of them changed, doubled, removed or replaced.

    The new ones have a meaning for parsers.
    """
    result = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        first = chance.randrange(len(result) + 1)
        last = min(first + chance.choice((0, 1, 1, 2, 8, 40)), len(result))
        same = bytes(result[first:last])
        result[first:last] = chance.choice(
            (*TOKENS, bytes([chance.randrange(256)]), same * 2, same[::-1])
        )
    return bytes(result)


def members(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check(content: bytes) -> None:
    """Check that a file gives rows within the limit, or errors with a message each."""
    messages: Sequence[str] = ("no error",)
    rows, numbers = 0, 0
    try:
        table = tables.read(content, needed=HEADING, max_rows=500)
        rows, numbers = len(table.rows), len(table.numbers)
    except TableError as error:
        messages = error.messages
    assert messages
    assert all(message.strip() for message in messages)
    assert rows == numbers <= 500


@pytest.mark.parametrize("name", FILES)
def test_bytes_of_a_file_can_change(name: str, chance: Random) -> None:
    for _ in range(ROUNDS):
        check(mutated(FILES[name], chance))


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_so_can_those_of_its_parts(name: str, chance: Random) -> None:
    parts = members(FILES[name])
    for _ in range(ROUNDS):
        part = chance.choice(list(parts))
        content = parts[part]
        check(
            zipped(
                parts
                | {
                    part: mutated(
                        content if isinstance(content, bytes) else content.encode(), chance
                    )
                }
            )
        )


@pytest.mark.parametrize("name", FILES)
def test_a_file_can_end_early(name: str) -> None:
    for end in range(0, len(FILES[name]), 7):
        check(FILES[name][:end])
