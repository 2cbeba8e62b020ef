"""The queue of requests: the views of it that agents work from, how many there are in each, and how it is paged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from gasutil import figures
from gasutil.access import Actor
from gasutil.models import URGENT_FIRST, ServiceRequest, Status
from gasutil.models.saved_views import PARAMETERS

Rows = QuerySet[ServiceRequest]
NEWEST_FIRST = ("-id",)
LAST_CLOSED_FIRST = ("-updated_at", "-id")  # what the index `request_closed` carries


@dataclass(frozen=True, kw_only=True)
class View:
    """One way to look at the queue, and what to say and do where there is nothing in it."""

    title: str | Promise
    condition: Callable[[Actor], Q]
    ordering: tuple[str, ...] = URGENT_FIRST
    empty: str | Promise = ""
    elsewhere: str = "open"


VIEWS: Mapping[str, View] = {
    "open": View(
        title=_("Open"),
        condition=lambda actor: Q(is_open=True),
        empty=_("No request is open. What customers file appears here as they file it."),
        elsewhere="closed",
    ),
    "mine": View(
        title=_("Mine"),
        condition=lambda actor: Q(is_open=True, assigned_to_id=actor.id),
        empty=_("You have no open request. “Take next” gives you the most urgent one that nobody has."),
        elsewhere="unassigned",
    ),
    "unassigned": View(
        title=_("Unassigned"),
        condition=lambda actor: Q(is_open=True, assigned_to=None),
        empty=_("Somebody works on every open request."),
    ),
    "overdue": View(
        title=_("Overdue"),
        condition=lambda actor: Q(is_open=True, due_at__lt=timezone.now()),
        empty=_("Nothing is late. What is due next stands at the top of the open requests."),
    ),
    "emergencies": View(
        title=_("Emergencies"),
        condition=lambda actor: Q(is_open=True, urgency=figures.EMERGENCY),  # as the index has it
        empty=_("No emergency is open. A new one is told on every page at once."),
    ),
    "on_hold": View(
        title=_("On hold"),
        condition=lambda actor: Q(is_open=True, status=Status.ON_HOLD),
        empty=_("Nothing waits for a customer or for anybody else."),
    ),
    "closed": View(
        title=_("Closed"),
        condition=lambda actor: Q(is_open=False),
        ordering=LAST_CLOSED_FIRST,
        empty=_("Nothing has been resolved or cancelled yet."),
    ),
    "all": View(
        title=_("All"),
        condition=lambda actor: Q(),
        ordering=NEWEST_FIRST,
        empty=_("Nobody has filed a request yet. Customers' apps file them by the API."),
    ),
}
EVERYWHERE = ("q", "status__exact", "customer__id__exact")


def view_of(query: QueryDict) -> str:
    """Return the view that somebody looks at; searching, or asking for a status or a customer, looks through everything."""
    if any(query.get(name) for name in EVERYWHERE):
        return "all"
    name = query.get("view", "")
    return name if name in VIEWS else "open"


def narrowed(query: QueryDict) -> str:
    """Return what an address of the queue says of what is looked at, in one order: nothing of pages, nothing that is empty."""
    kept = QueryDict(mutable=True)
    for name in sorted(PARAMETERS & set(query)):
        kept.setlist(name, [value for value in query.getlist(name) if value])
    return kept.urlencode()


def counts(actor: Actor) -> Mapping[str, str]:
    """Return how many requests are in each view, in a few characters."""
    now = figures.standing()
    found = {
        "open": now.open,
        "mine": now.by_person[actor.person.pk],
        "unassigned": now.unassigned,
        "overdue": now.overdue,
        "emergencies": now.emergencies,
        "on_hold": now.on_hold,
    }
    many = "+" if now.closed == figures.MOST else ""
    told = {name: short(number) for name, number in found.items()}
    return {**told, "closed": short(now.closed) + many, "all": short(now.open + now.closed) + many}


def short(number: int) -> str:
    """Return a number in four characters at most, such as `15k`."""
    if number < 1000:
        return str(number)
    return f"{number // 100 / 10:.1f}k" if number < 10_000 else f"{number // 1000}k"


class CappedPaginator(InfinitePaginator):
    """Pages without a COUNT, as far back as anybody reads: a search finds what lies deeper."""

    count = 10_000


class QueueChangeList(ChangeList):
    """The list of one view: which view it is, is no filter."""

    view: View
    found_by = ""  # which of the things that a search may mean it was

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.view = VIEWS[view_of(request.GET)]
        super().__init__(request, *args, **kwargs)
        self.found_by = getattr(request, "found_by", "") if self.query.strip() else ""

    def get_filters_params(self, params: Any = None) -> Any:
        """Return what filters may take, without the view."""
        taken = super().get_filters_params(params)
        taken.pop("view", None)
        return taken

    @property
    def active_filters(self) -> int:
        """Return how many filters keep something out."""
        return sum(1 for spec in self.filter_specs if any(self.params_of(spec)))

    def params_of(self, spec: Any) -> list[str]:
        """Return what has been asked of one filter."""
        return [name for name in spec.expected_parameters() if name and self.filter_params.get(name)]
