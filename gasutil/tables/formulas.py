"""Text that a spreadsheet would take for a formula.

An export writes an apostrophe before it, and an import removes the apostrophe again.
"""

import re
import unicodedata

from gasutil.visible_text import is_displayed

OPERATORS = "=+-@\N{MINUS SIGN}"
APOSTROPHE = "'"
PHONE_NUMBER = re.compile(r"\+[0-9]+( [0-9]+)*")  # digits have nothing to calculate


def escape(text: str) -> str:
    """Return a text for a cell."""
    is_safe = PHONE_NUMBER.fullmatch(text) or not begins_formula(text.lstrip(APOSTROPHE))
    return text if is_safe else APOSTROPHE + text


def unescape(text: str) -> str:
    """Return the text of a cell without the apostrophe that `escape` has written before it."""
    return text.removeprefix(APOSTROPHE) if begins_formula(text.lstrip(APOSTROPHE)) else text


def begins_formula(text: str) -> bool:
    """Return whether a text begins as a formula does.

    That is with an operator, in full width as well, or with anything that is shown as nothing
    before one. Tabs and line breaks
    count by themselves: some programs begin a new cell there.
    """
    if text.startswith(("\t", "\r", "\n")):
        return True
    first = next((char for char in text if is_displayed(char)), "")
    return bool(first) and unicodedata.normalize("NFKC", first)[0] in OPERATORS
