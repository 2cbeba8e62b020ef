"""Numbers, dates and times as people and spreadsheets write them.

What can be read in two ways is not read.
"""

import datetime as dt
import re

DECIMAL_POINT = re.compile(r"[+-]?(\d{1,20}|\d{1,3}(,\d{2,3})*,\d{3})(\.\d{1,20})?")
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,20}|\d{1,3}(\.\d{3})+),\d{1,20}")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{2,3})*,\d{3}")  # in thousands, or in lakhs and crores
SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3})")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIME = r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
DATE_PATTERNS = (
    re.compile(rf"(?P<year>\d{{4}})([/.-])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){TIME}"),
    re.compile(rf"(?P<day>\d{{1,2}})([/.-])(?P<month>\d{{1,2}})\2(?P<year>\d{{4}}){TIME}"),
    re.compile(
        rf"(?P<day>\d{{1,2}})[ .-]+(?P<name>[A-Za-z]{{3,9}})[ .,-]+(?P<year>\d{{4}}|\d{{2}}){TIME}"
    ),
)


def whole_number(text: str) -> int | str:
    """Return a whole number; a text that is none is returned as it is."""
    plain = SPACES.sub("", text)
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return (
        int(plain.partition(".")[0]) if re.fullmatch(r"[+-]?\d{1,20}(\.0{1,20})?", plain) else text
    )


def decimal(text: str) -> float | str:
    """Return a number, with a point or a comma for the decimals.

    A text that is none, or maybe another, is returned as it is.
    """
    plain = SPACES.sub("", text)
    if (
        GROUPED.fullmatch(plain) and plain.count(",") == 1
    ):  # 1,234: a comma for thousands, or for decimals?
        return text
    if DECIMAL_POINT.fullmatch(plain):
        return float(plain.replace(",", ""))
    return (
        float(plain.replace(".", "").replace(",", ".")) if DECIMAL_COMMA.fullmatch(plain) else text
    )


def moment(text: str) -> dt.datetime | None:
    """Return a date with its time, or with midnight; None for a text that is none.

    Of two numbers, the day is the first.
    """
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        match = next(
            (match for pattern in DATE_PATTERNS if (match := pattern.fullmatch(text))), None
        )
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    try:
        hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
        return dt.datetime(year, _month(parts), int(parts["day"]), hour, minute, second)
    except ValueError:
        return None


def _month(parts: dict[str, str]) -> int:
    """Return the number of a month, also by its name; raise `ValueError`."""
    if "name" not in parts:
        return int(parts["month"])
    names = [
        number
        for number, name in enumerate(MONTHS, start=1)
        if parts["name"].lower().startswith(name)
    ]
    return names[0] if names else 0
