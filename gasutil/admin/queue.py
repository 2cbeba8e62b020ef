"""The queue of requests: the views of it that agents work from, how many there are in each, and how it is paged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from gasutil import access
from gasutil.access import Actor
from gasutil.models import OPEN_STATUSES, URGENT_FIRST, Priority, ServiceRequest, Status

Rows = QuerySet[ServiceRequest]
NEWEST_FIRST = ("-id",)
OPEN = {"is_open": True, "status__in": OPEN_STATUSES}  # said twice: the index `request_assignee` has the status alone
COUNTED = 2000  # rows at most, so that a count costs the same however long the queue is
REMEMBERED = 10  # seconds


@dataclass(frozen=True, kw_only=True)
class View:
    """One way to look at the queue."""

    title: str
    condition: Callable[[Actor], Q]
    ordering: tuple[str, ...] = URGENT_FIRST


VIEWS: Mapping[str, View] = {
    "open": View(title="Open", condition=lambda actor: Q(is_open=True)),
    "mine": View(title="Mine", condition=lambda actor: Q(**OPEN, assigned_to_id=actor.id)),
    "unassigned": View(title="Unassigned", condition=lambda actor: Q(**OPEN, assigned_to=None)),
    "overdue": View(title="Overdue", condition=lambda actor: Q(is_open=True, due_at__lt=timezone.now())),
    "emergencies": View(title="Emergencies", condition=lambda actor: Q(is_open=True, priority=Priority.EMERGENCY)),
    "on_hold": View(title="On hold", condition=lambda actor: Q(is_open=True, status=Status.ON_HOLD)),
    "all": View(title="All", condition=lambda actor: Q(), ordering=NEWEST_FIRST),
}
EVERYWHERE = ("q", "status__exact", "customer__id__exact")


def view_of(request: HttpRequest) -> str:
    """Return the view that somebody looks at; searching, or asking for a status or a customer, looks through everything."""
    if any(request.GET.get(name) for name in EVERYWHERE):
        return "all"
    name = request.GET.get("view", "")
    return name if name in VIEWS else "open"


def counts(actor: Actor) -> Mapping[str, str]:
    """Return how many requests are in each view of open ones, in one query over the most urgent, remembered for a moment."""
    key = f"console-counts:{actor.id}"
    known: Mapping[str, str] | None = cache.get(key)
    if known is None:
        known = _count(actor)
        cache.set(key, known, REMEMBERED)
    return known


def _count(actor: Actor) -> Mapping[str, str]:
    rows = access.visible_to(actor, ServiceRequest).filter(is_open=True).order_by(*URGENT_FIRST)[:COUNTED]
    open_views = [name for name in VIEWS if name != "all"]
    found = rows.aggregate(**{f"n_{name}": Count("pk", filter=VIEWS[name].condition(actor)) for name in open_views})
    more = "+" if found["n_open"] == COUNTED else ""
    return {name: f"{found[f'n_{name}']}{more}" for name in open_views}


class CappedPaginator(InfinitePaginator):
    """Pages without a COUNT, as far back as anybody reads: a search finds what lies deeper."""

    count = 10_000


class QueueChangeList(ChangeList):
    """The list of one view: which view it is, is no filter."""

    def get_filters_params(self, params: Any = None) -> Any:
        """Return what filters may take, without the view."""
        taken = super().get_filters_params(params)
        taken.pop("view", None)
        return taken
