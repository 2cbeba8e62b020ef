"""Dates and times as clients write them: ISO 8601, with two common slips.

One is common in URLs, and one in JavaScript.
"""

import datetime as dt
import re

from django.utils import timezone

# An unescaped `+` in a URL is a space: `2026-03-01T17:31:00+05:30` arrives with a space before its
# offset.
_LOST_PLUS = re.compile(r"(:\d\d\S*) (\d\d:?\d\d)$")


def parse_datetime(text: str) -> dt.datetime:
    """Return a time in UTC, or without a zone where the text names none.

    Raise `ValueError` or `OverflowError`.
    """
    moment = dt.datetime.fromisoformat(
        _LOST_PLUS.sub(r"\1+\2", text.strip()).upper()
    )  # `z` for `Z`
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment


def parse_start(text: str) -> dt.datetime:
    """Return a time in UTC.

    A plain date is the start of that day in the operator's time zone, a time without a zone is UTC.

    Raises:
        ValueError, OverflowError: the text is neither a date nor a time, or the time does not exist
            in UTC.
    """
    moment = parse_datetime(text)
    if moment.tzinfo:
        return moment
    return (
        timezone.make_aware(moment) if _is_date(text) else moment.replace(tzinfo=dt.UTC)
    ).astimezone(dt.UTC)


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True
