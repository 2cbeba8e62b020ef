"""The figures of the desk: what stands open, and how the last fortnight went.

They are those of a moment ago.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from gasutil.access import Actor
from gasutil.cache_keys import key_for
from gasutil.models import (
    Event,
    Priority,
    RequestUpdate,
    Review,
    ServiceRequest,
    Status,
    User,
    UserType,
)

PERIOD_DAYS = 14  # that the days' figures go back
# What stands open is remembered for seconds, longer where counting takes long. `live.js` reloads
# the counts of a page after the longest time.
MIN_CACHE_SECONDS, MAX_CACHE_SECONDS, CACHE_FACTOR = (2, 10, 100)
CACHE_SECONDS = 20  # for today
PAST_CACHE_SECONDS = 6 * 60 * 60  # for the days before, which do not change
MAX_COUNTED = 10_000  # closed requests: an exact number beyond is of no use
TODAY = "figures:today"
IN_TIME = Q(is_breached=False) | (
    Q(is_breached=None) & (Q(resolve_by=None) | Q(resolved_at__lte=F("resolve_by")))
)


class CappedCount(Subquery):
    """Count the rows of a sliced queryset; no more rows are read."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


@dataclass(kw_only=True)
class OpenStats:
    """Statistics of open requests, and the capped number of closed ones."""

    open: int = 0
    closed: int = 0
    waiting: int = 0
    replied: int = 0  # the customer waits for a reply
    reviews: int = 0  # closed requests that wait for a manager
    emergencies: int = 0
    overdue: int = 0
    unassigned: int = 0
    on_hold: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    type_names: dict[str, str] = field(default_factory=dict)
    by_person: Counter[int] = field(default_factory=Counter)
    late_by_person: Counter[int] = field(default_factory=Counter)

    def add(
        self,
        person: int | None,
        request_type: str,
        name: str,
        is_emergency: bool,
        priority: str,
        status: str,
        number: int,
        late: int,
    ) -> None:
        """Add requests that have all of this in common."""
        self.type_names[request_type] = name
        self.open += number
        self.overdue += late
        self.emergencies += number if is_emergency or priority == Priority.EMERGENCY else 0
        self.on_hold += number if status == Status.ON_HOLD else 0
        self.by_type[request_type] += number
        if person is None:
            self.unassigned += number
        else:
            self.by_person[person] += number
            self.late_by_person[person] += late


OPEN_STATS = key_for("figures:standing", OpenStats)


def open_stats() -> OpenStats:
    """Return the statistics of open requests.

    One query reads the index `request_standing` and nothing else, however many are closed.
    """
    known: OpenStats | None = cache.get(OPEN_STATS)
    if known is None:
        began = time.monotonic()
        known = _count_open(timezone.now())
        took = time.monotonic() - began
        cache.set(
            OPEN_STATS, known, max(MIN_CACHE_SECONDS, min(CACHE_FACTOR * took, MAX_CACHE_SECONDS))
        )
    return known


def _count_open(now: dt.datetime) -> OpenStats:
    columns = (
        "assigned_to",
        "request_type",
        "request_type__name",
        "is_emergency",
        "priority",
        "status",
    )
    groups = ServiceRequest.objects.filter(is_open=True).values_list(*columns).order_by()
    beside = {name: CappedCount(rows) for name, rows in _beside().items()}
    result = OpenStats()
    rows = list(
        groups.annotate(number=Count("*"), late=Count("due_at", filter=Q(due_at__lt=now)), **beside)
    )
    for row in rows:
        result.add(*row[: -len(beside)])
    result.closed, result.waiting, result.replied, result.reviews = (
        rows[-1][-len(beside) :] if rows else _alone(beside)
    )
    return result


def _alone(beside: Mapping[str, CappedCount]) -> tuple[int, ...]:
    """Return the counts beside the open requests, where no request is open.

    The query needs a row to start from: any row of any table will do.
    """
    return User.objects.order_by("pk").annotate(**beside).values_list(*beside).first() or (
        0,
    ) * len(beside)


def _beside() -> dict[str, QuerySet[Any]]:
    """Return the subqueries that belong to the same statement.

    They are closed requests, accounts that wait for approval, customers who wait for a reply, and
    reviews.
    """
    waiting = User.objects.filter(user_type=UserType.SUPPORT, is_approved=False, is_active=True)
    return {
        "n_closed": (
            ServiceRequest.objects.filter(is_open=False).order_by().values("pk")[:MAX_COUNTED]
        ),
        "n_waiting": waiting.order_by().values("pk")[:100],
        "n_replied": (
            ServiceRequest.objects.filter(customer_wrote_at__isnull=False)
            .order_by()
            .values("pk")[:MAX_COUNTED]
        ),
        "n_reviews": Review.objects.waiting().order_by().values("pk")[:MAX_COUNTED],
    }


def dashboard(*, actor: Actor) -> dict[str, Any]:
    """Return the current figures of the service desk.

    `kept_in_time` is the share of the requests that kept all their milestones: of those resolved in
    these days, and of those that are open and overdue, which did not.
    """
    now, today = open_stats(), recent()
    resolved = sum(day["resolved"] for day in today["days"])
    in_time = sum(day["in_time"] for day in today["days"])
    by_type = sorted(now.by_type.items(), key=lambda item: (-item[1], item[0]))
    return {
        "open": now.open,
        "mine": now.by_person[actor.id] if actor.id else 0,
        "unassigned": now.unassigned,
        "overdue": now.overdue,
        "emergencies": now.emergencies,
        "on_hold": now.on_hold,
        "by_type": [{"request_type": code, "open": number} for code, number in by_type],
        **today,
        "kept_in_time": in_time / (resolved + now.overdue) if resolved + now.overdue else None,
    }


def recent() -> dict[str, Any]:
    """Return the figures of the last days and the number of requests escalated in 24 hours."""
    known: dict[str, Any] | None = cache.get(TODAY)
    if known is None:
        known = _recent(timezone.now())
        cache.set(TODAY, known, CACHE_SECONDS)
    return known


def _recent(now: dt.datetime) -> dict[str, Any]:
    """Count today's; the days before are counted once and remembered."""
    today = timezone.localdate(now)
    key = f"figures:days:{today}"
    past: Mapping[dt.date, Any] | None = cache.get(key)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = _count(
        midnight if past is not None else midnight - dt.timedelta(days=PERIOD_DAYS - 1), now
    )
    if past is None:
        past = {day: result for day, result in counted["days"].items() if day != today}
        cache.set(key, past, PAST_CACHE_SECONDS)
    known = {**past, today: counted["days"].get(today, Counter())}
    days = [_day(today - dt.timedelta(days=back), known) for back in reversed(range(PERIOD_DAYS))]
    return {"escalated_today": counted["escalated"], "days": days}


def _day(day: dt.date, known: Mapping[dt.date, Any]) -> dict[str, Any]:
    result = known.get(day, {})
    return {"day": day, **{name: result.get(name, 0) for name in ("opened", "resolved", "in_time")}}


def _count(since: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    """Count requests opened and resolved by day since a time, in one query.

    It also counts those that escalated within a day.
    """
    opened = ServiceRequest.objects.filter(created_at__gte=since).annotate(
        day=TruncDate("created_at"), what=Value("opened")
    )
    resolved = ServiceRequest.objects.filter(resolved_at__gte=since).annotate(
        day=TruncDate("resolved_at"), what=Value("resolved")
    )
    escalated = RequestUpdate.objects.filter(
        event=Event.ESCALATED, history_date__gte=now - dt.timedelta(days=1)
    )
    rows = (
        opened.order_by().values_list("what", "day").annotate(number=Count("*"), kept=Value(0)),
        resolved.order_by()
        .values_list("what", "day")
        .annotate(number=Count("*"), kept=Count("resolved_at", filter=IN_TIME)),
        escalated.order_by()
        .annotate(what=Value("escalated"), day=TruncDate(Value(now)))
        .values_list("what", "day")
        .annotate(number=Count("id", distinct=True), kept=Value(0)),
    )
    result: dict[str, Any] = {"escalated": 0, "days": {}}
    for what, day, number, stored in rows[0].union(*rows[1:], all=True):
        if what == "escalated":
            result["escalated"] = number
        else:
            result["days"].setdefault(day, Counter()).update(
                {what: number, **({"in_time": stored} if what == "resolved" else {})}
            )
    return result
