"""Calendars: the business hours of each weekday, and the days off."""

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.models.append_only import History
from gasutil.models.fields import TextField
from gasutil.working_time import WorkingTime, parse_hours, write_hours

OFFICE_HOURS = [[(9 * 60, 17 * 60)]] * 5 + [[]] * 2  # where no calendar has been created
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class HoursField(models.CharField[str, str]):
    """The hours of one day, such as `09:00-13:00, 14:00-18:00`; nothing for a day off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 100, "blank": True, "default": "", **kwargs})

    def to_python(self, value: Any) -> Any:
        """Return the hours as they are always written."""
        value = super().to_python(value)
        try:
            return write_hours(parse_hours(value)) if value else value
        except ValueError as error:
            raise ValidationError(str(error), "invalid_hours") from error


def check_time_zone(name: str) -> None:
    """Raise `ValidationError` for a name that is no time zone's."""
    if name not in available_timezones():
        raise ValidationError(
            _("Unknown time zone. Enter a name such as Asia/Kolkata."), "invalid_time_zone"
        )


class Calendar(models.Model):
    """The business hours that some clocks run by."""

    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[check_time_zone],
        help_text="For example Asia/Kolkata.",
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        default="",
        help_text=(
            "The country whose public holidays are days off, for example IN. Leave empty for none."
        ),
    )
    subdivision = models.CharField(
        "state or region",
        max_length=10,
        blank=True,
        default="",
        help_text="For example MH, if holidays differ by state.",
    )
    monday = HoursField(
        help_text="For example 09:00-13:00, 14:00-18:00. Leave empty for a day off."
    )
    tuesday = HoursField()
    wednesday = HoursField()
    thursday = HoursField()
    friday = HoursField()
    saturday = HoursField()
    sunday = HoursField()
    extra_holidays = TextField(
        blank=True,
        default="",
        help_text="Additional days off, one per line, for example: 2026-12-24 Christmas Eve",
    )

    history = History()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Reject hours that never come, invalid days, and countries with unknown holidays."""
        if not any(getattr(self, day) for day in WEEKDAYS):
            raise ValidationError(
                {
                    "monday": ValidationError(
                        _("Enter working hours for at least one day of the week."), "no_hours"
                    )
                }
            )
        try:
            _days(self.extra_holidays)
        except ValueError as error:
            raise ValidationError(
                {"extra_holidays": ValidationError(str(error), "invalid_date")}
            ) from error
        try:
            _public_holidays(
                self.country.upper(), self.subdivision.upper(), timezone.localdate().year
            )
        except NotImplementedError as error:
            raise ValidationError(
                {"country": ValidationError(str(error), "unknown_country")}
            ) from error
        self.country, self.subdivision = self.country.upper(), self.subdivision.upper()

    @property
    def clock(self) -> WorkingTime:
        """Return the clock of this calendar."""
        return _clock(
            self.time_zone,
            tuple(getattr(self, day) for day in WEEKDAYS),
            self.country,
            self.subdivision,
            self.extra_holidays,
        )


def office_clock() -> WorkingTime:
    """Return the clock of the operator's business days: that of the first calendar."""
    calendar = Calendar.objects.order_by("pk").first()
    if calendar is not None:
        return calendar.clock
    return WorkingTime(ZoneInfo(settings.TIME_ZONE), OFFICE_HOURS, lambda day: False)


@lru_cache(maxsize=64)
def _clock(
    time_zone: str, week: tuple[str, ...], country: str, subdivision: str, extra: str
) -> WorkingTime:
    """Return the clock of these hours and holidays; it never changes, so it is made once."""
    own = _days(extra)
    return WorkingTime(
        ZoneInfo(time_zone),
        [parse_hours(day) for day in week],
        lambda day: day in own or day in _public_holidays(country, subdivision, day.year),
    )


@lru_cache(maxsize=512)
def _public_holidays(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    """Return the public holidays of a year, complete.

    The library's own object fills itself while other threads look.
    """
    if not country:
        return frozenset()
    result = holidays.country_holidays(country, subdiv=subdivision or None)
    result.get(dt.date(year, 1, 1))
    return frozenset(result)


def _days(text: str) -> frozenset[dt.date]:
    return frozenset(_day(line) for line in text.splitlines() if line.strip())


def _day(line: str) -> dt.date:
    try:
        return dt.date.fromisoformat(line.split()[0])
    except ValueError as error:
        raise ValueError(
            _("“%(line)s” does not start with a date such as 2026-12-24.") % {"line": line}
        ) from error
