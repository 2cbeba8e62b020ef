"""Find a query's terms in a text as it was written, and cut the text to what is around them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gasutil.search.normalise import FOLDING, SPACING
from gasutil.search.terms import Query

MAX_SEARCHED_CHARACTERS = 5_000  # of a text
SNIPPET_CHARACTERS = 110
LEAD_CHARACTERS = 30  # before the first match
NUMBER_GAP, WORD_GAP = (
    r"[ ()./-]{0,3}",
    "-?",
)  # separators that the index leaves out within numbers and words
ELLIPSIS = "…"


class Part(NamedTuple):
    """A part of a text, which is a match or is between matches."""

    text: str
    is_match: bool = False


class Span(NamedTuple):
    """Where a term is in a text."""

    start: int
    end: int
    term: int  # its number among all terms of the query


def find_terms(text: str, query: Query) -> list[Span]:
    """Return where the terms of a query are in a text, in any spelling, in order."""
    text = text[:MAX_SEARCHED_CHARACTERS]
    folded, places = _fold(text)
    spans = [
        Span(
            _cluster_start(text, places[match.start()]),
            _cluster_end(text, places[match.end() - 1] + 1),
            number,
        )
        for number, pattern in enumerate(_patterns(query))
        for match in pattern.finditer(folded)
    ]
    return sorted(set(spans))


def mark_terms(text: str, spans: Sequence[Span]) -> list[Part]:
    """Return a text in parts, with the matches apart."""
    return [part for part in _parts(text, spans, 0, len(text)) if part.text]


def snippet(text: str, spans: Sequence[Span], length: int = SNIPPET_CHARACTERS) -> list[Part]:
    """Return what is around the first match in a text, in parts.

    The beginning, if there is none.
    """
    start = max(spans[0].start - LEAD_CHARACTERS, 0) if spans and spans[0].end > length else 0
    if start:
        space = text.find(" ", start, spans[0].start)
        start = space + 1 if space >= 0 else _cluster_start(text, start)
    end = _cluster_end(text, min(start + length, len(text)))
    parts = [
        Part(ELLIPSIS if start else ""),
        *_parts(text, spans, start, end),
        Part(ELLIPSIS if end < len(text) else ""),
    ]
    return [part for part in parts if part.text]


def _parts(text: str, spans: Iterable[Span], start: int, end: int) -> Iterator[Part]:
    at = start
    for match_start, match_end in _merged(spans):
        first, last = max(match_start, start), min(match_end, end)
        if first < last:
            yield Part(text[at:first])
            yield Part(text[first:last], is_match=True)
            at = last
    yield Part(text[at:end])


def _merged(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Return spans with those that overlap or touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end, _term in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _fold(text: str) -> tuple[str, list[int]]:
    """Return a text as the index has it, and the place of each of its characters.

    The folded text follows a space. The places are those in the text.
    """
    folded, places = [" "], [0]
    for place, char in enumerate(text):
        for piece in char.translate(FOLDING).translate(SPACING):
            if piece != " " or folded[-1] != " ":
                folded.append(piece)
                places.append(place)
    return "".join(folded), places


def _patterns(query: Query) -> Iterator[re.Pattern[str]]:
    """Yield the pattern of each term.

    It has the term's spellings, the longest first, with the separators that the index leaves out.
    """
    for term in dict.fromkeys(term for reading in query.readings for term in reading):
        spellings = sorted(
            (spelling for spelling in term if spelling.strip()), key=len, reverse=True
        )
        yield re.compile("|".join(map(_pattern, spellings)))


def _pattern(spelling: str) -> str:
    word = spelling.strip()
    gap = NUMBER_GAP if word.isdigit() else WORD_GAP
    return ("(?<= )" if spelling.startswith(" ") else "") + gap.join(map(re.escape, word))


def _cluster_start(text: str, at: int) -> int:
    while 0 < at < len(text) and _is_joined(text[at]):
        at -= 1
    return at


def _cluster_end(text: str, at: int) -> int:
    while at < len(text) and _is_joined(text[at]):
        at += 1
    return at


def _is_joined(char: str) -> bool:
    """Return whether a character is shown together with the one before it.

    It may be an accent, a vowel sign or a joiner.
    """
    return unicodedata.category(char)[0] == "M" or char in "\u200c\u200d"
