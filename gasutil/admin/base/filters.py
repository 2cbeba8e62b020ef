"""Filters of the console's lists."""

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    DropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)

from gasutil import deadlines, teams
from gasutil.access import representatives
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.models import (
    EMERGENCIES,
    OPEN_STATUSES,
    RequestType,
    RequestUpdate,
    Status,
    Team,
    User,
)
from gasutil.reports.catalogue import figure_title, only_counted

MINE = "mine"


CHOICES_CACHE_SECONDS = 60


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return the request types, representatives and teams to choose from.

    They are read in one query, and are as they were within the last minute.
    """
    known: dict[str, list[tuple[str, str]]] | None = cache.get("console:choices")
    if known is None:
        known = _choices()
        cache.set("console:choices", known, CHOICES_CACHE_SECONDS)
    return known


def _choices() -> dict[str, list[tuple[str, str]]]:
    columns = ("what", "key", "first", "last", "username")
    types = RequestType.objects.order_by().annotate(
        what=Value("type"), key=F("code"), first=F("name"), last=Value(""), username=F("code")
    )
    people = (
        representatives()
        .order_by()
        .annotate(
            what=Value("person"),
            key=Cast("pk", CharField()),
            first=F("first_name"),
            last=F("last_name"),
        )
    )
    teams = Team.objects.order_by().annotate(
        what=Value("team"),
        key=Cast("pk", CharField()),
        first=F("name"),
        last=Value(""),
        username=Value(""),
    )
    result: dict[str, list[tuple[str, str]]] = {"type": [], "person": [], "team": []}
    rows = types.values_list(*columns).union(
        people.values_list(*columns), teams.values_list(*columns), all=True
    )
    for what, key, first, last, username in rows:
        result[what].append((key, f"{first} {last}".strip() or username))
    return {
        what: sorted(pairs, key=lambda pair: pair[1].casefold()) for what, pairs in result.items()
    }


class TypeFilter(DropdownFilter):
    """Filter by request type, including inactive ones."""

    title = _("type")
    parameter_name = "request_type__code__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return every type."""
        return choices()["type"]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the requests of one type."""
        return queryset.filter(request_type=self.value()) if self.value() else queryset


class AssigneeFilter(DropdownFilter):
    """Filter by assignee, with autocompletion of representatives only.

    Agents see no other accounts.
    """

    title = _("assignee")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices: unassigned, and every representative."""
        return [("none", _("Unassigned")), *choices()["person"]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the requests of one assignee, or of none."""
        value = self.value()
        if value in ("none", "nobody"):  # bookmarks and saved views of 0.1.0 have the second
            return queryset.filter(assigned_to=None)
        return queryset.filter(assigned_to_id=pk_of(value)) if value else queryset


class YesNoFilter(DropdownFilter):
    """A filter with yes and no."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return yes and no."""
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to one of the two."""
        value = self.value()
        return self.narrow(queryset, value == "yes") if value in ("yes", "no") else queryset

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to one of the two."""
        raise NotImplementedError


class LateFilter(YesNoFilter):
    """Filter by whether the next milestone is overdue."""

    title = _("overdue")
    parameter_name = "late"

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to overdue requests, or the others."""
        return deadlines.only_overdue(queryset, wanted)


class EmergencyFilter(YesNoFilter):
    """Filter by whether a request is an emergency."""

    title = _("emergency")
    parameter_name = "pressing"

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to emergencies, or the others."""
        return queryset.filter(EMERGENCIES) if wanted else queryset.exclude(EMERGENCIES)


class RepliedFilter(YesNoFilter):
    """Filter by whether the customer has written since the last reply."""

    title = _("customer replied")
    parameter_name = "replied"

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to requests whose customer waits for a reply, or the others."""
        return queryset.filter(customer_wrote_at__isnull=not wanted)


class ReopenedFilter(YesNoFilter):
    """Filter by whether a request was resolved before."""

    title = _("reopened")
    parameter_name = "reopened"

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to open requests that were reopened, or the others."""
        rows = RequestUpdate.objects.filter(
            id=OuterRef("pk"), previous_status=Status.RESOLVED, status__in=OPEN_STATUSES
        )
        is_reopened = Q(Exists(rows), is_open=True)
        return queryset.filter(is_reopened if wanted else ~is_reopened)


class DangerFilter(YesNoFilter):
    """Filter by whether an answer means danger."""

    title = _("danger")
    parameter_name = "danger"

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to requests with danger, or the others."""
        return queryset.filter(has_danger=wanted)


class IncidentFilter(YesNoFilter):
    """Filter by whether a request is part of an incident."""

    title = _("part of an incident")
    parameter_name = "in_incident"

    def narrow(self, queryset: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
        """Filter to reports of incidents, or the others."""
        return queryset.filter(incident__isnull=not wanted)


class DueFilter(DropdownFilter):
    """Filter by when the next milestone is due."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the times that shifts plan with."""
        return [
            ("hour", _("Within an hour")),
            ("shift", _("Within four hours")),
            ("today", _("By the end of today")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to open requests that are due by then, or overdue."""
        now = timezone.now()
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        until = {
            "hour": now + dt.timedelta(hours=1),
            "shift": now + dt.timedelta(hours=4),
            "today": midnight + dt.timedelta(days=1),
        }.get(self.value() or "")
        return queryset.filter(is_open=True, due_at__lt=until) if until else queryset


class ByIdFilter(RelatedDropdownFilter):
    """A filter by the id of a related object, which links set."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to its rows."""
        for value in self.used_parameters.get(self.lookup_kwarg, ()):
            pk_of(value)
        return super().queryset(request, queryset)  # type: ignore[no-any-return]


class PersonFilter(ByIdFilter, AutocompleteSelectFilter):
    """Filter by the user who did something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("person")

    def describe(self, values: dict[str, str]) -> str:
        """Return the name of the person, or an empty text for one who was deleted."""
        if self.lookup_kwarg not in values:  # a lookup that the form doesn't offer
            return ""
        return str(User.objects.filter(pk=pk_of(values[self.lookup_kwarg])).first() or "")


class PeriodFilter(RangeDateFilter):
    """Filter from one day to another, both included, in the operator's time zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("day")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the rows of a period; ignore an invalid day."""
        since, until = self._midnight("from"), self._midnight("to", days=1)
        if since:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": since})
        if until:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": until})
        return queryset

    def describe(self, values: dict[str, str]) -> str:
        """Return the days, or an empty text if none is valid."""
        ends = [
            text % {"day": date_format(timezone.localtime(at), "DATE_FORMAT")}
            for text, at in (
                (gettext("from %(day)s"), self._midnight("from")),
                (gettext("until %(day)s"), self._midnight("to")),
            )
            if at
        ]
        return " ".join(ends)

    def _midnight(self, end: str, *, days: int = 0) -> dt.datetime | None:
        try:
            day = parse_date(self.used_parameters.get(f"{self.parameter_name}_{end}", ""))
            return (
                timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days), dt.time()))
                if day
                else None
            )
        except (ValueError, OverflowError):
            return None


class FiledFilter(PeriodFilter):
    """Filter by the day a request was filed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("date filed")


class FigureFilter(DropdownFilter):
    """Filter to the rows that a count of a report counts; only links from reports set it."""

    title = _("count of a report")
    parameter_name = "figure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the count, if there is one."""
        value = request.GET.get(self.parameter_name, "")
        return [(value, figure_title(value))] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to its rows; raise `Invalid` for a foreign value."""
        return only_counted(queryset, self.value() or "")


class TeamFilter(DropdownFilter):
    """Filter to the requests of a team's types, or of the user's own teams, as “Take next” does."""

    title = _("team")
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the user's own teams, if any, and every team."""
        self.actor = actor_of(request)
        every = choices()["team"]
        return [(MINE, _("My teams")), *every] if every else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the requests of a team."""
        value = self.value()
        if value == MINE:
            return queryset.filter(teams.within_reach(self.actor))
        return (
            queryset.filter(
                request_type__in=RequestType.objects.filter(teams=pk_of(value)).values("code")
            )
            if value
            else queryset
        )
