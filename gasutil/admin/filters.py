"""Filters of the console's lists."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RangeDateFilter

from gasutil.workflow.steps import representatives


class AssigneeFilter(DropdownFilter):
    """Whose requests: a list to type in, of those who can be given one. It shows agents nobody else's account."""

    title = "assignee"
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return nobody, and everybody who can be given a request."""
        people = [(str(user.pk), str(user)) for user in representatives().order_by("first_name", "last_name")]
        return [("nobody", "Nobody"), *people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the requests of one person, or of nobody."""
        value = self.value()
        if value == "nobody":
            return queryset.filter(assigned_to=None)
        return queryset.filter(assigned_to_id=int(value)) if value and value.isdecimal() else queryset


class PersonFilter(AutocompleteSelectFilter):
    """Who did something: anybody who has an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "person"


class PeriodFilter(RangeDateFilter):
    """From one day to another, both included, as the clock on the wall has them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "day"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of a period; a day that is none is no bound."""
        since, until = self._midnight("from"), self._midnight("to", days=1)
        if since:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": since})
        if until:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": until})
        return queryset

    def _midnight(self, end: str, *, days: int = 0) -> dt.datetime | None:
        try:
            day = parse_date(self.used_parameters.get(f"{self.parameter_name}_{end}", ""))
            return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days), dt.time())) if day else None
        except (ValueError, OverflowError):
            return None
