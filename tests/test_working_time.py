"""Working time against a model that is slow and obvious: look at every minute's clock on the wall."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gasutil.working_time import DAY, RoundTheClock, Span, WorkingTime, parse_hours, write_hours

MINUTE = dt.timedelta(minutes=1)
# The nights on which the clock is changed: at one or two, by half an hour, at midnight.
NIGHTS = {
    "Europe/London": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Africa/Cairo": ["2026-04-24", "2026-10-30"],
    "Asia/Beirut": ["2026-03-29", "2026-10-25"],
    "Asia/Kolkata": ["2026-06-01"],
}
OFFICE = [parse_hours("09:00-13:00, 14:00-18:00")] * 5 + [parse_hours("09:00-13:00"), []]
thorough = settings(max_examples=150, deadline=None, derandomize=True)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """The hours of a day: none, all of it, or a few."""
    edges = sorted(draw(st.sets(st.integers(0, 48).map(lambda half: half * 30), max_size=4)))
    return list(pairwise(edges))[::2]


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingTime, dt.datetime]:
    """Working time, and a moment not far from a night on which its clock is changed."""
    zone = draw(st.sampled_from(sorted(NIGHTS)))
    night = dt.datetime.fromisoformat(draw(st.sampled_from(NIGHTS[zone]))).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    week = draw(st.lists(spans(), min_size=7, max_size=7).filter(any))
    days_off = draw(st.sets(st.sampled_from([night.date() + dt.timedelta(days=days) for days in range(-2, 4)]), max_size=2))
    start = night + draw(st.integers(-2 * DAY, DAY)) * MINUTE
    return WorkingTime(ZoneInfo(zone), week, days_off.__contains__), start


def works(clock: WorkingTime, minute: dt.datetime) -> bool:
    """Return whether a minute counts."""
    wall = minute.astimezone(clock.zone)
    number = wall.hour * 60 + wall.minute
    return not clock.is_holiday(wall.date()) and any(first <= number < last for first, last in clock.week[wall.weekday()])


def slow_add(clock: WorkingTime, start: dt.datetime, minutes: int) -> dt.datetime:
    """Return the end of the last of so many minutes that count."""
    while minutes:
        minutes -= works(clock, start)
        start += MINUTE
    return start


def slow_between(clock: WorkingTime, start: dt.datetime, end: dt.datetime) -> int:
    """Return how many minutes count."""
    return sum(works(clock, start + number * MINUTE) for number in range((end - start) // MINUTE))


@thorough
@given(calendars(), st.integers(1, 900))
def test_it_adds_as_the_clock_on_the_wall_does(known: tuple[WorkingTime, dt.datetime], minutes: int) -> None:
    clock, start = known
    assert clock.add(start, minutes * MINUTE) == slow_add(clock, start, minutes)


@thorough
@given(calendars(), st.integers(0, 5 * DAY))
def test_it_counts_as_the_clock_on_the_wall_does(known: tuple[WorkingTime, dt.datetime], minutes: int) -> None:
    clock, start = known
    end = start + minutes * MINUTE
    assert clock.between(start, end) == slow_between(clock, start, end) * MINUTE


@thorough
@given(calendars(), st.timedeltas(MINUTE, dt.timedelta(days=9)), st.timedeltas(MINUTE, dt.timedelta(days=9)))
def test_what_is_added_is_what_passes(known: tuple[WorkingTime, dt.datetime], one: dt.timedelta, other: dt.timedelta) -> None:
    clock, start = known
    end = clock.add(start, one)
    assert clock.between(start, end) == one
    assert clock.add(end, other) == clock.add(start, one + other)


@thorough
@given(st.lists(spans(), min_size=1, max_size=1))
def test_hours_are_read_as_they_are_written(days: Sequence[list[Span]]) -> None:
    assert parse_hours(write_hours(days[0])) == days[0]


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T09:00", 60, "2026-11-23T10:00"),
        ("2026-11-23T06:00", 60, "2026-11-23T10:00"),
        ("2026-11-23T12:30", 60, "2026-11-23T14:30"),
        ("2026-11-23T17:30", 60, "2026-11-24T09:30"),
        ("2026-11-27T17:30", 60, "2026-11-28T09:30"),
        ("2026-11-28T12:30", 60, "2026-11-30T09:30"),
        ("2026-11-29T15:00", 1, "2026-11-30T09:01"),
        ("2026-11-23T09:00", 240, "2026-11-23T13:00"),
        ("2026-11-23T09:00", 241, "2026-11-23T14:01"),
    ],
)
def test_office_hours(start: str, minutes: int, end: str) -> None:
    zone = ZoneInfo("Asia/Kolkata")
    clock = WorkingTime(zone, OFFICE, frozenset().__contains__)
    begin, until = (dt.datetime.fromisoformat(text).replace(tzinfo=zone) for text in (start, end))
    assert clock.add(begin, minutes * MINUTE) == until


def test_a_night_of_25_hours_has_one_hour_more() -> None:
    zone = ZoneInfo("Europe/London")
    clock = WorkingTime(zone, [parse_hours("00:00-06:00")] * 7, frozenset().__contains__)
    for day, hours in (("2026-10-24", 6), ("2026-10-25", 7), ("2026-03-29", 5)):
        midnight = dt.datetime.fromisoformat(day).replace(tzinfo=zone)
        assert clock.between(midnight, midnight + dt.timedelta(days=1)) == dt.timedelta(hours=hours)


def test_what_never_comes_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(OverflowError):
        WorkingTime(ZoneInfo("UTC"), [[]] * 7, frozenset().__contains__).add(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), MINUTE)


def test_round_the_clock_every_minute_counts() -> None:
    start, length = dt.datetime(2026, 3, 29, tzinfo=dt.UTC), dt.timedelta(minutes=61, seconds=7)
    assert RoundTheClock().add(start, length) == start + length
    assert RoundTheClock().between(start, start + length) == length
    assert RoundTheClock().between(start + length, start) == dt.timedelta()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9-18", "Write hours as 09:00-18:00"),
        ("18:00-09:00", "does not lie within one day"),
        ("09:00-09:00", "does not lie within one day"),
        ("09:00-24:01", "does not lie within one day"),
        ("09:00-17:60", "does not lie within one day"),
        ("14:00-18:00, 09:00-13:00", "Write the hours in order"),
        ("09:00-13:00, 12:00-18:00", "Write the hours in order"),
    ],
)
def test_hours_that_make_no_sense(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_hours(text)
