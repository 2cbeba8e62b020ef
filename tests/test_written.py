"""Numbers, dates and times are read as people and spreadsheets write them, or rejected."""

import datetime as dt
from typing import Any

import pytest

from gasutil.dynamic_forms import coerce, written

KINDS = {
    "choice": "one_of",
    "choices": "several_of",
    "sure": "yes_no",
    "day": "date",
    "moment": "date_time",
    "count": "whole_number",
}
FORM = [
    {"name": name, "label": name, "kind": kind}
    | ({"choices": [["in_use", "In use"], ["off", "Switched off"]]} if "choice" in name else {})
    for name, kind in KINDS.items()
]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", 4),
        ("-4", -4),
        ("+4", 4),
        ("0042", 42),
        ("4.0", 4),
        ("1,234", 1234),
        ("1,234,567", 1234567),
        ("12,34,567", 1234567),
        ("1 234 567", 1234567),
        ("1\N{NARROW NO-BREAK SPACE}234", 1234),
        ("4.5", None),
        ("1.234", None),
        ("1,23", None),
        ("12,34", None),
        ("four", None),
        ("4 m", None),
        ("", None),
        ("9" * 21, None),
        ("1_0", None),
    ],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert written.whole_number(text) == (text if number is None else number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", 4.0),
        ("2.5", 2.5),
        ("2,5", 2.5),
        ("2,50", 2.5),
        ("-2,5", -2.5),
        ("1234,567", 1234.567),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("12,34,567.5", 1234567.5),
        ("1,234,567", 1234567.0),
        ("1 234,5", 1234.5),
        ("1.234", 1.234),
        ("1,234", None),  # a thousand, or one and a bit
        ("1,2,3", None),
        ("1.2.3", None),
        ("nan", None),
        ("inf", None),
        ("1e5", None),
        ("0x1", None),
    ],
)
def test_decimal_numbers(text: str, number: float | None) -> None:
    assert written.decimal(text) == (text if number is None else number)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-05", dt.datetime(2026, 11, 5)),
        ("2026-11-05T00:00:00", dt.datetime(2026, 11, 5)),
        ("2026-11-05 14:30", dt.datetime(2026, 11, 5, 14, 30)),
        ("2026/11/5", dt.datetime(2026, 11, 5)),
        ("5/11/2026", dt.datetime(2026, 11, 5)),
        ("05.11.2026", dt.datetime(2026, 11, 5)),
        ("05-11-2026 14:30:05", dt.datetime(2026, 11, 5, 14, 30, 5)),
        ("5 Nov 2026", dt.datetime(2026, 11, 5)),
        ("5-Nov-26", dt.datetime(2026, 11, 5)),
        ("5. November 2026", dt.datetime(2026, 11, 5)),
        ("11/25/2026", None),  # the day comes first
        ("5/11/26", None),
        ("5/11-2026", None),
        ("31/02/2026", None),
        ("5 Noon 2026", None),
        ("46346", None),
        ("5/11/2026 25:00", None),
        ("today", None),
        ("", None),
    ],
)
def test_dates_and_times(text: str, moment: dt.datetime | None) -> None:
    assert written.moment(text) == moment


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("choice", "in_use", "in_use"),
        ("choice", "In Use", "in_use"),
        ("choice", "switched off", "off"),
        ("choice", "other", "other"),
        ("choices", "In use; OFF;", ["in_use", "off"]),
        ("sure", True, True),
        ("sure", "Y", True),
        ("sure", "maybe", "maybe"),
        ("day", "2026-11-05T00:00:00", "2026-11-05"),
        ("day", "2026-11-04T20:00:00+00:00", "2026-11-05"),  # in the operator's time zone
        ("day", "0001-01-01T00:00:00+23:00", "0001-01-01T00:00:00+23:00"),
        ("day", 46346, "46346"),
        ("moment", "5/11/2026 14:30", "2026-11-05T14:30:00+05:30"),
        ("moment", "2026-11-05T14:30:00Z", "2026-11-05T14:30:00+00:00"),
        ("count", 4, 4),
        ("count", "four", "four"),
        ("unknown", "x", "x"),
    ],
)
def test_answers_are_read_as_their_values(name: str, cell: Any, value: Any, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    assert coerce(FORM, {name: cell}) == {name: value}


@pytest.mark.parametrize("cell", ["", None, []])
def test_what_is_empty_is_no_answer(cell: Any) -> None:
    assert coerce(FORM, {"choice": cell}) == {}
