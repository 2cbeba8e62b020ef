"""Checks whether a text shows anything to its reader.

Zero-width and filler characters alone do not.
"""

import unicodedata
from bisect import bisect_right

# Unicode's Default_Ignorable_Code_Point, and other characters that are displayed as nothing or as a
# blank.
_INVISIBLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC),
    (0x16FE4, 0x16FE4), (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip
_STARTS = [first for first, _ in _INVISIBLE]


def is_displayed(text: str) -> bool:
    """Return whether a text shows anything.

    Letters, digits, punctuation and symbols such as emoji do.
    """
    return any(
        is_visible(char) and unicodedata.category(char)[0] != "M" for char in text
    )  # a mark needs a character to stand on


def has_words(text: str) -> bool:
    """Return whether a text has at least one visible letter or digit."""
    return any(is_visible(char) and unicodedata.category(char)[0] in "LN" for char in text)


def is_visible(char: str) -> bool:
    """Return whether a character is displayed.

    Spaces, control characters, format characters and fillers are not.
    """
    category = unicodedata.category(char)
    if category[0] == "Z" or category in ("Cc", "Cf", "Cs"):
        return False
    code = ord(char)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:  # noncharacters
        return False
    at = bisect_right(_STARTS, code) - 1
    return at < 0 or code > _INVISIBLE[at][1]
