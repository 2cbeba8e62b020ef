"""The cleaning of file names.

Every system can store and display a cleaned name, and no name misleads its reader.
"""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import PurePath

from gasutil.models.attachments import MAX_NAME_LENGTH
from gasutil.visible_text import is_displayed

UNNAMED = "file"
MAX_SUFFIX_LENGTH = 10  # characters; what follows a dot further from the end is no extension
ZWJ = "\N{ZERO WIDTH JOINER}"
# Format characters that belong to a visible character: they join emoji and letters, and spell the
# flags of regions.
JOINERS = {ZWJ, "\N{ZERO WIDTH NON-JOINER}", *map(chr, range(0xE0020, 0xE0080))}
SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
ENDS = " ." + ZWJ + "\N{ZERO WIDTH NON-JOINER}"
FORBIDDEN_ON_WINDOWS = set('<>:"|?*')
RESERVED_ON_WINDOWS = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)
ENCODED_WORD = re.compile(r"=\?[\w.*-]+\?[BbQq]\?[^?]*\?=")


def clean_name(name: str) -> str:
    """Return the cleaned form of a file name.

    It has no folders, no control characters, and no characters that are invisible or change the
    direction of text.

    Its length is limited, its extension stays. A clean name is returned as it is.
    """
    name = unicodedata.normalize("NFC", "".join(map(_clean_char, re.split(r"[/\\]", name)[-1])))
    name = re.sub(r"\.(?:[ .]*\.)+", ".", re.sub(r" +", " ", name)).strip(ENDS)
    if not is_displayed(name):
        return UNNAMED
    if RESERVED_ON_WINDOWS.match(name):
        name = "_" + name
    suffix = PurePath(name).suffix
    suffix = suffix if len(suffix) < MAX_SUFFIX_LENGTH else ""
    return shorten(name.removesuffix(suffix), MAX_NAME_LENGTH - len(suffix)) + suffix


def _clean_char(char: str) -> str:
    """Return a character as a name stores it: itself, a space, or nothing."""
    category = unicodedata.category(char)
    if category[0] == "Z" or char in "\t\n\r":
        return " "
    is_unusable = (
        category in ("Cc", "Cf", "Cs")
        or char in FORBIDDEN_ON_WINDOWS
        or not _is_character(ord(char))
    )
    return "" if is_unusable and char not in JOINERS else char


def _is_character(code: int) -> bool:
    return code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF


def shorten(stem: str, length: int) -> str:
    """Return a name cut to a length, between characters as they are displayed."""
    if len(stem) <= length:
        return stem
    end = length
    while end > 0 and (_continues(stem[end]) or stem[end - 1] == ZWJ):
        end -= 1
    return stem[: end or length].rstrip(ENDS)


def _continues(char: str) -> bool:
    """Return whether a character is displayed as a part of the one before it."""
    return unicodedata.category(char)[0] == "M" or char in JOINERS or char in SKIN_TONES


def decode_encoded_words(name: str) -> str:
    """Return a name whose encoded words are decoded, if they can be.

    Encoded words are those of RFC 2047, as .NET and mail libraries write them.
    """
    if not ENCODED_WORD.search(name):
        return name
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name
