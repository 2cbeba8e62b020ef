"""No text is a formula in a cell, whatever comes before its operator.

An import gets back exactly what was exported.
"""

import sys
import unicodedata

import pytest

from gasutil.tables.formulas import escape, unescape

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
OPERATORS = [char for char in CHARACTERS if unicodedata.normalize("NFKC", char)[0] in "=+-@"]
HIDDEN = [
    char
    for char in CHARACTERS
    if unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc", "Cf", "Mn")
]


def test_every_form_of_an_operator_is_escaped() -> None:
    assert {"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"} <= set(OPERATORS)
    assert [char for char in OPERATORS if escape(f"{char}SUM(1)") != f"'{char}SUM(1)"] == []


def test_so_is_an_operator_after_what_is_shown_as_nothing() -> None:
    assert {
        " ",
        "\n",
        "\t",
        "\r",
        "\N{NO-BREAK SPACE}",
        "\N{ZERO WIDTH SPACE}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
    } <= set(HIDDEN)
    assert [char for char in HIDDEN if escape(f"{char}{char}=SUM(1)")[0] != "'"] == []


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", "\n"])
def test_a_tab_or_a_line_break_counts_by_itself(text: str) -> None:
    assert escape(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x=1",
        " x",
        "'x",
        "'",
        "1-2",
        "+919876543210",
        "+91 98765 43210",
        "+1",
        "नमस्ते",
        "…",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert escape(text) == text
    assert unescape(text) == text


@pytest.mark.parametrize(
    "text",
    ["+91 98765 A1", "+91  1", "+1-1", "+1\n=1", "+9198765x", "+\N{ARABIC-INDIC DIGIT ONE}", "+"],
)
def test_only_a_phone_number_is_none(text: str) -> None:
    assert escape(text) == f"'{text}"


def test_every_text_comes_back() -> None:
    starts = ["", "'", "''", " ", "\n", "'\t", *OPERATORS, *HIDDEN]
    texts = [
        f"{start}{rest}"
        for start in starts
        for rest in ("", "x", "=1", "'=1", "+919876543210", "'+919876543210")
    ]
    assert [text for text in texts if unescape(escape(text)) != text] == []


def test_the_apostrophe_of_an_earlier_release_is_removed_from_a_phone_number() -> None:
    assert unescape("'+919876543210") == "+919876543210"
