"""The filters of the change history."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from gasutil.models import CHANGES
from gasutil.reports.periods import ONE_DAY, Period, last_month, this_month


def _days(number: int, *, before: int = 0) -> Callable[[dt.date], Period]:
    """Return the function of a number of days that end today, or some days before."""

    def period(today: dt.date) -> Period:
        end = today + ONE_DAY - before * ONE_DAY
        return Period(end - number * ONE_DAY, end)

    return period


# A saved view stores the name, so that it shows other days tomorrow.
RELATIVE_PERIODS: Mapping[str, tuple[Any, Callable[[dt.date], Period]]] = {
    "today": (_("Today"), _days(1)),
    "yesterday": (_("Yesterday"), _days(1, before=1)),
    "last_7_days": (_("Last 7 days"), _days(7)),
    "last_30_days": (_("Last 30 days"), _days(30)),
    "this_month": (_("This month"), this_month),
    "last_month": (_("Last month"), last_month),
}


class RelativePeriodFilter(DropdownFilter):
    """Filter by a period that moves with the day, in the operator's time zone."""

    title = _("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [(name, label) for name, (label, _period) in RELATIVE_PERIODS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the rows of the period; ignore an unknown one."""
        if self.value() not in RELATIVE_PERIODS:
            return queryset
        _label, period = RELATIVE_PERIODS[self.value() or ""]
        start, end = period(timezone.localdate())
        return queryset.filter(history_date__gte=_midnight(start), history_date__lt=_midnight(end))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


class ChangeFilter(DropdownFilter):
    """Filter by the changed field.

    The row stores it, so that the newest such rows are found at once.
    """

    title = _("what changed")
    parameter_name = "changed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [
            ("status", _("Status")),
            ("priority", _("Priority")),
            ("assignee", _("Assignee")),
            ("deadline", _("Deadlines")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the rows that changed the field."""
        chosen = CHANGES.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset
