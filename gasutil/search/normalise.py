"""Normalise text for search.

The index and the query take the same form, so that spelling variants of a text are equal.
"""

import re
import unicodedata

from gasutil.visible_text import is_visible

# Marks that are no accents, by their combining class: vowel signs (0), kana voicing (8), virama
# (9).
LETTER_MARKS = {0, 8, 9}
# The last one only stretches an Arabic word.
APOSTROPHES = frozenset("'`\u00b4\u02bc\u02b9\u2018\u2019\u201b\u2032\uff07\u0640")
MINUS = "\u2212"
LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "\u0131": "i",
    "ħ": "h",
    "ŧ": "t",
}
PUNCTUATION = frozenset(
    ',;:!?"#*+|<>\u00a1\u00b7\u00bf\u060c\u061b\u061f\u0964\u0965\u2022\u3001\u3002'
)
PUNCTUATION_CATEGORIES = {"Ps", "Pe", "Pi", "Pf"}
# Digits with the separators that people write within a number, and words that are joined by
# hyphens.
NUMBER = re.compile(r"\+?\d(?:[ ()./-]{0,3}\d){4,}")
HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")


class _CharTable(dict[int, str]):
    """A table for `str.translate` that fills itself.

    It computes the replacement of a character when the character first occurs.
    """

    def __missing__(self, code: int) -> str:
        self[code] = value = self.replacement(chr(code))
        return value

    def replacement(self, char: str) -> str:
        raise NotImplementedError


class _Folding(_CharTable):
    def replacement(self, char: str) -> str:
        if char in APOSTROPHES:
            return ""
        folded = unicodedata.normalize("NFKD", char).casefold()
        return "".join(map(_fold_char, unicodedata.normalize("NFKD", folded)))


class _Spacing(_CharTable):
    def replacement(self, char: str) -> str:
        is_punctuation = char in PUNCTUATION or unicodedata.category(char) in PUNCTUATION_CATEGORIES
        return " " if is_punctuation else char


def _fold_char(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "Z" or category == "Cc":
        return " "
    if (
        not is_visible(char)
        or category == "Me"
        or (category == "Mn" and unicodedata.combining(char) not in LETTER_MARKS)
    ):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == MINUS:
        return "-"
    return LETTERS.get(char, char)


FOLDING, SPACING = _Folding(), _Spacing()


def fold(text: str) -> str:
    """Return a text in the form in which it is compared.

    Compatible characters, letter case, accents, digits, dashes and spaces are unified, and there
    are no format characters.
    """
    return " ".join(text.translate(FOLDING).split())


def without_punctuation(folded: str) -> str:
    """Return a folded text with spaces for the punctuation between words."""
    return " ".join(folded.translate(SPACING).split())


def digits_of(number: str) -> str:
    """Return the digits of a number, without its separators."""
    return re.sub(r"\D", "", number)


def index_text(*texts: str) -> str:
    """Return the text to index.

    It is the texts without punctuation, then their numbers and hyphenated words in one piece.

    Each word follows a space, so that the beginning of a word can be searched.
    """
    folded = [fold(text) for text in texts if text]
    joined = dict.fromkeys(piece for text in folded for piece in _joined(text))
    return "".join(f" {text}" for text in (*map(without_punctuation, folded), *joined) if text)


def _joined(folded: str) -> list[str]:
    numbers = [number for number in NUMBER.findall(folded) if not number.isdigit()]
    return [
        *map(digits_of, numbers),
        *(word.replace("-", "") for word in HYPHENATED.findall(folded)),
    ]
