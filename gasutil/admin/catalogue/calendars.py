"""Calendars: the business hours that some clocks run by.

What was filed under one needs it, so none is deleted.
"""

import datetime as dt
from typing import Any

import holidays
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil.admin.base.formatting import EMPTY_VALUE
from gasutil.admin.base.history import WithHistory
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.models.calendars import WEEKDAYS, Calendar
from gasutil.models.fields import TextField

MAX_COMING_DAYS = 10


def days_off(
    calendar: Calendar, since: dt.date, number: int = MAX_COMING_DAYS
) -> list[tuple[dt.date, str]]:
    """Return the next days off of a calendar, each with its name.

    They are public holidays and added days.
    """
    result: dict[dt.date, str] = {}
    if calendar.country:
        years = (since.year, since.year + 1)
        result |= holidays.country_holidays(
            calendar.country,
            subdiv=calendar.subdivision or None,
            years=years,
            language=get_language(),  # of another language, the library has its default names
        )
    for line in filter(str.strip, calendar.extra_holidays.splitlines()):
        day, _space, name = line.strip().partition(" ")
        result.setdefault(dt.date.fromisoformat(day), name.strip() or _("Day off"))
    return sorted((day, name) for day, name in result.items() if day >= since)[:number]


@admin.register(Calendar)
class CalendarAdmin(WithHistory, DeskAdmin):
    """The calendars of business hours."""

    list_display = ("name", "time_zone", "holidays_of", "week")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": (("name", "time_zone"),)}),
        (
            gettext_lazy("Week"),
            {
                "fields": (WEEKDAYS[:4], WEEKDAYS[4:]),
                "description": gettext_lazy(
                    "Working hours, for example 09:00-13:00, 14:00-18:00. Leave empty for a day"
                    " off."
                ),
            },
        ),
        (
            gettext_lazy("Holidays"),
            {"fields": (("country", "subdivision"), "extra_holidays", "coming_days_off")},
        ),
    )
    readonly_fields = ("coming_days_off",)
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})}}
    compressed_fields = False
    actions = None
    warn_unsaved_form = True

    def has_delete_permission(self, request: HttpRequest, obj: Calendar | None = None) -> bool:
        """Return False: types and their requests use the calendar."""
        return False

    def has_view_history_permission(
        self, request: HttpRequest, obj: Calendar | None = None
    ) -> bool:
        """Return whether the user may edit calendars: they may read their history too."""
        return bool(self.has_change_permission(request, obj))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave the hint at how hours are written to the head of the week.

        This way the days of the week are in line.
        """
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in WEEKDAYS:
            field.widget.attrs["placeholder"], field.help_text = _("Day off"), ""
        return field

    @display(description=gettext_lazy("Upcoming days off"))
    def coming_days_off(self, obj: Calendar) -> SafeString | str:
        """Return the next days off of the saved calendar."""
        days = days_off(obj, timezone.localdate()) if obj.pk else []
        rows = format_html_join(
            "",
            '<li><time datetime="{}">{}</time> {}</li>',
            ((d.isoformat(), date_format(d, "D d M Y"), name) for d, name in days),
        )
        return format_html('<ul class="days-off">{}</ul>', rows) if days else EMPTY_VALUE

    @display(description=gettext_lazy("Holidays"))
    def holidays_of(self, obj: Calendar) -> str:
        """Return the country of the public holidays."""
        return " ".join(part for part in (obj.country, obj.subdivision) if part) or EMPTY_VALUE

    @display(description=gettext_lazy("Week"))
    def week(self, obj: Calendar) -> str:
        """Return the hours of the week, with equal days in a row as one."""
        runs: list[tuple[str, str, str]] = []
        for day in WEEKDAYS:
            hours = getattr(obj, day)
            if runs and runs[-1][2] == hours:
                runs[-1] = (runs[-1][0], day, hours)
            else:
                runs.append((day, day, hours))
        return "; ".join(f"{_days(first, last)} {hours}" for first, last, hours in runs if hours)


def _days(first: str, last: str) -> str:
    """Return a run of days by their short names."""
    names = {
        "first": WEEKDAYS_ABBR[WEEKDAYS.index(first)],
        "last": WEEKDAYS_ABBR[WEEKDAYS.index(last)],
    }
    return str(names["first"]) if first == last else _("%(first)s to %(last)s") % names
