"""The queue of requests.

This module has the views of the queue that agents work from, the number of requests in each, and
the pagination.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gasutil import access, figures
from gasutil.access import Actor
from gasutil.admin.base import keyset
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.model_admin import DeskChangeList
from gasutil.models import EMERGENCIES, URGENT_FIRST, ServiceRequest, Status
from gasutil.search.matches import matched_part

RequestQuerySet = QuerySet[ServiceRequest]
NEWEST_REQUESTS_FIRST = ("-id",)
LAST_CLOSED_FIRST = ("-updated_at", "-id")  # what the index `request_closed` carries


@dataclass(frozen=True, kw_only=True)
class QueueView:
    """A view of the queue, and its text and link when it is empty."""

    title: str | Promise
    condition: Callable[[Actor], Q]
    ordering: tuple[str, ...] = URGENT_FIRST
    empty: str | Promise = ""
    empty_read_only: str | Promise = ""  # for those who can't work on requests, if it differs
    elsewhere: str = "open"

    def empty_text(self, actor: Actor) -> str | Promise:
        """Return the text of the empty view; it advises only what the actor can do."""
        may_work = actor.person.has_perm(access.WORK)
        return self.empty if may_work else self.empty_read_only or self.empty


QUEUE_VIEWS: Mapping[str, QueueView] = {
    "open": QueueView(
        title=_("Open"),
        condition=lambda actor: Q(is_open=True),
        empty=_("No open requests. New requests appear here as soon as customers file them."),
        elsewhere="closed",
    ),
    "mine": QueueView(
        title=_("Mine"),
        condition=lambda actor: Q(is_open=True, assigned_to_id=actor.id),
        empty=_(
            "You have no open requests. Press “Take next” to get the most urgent unassigned"
            " request."
        ),
        empty_read_only=_("You have no open requests."),
        elsewhere="unassigned",
    ),
    "replied": QueueView(
        title=_("Customer replied"),
        condition=lambda actor: Q(customer_wrote_at__isnull=False),
        ordering=("-is_emergency", "customer_wrote_at", "-id"),
        empty=_("No customers are waiting for a reply."),
    ),
    "unassigned": QueueView(
        title=_("Unassigned"),
        condition=lambda actor: Q(is_open=True, assigned_to=None),
        empty=_("All open requests are assigned."),
    ),
    "overdue": QueueView(
        title=_("Overdue"),
        condition=lambda actor: Q(is_open=True, due_at__lt=timezone.now()),
        empty=_("No overdue requests. The view “Open” shows what is due next."),
    ),
    "emergencies": QueueView(
        title=_("Emergencies"),
        condition=lambda actor: Q(is_open=True) & EMERGENCIES,
        empty=_("No open emergencies. You will be alerted to new ones on every page."),
    ),
    "on_hold": QueueView(
        title=_("On hold"),
        condition=lambda actor: Q(is_open=True, status=Status.ON_HOLD),
        empty=_("No requests are on hold."),
    ),
    "closed": QueueView(
        title=_("Closed"),
        condition=lambda actor: Q(is_open=False),
        ordering=LAST_CLOSED_FIRST,
        empty=_("No requests have been resolved or cancelled yet."),
    ),
    "all": QueueView(
        title=_("All"),
        condition=lambda actor: Q(),
        ordering=NEWEST_REQUESTS_FIRST,
        empty=_("No requests yet. They appear here when customers file them in the app."),
    ),
}
CURSORS = ("after", "before")
EVERYWHERE = ("q", "status__exact", "customer__id__exact", "figure")


def view_of(query: QueryDict) -> str:
    """Return the name of the view.

    A search, a status, a customer or a count of a report selects all requests.
    """
    if any(query.get(name) for name in EVERYWHERE):
        return "all"
    name = query.get("view", "")
    return name if name in QUEUE_VIEWS else "open"


def view_counts(actor: Actor) -> Mapping[str, str]:
    """Return the number of requests in each view, in a few characters."""
    now = figures.open_stats()
    rows = {
        "open": now.open,
        "mine": now.by_person[actor.person.pk],
        "replied": now.replied,
        "unassigned": now.unassigned,
        "overdue": now.overdue,
        "emergencies": now.emergencies,
        "on_hold": now.on_hold,
    }
    many = "+" if now.closed == figures.MAX_COUNTED else ""
    texts = {name: short_number(number) for name, number in rows.items()}
    return {
        **texts,
        "closed": short_number(now.closed) + many,
        "all": short_number(now.open + now.closed) + many,
    }


def short_number(number: int) -> str:
    """Return a number in four characters at most, such as `15k`."""
    if number < 1000:
        return str(number)
    return f"{number // 100 / 10:.1f}k" if number < 10_000 else f"{number // 1000}k"


class QueueChangeList(DeskChangeList):
    """The list of one view; the view is not a filter."""

    view: QueueView

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.view = QUEUE_VIEWS[view_of(request.GET)]
        self.empty_text = self.view.empty_text(actor_of(request))
        super().__init__(request, *args, **kwargs)

    def get_filters_params(self, params: Any = None) -> Any:
        """Return the parameters of the filters, without the view."""
        taken = super().get_filters_params(params)
        taken.pop("view", None)
        return taken

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> RequestQuerySet:
        """Return the rows.

        A cursor is no filter, and links to other filters and orders do not have it.
        """
        self.cursors = {name: self.filter_params.pop(name, [""])[-1] for name in CURSORS}
        return super().get_queryset(request, exclude_parameters)  # type: ignore[no-any-return]

    def get_results(self, request: HttpRequest) -> None:
        """Read a page by the key of a row; by its number, only if an address has no cursor."""
        super().get_results(request)
        self.next_query = self.previous_query = ""
        if self.page_num > 1 and not any(self.cursors.values()):
            return
        page = keyset.read_keyset_page(
            self.queryset,
            self.get_ordering(request, self.root_queryset),
            size=self.list_per_page,
            **self.cursors,
        )
        self.result_list = page.rows
        self.next_query = self._page_query(self.page_num + 1, after=page.next)
        self.previous_query = self._page_query(max(self.page_num - 1, 1), before=page.previous)

    def _page_query(self, number: int, **cursor: str) -> str:
        return (
            str(self.get_query_string({PAGE_VAR: number, **cursor})) if any(cursor.values()) else ""
        )

    @property
    def matched_part(self) -> str:
        """Return the part of the requests on this page that the search matched.

        If it is not the same for all of them, return `words`.
        """
        parts = {matched_part(self.query, obj) for obj in self.result_list}
        return parts.pop() if len(parts) == 1 else "words"
