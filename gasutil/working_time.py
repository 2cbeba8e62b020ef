"""Clocks that run round the clock, or in the working hours of a calendar.

They are exact across changes of daylight saving time.

An hour of work is an hour whose local time is in the business hours of that day. So the night on
which the clock is put back has one hour more of it, where the hours cover it, and the night on
which it is put forward one less.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

DAY_MINUTES = 24 * 60
MAX_DAYS = 366 * 50  # no deadline is further ahead
HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
MinuteRange = tuple[int, int]  # minutes from midnight
Interval = tuple[dt.datetime, dt.datetime]  # in UTC


class Clock(Protocol):
    """The protocol of clocks."""

    def add(self, start: dt.datetime, length: dt.timedelta) -> dt.datetime:
        """Return the time that is a length after another."""

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the length between two times."""


class RoundTheClock:
    """A clock on which every minute counts."""

    def add(self, start: dt.datetime, length: dt.timedelta) -> dt.datetime:
        """Return the time that is a length after another."""
        return start + length

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the length between two times."""
        return max(end - start, dt.timedelta())


@dataclass(frozen=True)
class WorkingTime:
    """The minutes that lie in the hours of their weekday, on a day that is no holiday.

    The first weekday is Monday.
    """

    zone: ZoneInfo
    week: Sequence[Sequence[MinuteRange]]
    is_holiday: Callable[[dt.date], bool]

    def add(self, start: dt.datetime, length: dt.timedelta) -> dt.datetime:
        """Return the time that is a length of working time after another.

        Raise `OverflowError` if it is never reached.
        """
        if length <= dt.timedelta():
            return start
        for begin, end in self._intervals(start):
            if length <= end - begin:
                return begin + length
            length -= end - begin
        raise OverflowError("So much working time never passes.")

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time between two times."""
        passed = dt.timedelta()
        for begin, until in self._intervals(start):
            if begin >= end:
                break
            passed += min(until, end) - begin
        return passed

    def is_working_day(self, day: dt.date) -> bool:
        """Return whether there is working time on a day."""
        return bool(self.week[day.weekday()]) and not self.is_holiday(day)

    def next_working_day(self, day: dt.date) -> dt.date:
        """Return the first working day after a day; the next day if there is none in a year."""
        days = (day + dt.timedelta(days=ahead) for ahead in range(1, 367))
        return next(filter(self.is_working_day, days), day + dt.timedelta(days=1))

    def _intervals(self, start: dt.datetime) -> Iterator[Interval]:
        """Yield the working time from a moment on, in order."""
        start = start.astimezone(dt.UTC)
        day = start.astimezone(self.zone).date()
        for _ in range(MAX_DAYS):
            for begin, end in self._of_day(day):
                if end > start:
                    yield max(begin, start), end
            day += dt.timedelta(days=1)

    def _of_day(self, day: dt.date) -> Iterator[Interval]:
        if not self.is_working_day(day):
            return
        midnight = dt.datetime.combine(day, dt.time())
        for since, until, offset in self._offsets(midnight):
            for first, last in self.week[day.weekday()]:
                begin = (midnight + dt.timedelta(minutes=first) - offset).replace(tzinfo=dt.UTC)
                end = (midnight + dt.timedelta(minutes=last) - offset).replace(tzinfo=dt.UTC)
                if max(begin, since) < min(end, until):
                    yield max(begin, since), min(end, until)

    def _offsets(
        self, midnight: dt.datetime
    ) -> Iterator[tuple[dt.datetime, dt.datetime, dt.timedelta]]:
        """Yield the parts of a local day that have one offset from UTC each.

        There is one part, or two when the clock is changed.
        """
        start, end = (self._utc(midnight + dt.timedelta(days=days)) for days in (0, 1))
        before, after = self._offset(start), self._offset(end - dt.timedelta(minutes=1))
        if before == after:
            yield start, end, before
            return
        early, late = start, end
        while late - early > dt.timedelta(minutes=1):
            middle = early + dt.timedelta(minutes=(late - early) // dt.timedelta(minutes=2))
            early, late = (middle, late) if self._offset(middle) == before else (early, middle)
        yield start, late, before
        yield late, end, after

    def _utc(self, wall: dt.datetime) -> dt.datetime:
        return wall.replace(tzinfo=self.zone).astimezone(dt.UTC)

    def _offset(self, moment: dt.datetime) -> dt.timedelta:
        return moment.astimezone(self.zone).utcoffset() or dt.timedelta()


def parse_hours(text: str) -> list[MinuteRange]:
    """Return the hours of a day, written as `09:00-13:00, 14:00-18:00`; none for nothing.

    Raise `ValueError` with what is wrong.
    """
    spans = [_span(part.strip()) for part in text.split(",") if part.strip()]
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise ValueError(gettext("Enter the hours in order, without overlaps."))
    return spans


def _span(text: str) -> MinuteRange:
    result = HOURS.fullmatch(text)
    if not result:
        raise ValueError(gettext("Enter hours as 09:00-18:00, not as “%(text)s”.") % {"text": text})
    first, last = (
        60 * int(hour) + int(minute) for hour, minute in (result.group(1, 2), result.group(3, 4))
    )
    if not 0 <= first < last <= DAY_MINUTES or int(result[2]) > 59 or int(result[4]) > 59:
        raise ValueError(
            gettext("“%(text)s” is not within one day. Enter 00:00-24:00 for the whole day.")
            % {"text": text}
        )
    return first, last


def write_hours(spans: Sequence[MinuteRange]) -> str:
    """Return hours as `parse_hours` reads them."""
    return ", ".join(
        f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}" for first, last in spans
    )
