"""The opening hours and days off: how they are stored, and how they count."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from gasutil.models import Calendar

HOUR = dt.timedelta(hours=1)


def calendar(**about: Any) -> Calendar:
    """Return a calendar that is always open, with some fields changed."""
    days = dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        "00:00-24:00",
    )
    return Calendar(**{"name": "Desk", **days, **about})


def hours(of: Calendar, day: str) -> float:
    """Return how many hours of a day count."""
    midnight = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), ZoneInfo(of.time_zone))
    return of.clock.between(midnight, midnight + dt.timedelta(days=1)) / HOUR


@pytest.mark.parametrize(
    ("about", "day", "count"),
    [
        ({}, "2026-12-25", 24),
        ({"country": "GB", "subdivision": "ENG"}, "2026-12-25", 0),
        ({"country": "GB", "subdivision": "ENG"}, "2026-12-24", 24),
        ({"country": "GB", "subdivision": "ENG"}, "2026-11-30", 24),
        ({"country": "GB", "subdivision": "SCT"}, "2026-11-30", 0),
        ({"country": "IN", "subdivision": "MH", "time_zone": "Asia/Kolkata"}, "2026-01-26", 0),
        ({"country": "IN", "subdivision": "MH", "time_zone": "Asia/Kolkata"}, "2026-05-01", 0),
        ({"country": "US"}, "2021-12-31", 0),  # the New Year's Day of the next year, observed
        ({"extra_holidays": "2026-12-24 Christmas Eve\n\n2026-12-31"}, "2026-12-24", 0),
        ({"extra_holidays": "2026-12-24 Christmas Eve\n\n2026-12-31"}, "2026-12-31", 0),
        ({"extra_holidays": "2026-12-24 Christmas Eve\n\n2026-12-31"}, "2026-12-30", 24),
        ({"thursday": "09:00-13:00, 14:00-18:00"}, "2026-12-24", 8),
        ({"thursday": ""}, "2026-12-24", 0),
    ],
)
def test_its_clock_counts_its_hours_and_leaves_out_its_days_off(
    about: dict[str, str], day: str, count: float
) -> None:
    assert hours(calendar(**about), day) == count


def test_its_clock_follows_a_change() -> None:
    of = calendar()
    assert hours(of, "2026-12-24") == 24
    of.thursday = "09:00-10:00"
    assert hours(of, "2026-12-24") == 1


def test_hours_are_stored_in_one_form(db: None) -> None:
    of = calendar(country="gb", subdivision="eng", monday="9:00 -13:00,14:00-18:00")
    of.full_clean()
    assert (of.country, of.subdivision, of.monday) == ("GB", "ENG", "09:00-13:00, 14:00-18:00")


@pytest.mark.parametrize(
    ("about", "field", "code"),
    [
        (
            dict.fromkeys(
                ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), ""
            ),
            "monday",
            "no_hours",
        ),
        ({"sunday": "18:00-09:00"}, "sunday", "invalid_hours"),
        ({"time_zone": "Pune"}, "time_zone", "invalid_time_zone"),
        ({"country": "XX"}, "country", "unknown_country"),
        ({"country": "GB", "subdivision": "XX"}, "country", "unknown_country"),
        ({"extra_holidays": "2026-02-30 None"}, "extra_holidays", "invalid_date"),
        ({"extra_holidays": "Christmas"}, "extra_holidays", "invalid_date"),
    ],
)
def test_it_rejects_impossible_values(
    about: dict[str, str], field: str, code: str, db: None
) -> None:
    with pytest.raises(ValidationError) as refusal:
        calendar(**about).full_clean()
    assert {
        name: [error.code for error in errors] for name, errors in refusal.value.error_dict.items()
    } == {field: [code]}
