"""Snippets: matches in the original text with their surroundings.

The text may have any accents, script or separators.
"""

import time
import unicodedata

import pytest

from gasutil.search.snippets import ELLIPSIS, SNIPPET_CHARACTERS, find_terms, mark_terms, snippet
from gasutil.search.terms import parse


def marked(text: str, query: str) -> str:
    return show(mark_terms(text, find_terms(text, parse(query))))


def cut(text: str, query: str) -> str:
    return show(snippet(text, find_terms(text, parse(query))))


def show(parts) -> str:
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in parts)


MARKED = [
    ("Strong smell near the lift", "LIFT smell", "Strong [smell] near the [lift]"),
    ("Café Müller", "cafe muller", "[Café] [Müller]"),
    ("Straße 4", "strasse", "[Straße] 4"),
    ("O\u2019Brien", "obrien", "[O\u2019Brien]"),
    ("ज़रूरी काम है", "जरूरी", "[ज़रूरी] काम है"),
    ("दिल्ली में रिसाव", "रिसाव", "दिल्ली में [रिसाव]"),
    ("दिल्ली", "दिल्ल", "[दिल्ली]"),  # never half of what is shown as one character
    ("漏气了", "漏气", "[漏气]了"),
    ("+91 98200 12345", "9820012345", "+91 [98200 12345]"),
    ("+919820012345", "2345", "+91982001[2345]"),
    ("+919820012345", "098200-12345", "+91[9820012345]"),
    ("+919820012345", "९८२०० १२३४५", "+91[9820012345]"),
    ("Ring ९८२०० १२३४५ now", "98200 12345", "Ring [९८२०० १२३४५] now"),
    ("SR-BF3-EHA-42V", "bf3eha", "SR-[BF3-EHA]-42V"),
    ("SR-BF3-EHA-42V", "SR BF3", "[SR]-[BF3]-EHA-42V"),
    ("Flat C 7 and a cat", "c 7", "Flat [C] [7] and a [c]at"),
    ("soft\u00adware", "software", "[soft\u00adware]"),
    ("the smell, the smell", "smell", "the [smell], the [smell]"),
    ("smelling", "smell smelling", "[smelling]"),
    ("two\r\n  words", '"two words"', "[two\r\n  words]"),
    ("<b>bold</b> & [x](y) $1 \\d", "bold", "<b>[bold]</b> & [x](y) $1 \\d"),
    ("nothing", "else", "nothing"),
    ("", "else", ""),
]


@pytest.mark.parametrize(("text", "query", "expected"), MARKED)
def test_matches_are_marked_as_they_were_written(text: str, query: str, expected: str) -> None:
    assert marked(text, query) == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_matches_are_found_in_either_form(form) -> None:
    text = unicodedata.normalize(form, "At Žižkov, café")
    assert marked(text, "zizkov cafe") == unicodedata.normalize(form, "At [Žižkov], [café]")


def test_parts_are_the_whole_text() -> None:
    for text, query, _expected in MARKED:
        assert (
            "".join(part.text for part in mark_terms(text, find_terms(text, parse(query)))) == text
        )


def test_a_snippet_is_what_is_around_the_first_match() -> None:
    text = "word " * 100 + "The valve leaks. " + "more " * 100
    result = cut(text, "valve")
    assert result.startswith(f"{ELLIPSIS}word word word word word The [valve] leaks.")
    assert result.endswith(ELLIPSIS)
    assert len(result) <= SNIPPET_CHARACTERS + 10


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1000 + "valve" + "x" * 1000,
        "क्षि" * 300 + "valve",
        "valve" * 500,
        "e\u0301" * 500 + "valve",
    ],
)
def test_a_snippet_is_short_without_spaces_too(text: str) -> None:
    result = snippet(text, find_terms(text, parse("valve")))
    assert sum(len(part.text) for part in result) < SNIPPET_CHARACTERS + 20
    assert any(part.is_match for part in result)
    assert unicodedata.category(result[0].text[0])[0] != "M"


def test_the_beginning_is_shown_if_nothing_matches() -> None:
    assert cut("Short", "else") == "Short"
    assert cut("long " * 50, "else") == ("long " * 50)[:SNIPPET_CHARACTERS] + ELLIPSIS


@pytest.mark.parametrize(
    "query", ["(" * 50, "[a-z]+$^", "\\", "a" * 200, "1" * 200, "1-2-" * 40, "a-" * 60]
)
def test_no_query_takes_long(query: str) -> None:
    start = time.process_time()
    for text in ("1" * 5_000, "a-" * 2_500, "1 - " * 1_200, "a" * 100_000):
        find_terms(text, parse(query))
    assert time.process_time() - start < 2  # seconds
