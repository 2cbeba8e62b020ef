"""The periods that people ask for, in days; the end is exclusive."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

ONE_DAY = dt.timedelta(days=1)


class Period(NamedTuple):
    """A period: its first day, and the day after its last one."""

    start: dt.date
    end: dt.date


def this_month(today: dt.date) -> Period:
    """Return the month until today."""
    return Period(today.replace(day=1), today + ONE_DAY)


def last_month(today: dt.date) -> Period:
    """Return the month before this one."""
    end = today.replace(day=1)
    return Period((end - ONE_DAY).replace(day=1), end)


def this_quarter(today: dt.date) -> Period:
    """Return the quarter until today."""
    return Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today + ONE_DAY)


def this_year(today: dt.date) -> Period:
    """Return the year until today."""
    return Period(today.replace(month=1, day=1), today + ONE_DAY)


def last_week(today: dt.date) -> Period:
    """Return the last whole week, from Monday to Sunday."""
    end = today - dt.timedelta(days=today.weekday())
    return Period(end - 7 * ONE_DAY, end)


PERIODS: Mapping[str, Callable[[dt.date], Period]] = {
    "this_month": this_month,
    "last_month": last_month,
    "this_quarter": this_quarter,
    "this_year": this_year,
}
