"""Dates and times as clients write them: ISO 8601, with two common slips.

One is common in URLs, and one in JavaScript.
"""

import calendar
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


def parse_local(text: str, *, now: dt.datetime) -> dt.datetime:
    """Return a time in UTC; without a zone it is a time of the operator's time zone.

    An hour that a clock change repeats is the later one, unless that is in the future.

    Raises:
        ValueError, OverflowError: the text is no time, or the clocks skip it.
    """
    moment = parse_datetime(text)
    return moment if moment.tzinfo else from_local(moment, now=now)


def from_local(moment: dt.datetime, *, now: dt.datetime) -> dt.datetime:
    """Return a time of the operator's time zone in UTC, as `parse_local` describes."""
    zone = timezone.get_current_timezone()
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(moment)
    return second if second <= now else first


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def months_before(at: dt.datetime, months: int) -> dt.datetime:
    """Return the same time of the same day some months before, or of the month's last day."""
    years, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return at.replace(year=years, month=month + 1, day=min(at.day, last))
