"""Parse a query into the terms that the index is searched for."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gasutil.search.normalise import HYPHENATED, NUMBER, digits_of, fold, without_punctuation

MAX_TERMS = 12
MIN_PHONE_DIGITS = 7
MIN_INDEXED_LENGTH = 3  # a trigram; shorter terms are searched at the beginning of words
QUOTED = re.compile(r'\s*["“”„«»](.+)["“”«»]\s*', re.DOTALL)
SCHEME = re.compile(r"\b(?:tel|callto|sms):")
TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
REFERENCE_PATTERN = re.compile(
    r"(?<![0-9a-z])sr[\s#:.-]*([0-9a-z]{3})[\s-]*([0-9a-z]{3})[\s-]*([0-9a-z]{3})(?![0-9a-z])"
)

Term = tuple[str, ...]
"""The spellings of a term, of which one must occur."""
Reading = Sequence[Term]
"""The terms that must all occur."""


class Query(NamedTuple):
    """The readings of a query, of which one must apply.

    A phrase is not searched for in names and numbers of people.
    """

    readings: Sequence[Reading]
    is_phrase: bool = False

    def is_in(self, text: str) -> bool:
        """Return whether a text of the index matches."""
        return any(
            all(any(spelling in text for spelling in term) for term in reading)
            for reading in self.readings
        )


def parse(text: str) -> Query:
    """Return the readings of a query: its words in any order.

    And with phone numbers in one piece.
    """
    quoted = QUOTED.fullmatch(text)
    if quoted:
        phrase = without_punctuation(fold(quoted[1]))
        return Query([[(phrase,)]] if phrase else [], is_phrase=True)
    folded = TRUNK_ZERO.sub("", SCHEME.sub(" ", fold(text)))
    readings = [_words(folded), _words(NUMBER.sub(_dialled, folded))]
    return Query([list(reading) for reading in dict.fromkeys(readings) if reading])


def find_reference(text: str) -> str:
    """Return the reference of a request that a text contains, as it is stored.

    Empty if there is none.
    """
    reference = REFERENCE_PATTERN.search(fold(text))
    return "-".join(["SR", *reference.groups()]).upper() if reference else ""


def phone_digits(text: str, min_digits: int) -> str:
    """Return the digits of a text that is entirely a phone number, else an empty string.

    What is dialled before the number is left out.
    """
    folded = TRUNK_ZERO.sub("", SCHEME.sub(" ", fold(text))).strip()
    digits = digits_of(folded) if re.fullmatch(r"\+?[\d ()./-]+", folded) else ""
    if not folded.startswith("+"):
        digits = digits.lstrip("0")
    return digits if len(digits) >= min_digits else ""


def _dialled(number: re.Match[str]) -> str:
    """Return a phone number in one piece, without the zeros that are dialled before it.

    Other numbers as they are.
    """
    digits = digits_of(number[0])
    if len(digits) < MIN_PHONE_DIGITS:
        return number[0]
    return f" {digits if number[0].startswith('+') else digits.lstrip('0')} "


def _words(folded: str) -> tuple[Term, ...]:
    words = [word.strip("./-&@") for word in without_punctuation(folded).split()]
    return tuple(dict.fromkeys(_spellings(word) for word in words if word))[:MAX_TERMS]


def _spellings(word: str) -> Term:
    """Return the spellings of a word.

    The index has what `HYPHENATED` finds in one piece as well.
    """
    split_and_joined = (word.replace("-", " "), word.replace("-", "")) if "-" in word else ()
    spellings = split_and_joined if HYPHENATED.fullmatch(word) else (word, *split_and_joined)
    return tuple(map(_at_word_start, spellings))


def _at_word_start(spelling: str) -> str:
    return (
        f" {spelling}"
        if len(spelling) < MIN_INDEXED_LENGTH and spelling.isascii() and spelling.isalnum()
        else spelling
    )
