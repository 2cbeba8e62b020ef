"""Working time, against a slow and obvious model that asks for the local time of every minute."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gasutil.working_time import MinuteRange, RoundTheClock, WorkingTime, parse_hours, write_hours

MINUTE = dt.timedelta(minutes=1)
NIGHTS = {  # on which the clock is changed: by an hour, by half an hour, at midnight, and never
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Africa/Cairo": ("2026-04-24", "2026-10-29"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "Pacific/Apia": ("2011-12-30",),
    "Asia/Kolkata": ("2026-03-29",),
}
WEEKS = (
    [[(0, 1440)]] * 7,
    [[(60, 180)]] * 7,
    [[(30, 90), (90, 150), (1380, 1440)]] * 7,
    [[(540, 780), (840, 1080)]] * 5 + [[], []],
    [[(0, 150)], [], [(1410, 1440)], [], [(1, 2)], [(100, 200)], [(59, 121)]],
)
FULL = settings(max_examples=150, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Case:
    """A clock, and a moment near a night of its zone."""

    zone: str
    week: Sequence[Sequence[MinuteRange]]
    holidays: frozenset[dt.date]
    start: dt.datetime

    @property
    def clock(self) -> WorkingTime:
        return WorkingTime(ZoneInfo(self.zone), self.week, self.holidays.__contains__)

    def counts(self, moment: dt.datetime) -> bool:
        """Return whether the minute that begins at a moment is one of work."""
        wall = moment.astimezone(ZoneInfo(self.zone))
        minute = 60 * wall.hour + wall.minute
        return wall.date() not in self.holidays and any(
            first <= minute < last for first, last in self.week[wall.weekday()]
        )

    def add(self, minutes: int) -> dt.datetime:
        """Walk until so many minutes have counted."""
        moment = self.start
        while minutes:
            minutes -= self.counts(moment)
            moment += MINUTE
        return moment

    def between(self, end: dt.datetime) -> int:
        """Walk to a moment and return how many minutes have counted."""
        return sum(
            self.counts(self.start + number * MINUTE)
            for number in range((end - self.start) // MINUTE)
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(sorted(NIGHTS)))
    night = dt.date.fromisoformat(draw(st.sampled_from(NIGHTS[zone])))
    midnight = dt.datetime.combine(night, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
    days = st.integers(-2, 4).map(lambda number: night + dt.timedelta(days=number))
    start = midnight + draw(st.integers(-600, 900)) * MINUTE
    return Case(zone, draw(st.sampled_from(WEEKS)), draw(st.frozensets(days, max_size=2)), start)


@given(case=cases(), minutes=st.integers(0, 1500))
@FULL
def test_it_adds_as_the_minutes_pass(case: Case, minutes: int) -> None:
    assert case.clock.add(case.start, minutes * MINUTE) == case.add(minutes)


@given(case=cases(), minutes=st.integers(0, 4000))
@FULL
def test_it_counts_between_as_the_minutes_pass(case: Case, minutes: int) -> None:
    end = case.start + minutes * MINUTE
    assert case.clock.between(case.start, end) == case.between(end) * MINUTE


@given(case=cases(), seconds=st.integers(0, 10**6))
@FULL
def test_what_has_been_added_lies_between_to_the_second(case: Case, seconds: int) -> None:
    length = dt.timedelta(seconds=seconds)
    assert case.clock.between(case.start, case.clock.add(case.start, length)) == length


@given(case=cases(), lengths=st.lists(st.integers(0, 10**6), min_size=2, max_size=2))
@FULL
def test_more_time_ends_no_earlier(case: Case, lengths: list[int]) -> None:
    less, more = (
        case.clock.add(case.start, dt.timedelta(seconds=length)) for length in sorted(lengths)
    )
    assert case.start <= less <= more


@given(case=cases(), parts=st.tuples(st.integers(0, 5000), st.integers(0, 5000)))
@FULL
def test_two_spans_come_to_as_much_as_one(case: Case, parts: tuple[int, int]) -> None:
    middle = case.start + parts[0] * MINUTE
    end = middle + parts[1] * MINUTE
    clock = case.clock
    assert clock.between(case.start, middle) + clock.between(middle, end) == clock.between(
        case.start, end
    )


@given(case=cases(), minutes=st.integers(0, 3000))
@FULL
def test_the_zone_of_a_time_does_not_matter(case: Case, minutes: int) -> None:
    result = case.start.astimezone(ZoneInfo("Asia/Tokyo"))
    assert case.clock.add(result, minutes * MINUTE) == case.clock.add(case.start, minutes * MINUTE)


# --- Nights that one can check by hand
# ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Kolkata", "2026-03-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_a_day_has_the_hours_that_the_clock_shows(zone: str, day: str, hours: float) -> None:
    noon = dt.datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=dt.UTC)
    week, wanted = [[(0, 1440)]] * 7, dt.date.fromisoformat(day)
    clock = WorkingTime(ZoneInfo(zone), week, lambda item: item != wanted)
    assert clock.between(noon - dt.timedelta(days=3), noon + dt.timedelta(days=3)) == dt.timedelta(
        hours=hours
    )


def test_an_hour_that_the_clock_skips_never_comes() -> None:
    clock = WorkingTime(ZoneInfo("Europe/London"), [[(60, 120)]] * 7, lambda day: False)
    eve = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
    assert clock.add(eve, MINUTE) == dt.datetime(2026, 3, 30, 0, 1, tzinfo=dt.UTC)


OFFICE = WorkingTime(
    ZoneInfo("Asia/Kolkata"),
    [[(540, 1080)]] * 5 + [[], []],
    lambda day: day == dt.date(2026, 11, 24),
)
FRIDAY = dt.datetime(2026, 11, 20, 17, tzinfo=ZoneInfo("Asia/Kolkata"))


@pytest.mark.parametrize(
    ("hours", "due"), [(1, "20T18:00"), (2, "23T10:00"), (10, "23T18:00"), (11, "25T10:00")]
)
def test_it_leaves_out_nights_weekends_and_holidays(hours: int, due: str) -> None:
    wanted = dt.datetime.fromisoformat(f"2026-11-{due}").replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    assert OFFICE.add(FRIDAY, dt.timedelta(hours=hours)) == wanted


@pytest.mark.parametrize("length", [dt.timedelta(), -MINUTE])
def test_no_time_is_over_at_once_even_at_night(length: dt.timedelta) -> None:
    night = FRIDAY + dt.timedelta(hours=9)
    assert OFFICE.add(night, length) == night


def test_it_counts_nothing_backwards() -> None:
    assert OFFICE.between(FRIDAY, FRIDAY - dt.timedelta(days=7)) == dt.timedelta()


@pytest.mark.parametrize(
    "clock",
    [
        WorkingTime(OFFICE.zone, [[]] * 7, lambda day: False),
        WorkingTime(OFFICE.zone, OFFICE.week, lambda day: True),
    ],
)
def test_no_working_time_at_all_is_an_error(clock: WorkingTime) -> None:
    with pytest.raises(OverflowError):
        clock.add(FRIDAY, MINUTE)
    assert clock.between(FRIDAY, FRIDAY + dt.timedelta(days=400)) == dt.timedelta()


# --- Round the clock
# ----------------------------------------------------------------------------------------------
@given(case=cases(), minutes=st.integers(0, 10**6))
@FULL
def test_round_the_clock_every_minute_counts(case: Case, minutes: int) -> None:
    end = RoundTheClock().add(case.start, minutes * MINUTE)
    assert end - case.start == RoundTheClock().between(case.start, end) == minutes * MINUTE
    assert RoundTheClock().between(end + MINUTE, case.start) == dt.timedelta()


# --- Hours as they are written
# ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "spans", "written"),
    [
        ("", [], ""),
        (" , ", [], ""),
        ("09:00-18:00", [(540, 1080)], "09:00-18:00"),
        (" 9:00 - 13:00,14:00 -18:00 ,", [(540, 780), (840, 1080)], "09:00-13:00, 14:00-18:00"),
        ("00:00-24:00", [(0, 1440)], "00:00-24:00"),
        ("01:00-02:00, 02:00-03:00", [(60, 120), (120, 180)], "01:00-02:00, 02:00-03:00"),
    ],
)
def test_hours_are_written_in_one_form(text: str, spans: list[MinuteRange], written: str) -> None:
    assert parse_hours(text) == spans
    assert write_hours(spans) == written


@given(ends=st.lists(st.integers(0, 1440), unique=True, max_size=8).map(sorted))
@FULL
def test_it_reads_what_it_writes(ends: list[int]) -> None:
    spans = list(zip(ends[::2], ends[1::2], strict=False))
    assert parse_hours(write_hours(spans)) == spans


@pytest.mark.parametrize(
    "text",
    [
        "9-18",
        "09:00",
        "09:00\u201318:00",
        "09.00-18.00",
        "09:00-18:00; 19:00-20:00",
        "-",
        "noon",
        "09:00-18:00-19:00",
    ],
)
def test_it_asks_for_hours_in_their_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Enter hours as 09:00-18:00, not as “"):
        parse_hours(text)


@pytest.mark.parametrize(
    "text",
    [
        "18:00-09:00",
        "09:00-09:00",
        "09:00-24:01",
        "24:00-24:00",
        "09:60-10:00",
        "09:00-10:99",
        "23:00-25:00",
    ],
)
def test_it_rejects_hours_beyond_one_day(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not within one day\. Enter 00:00-24:00 for the whole day\.$"
    ):
        parse_hours(text)


@pytest.mark.parametrize(
    "text", ["09:00-13:00, 12:59-18:00", "14:00-18:00, 09:00-13:00", "09:00-10:00, 09:00-10:00"]
)
def test_it_rejects_hours_that_overlap_or_go_back(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Enter the hours in order, without overlaps\.$"):
        parse_hours(text)
