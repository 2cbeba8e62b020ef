"""Dashboard: urgent and own requests, escalations, 14-day trend."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil import access, deadlines, figures
from gasutil.access import Actor
from gasutil.admin.accounts.access_list_page import review_line
from gasutil.admin.base.formatting import (
    STATUS_COLOURS,
    customer_replied,
    danger,
    datetime_minutes,
    first_line,
    time_ago,
    unverified,
)
from gasutil.admin.base.http import actor_of
from gasutil.admin.dashboard import charts
from gasutil.admin.requests import queue
from gasutil.admin.requests.clocks import due_label, next_due
from gasutil.models import Event, RequestUpdate, ServiceRequest, User
from gasutil.proof import proof_status
from gasutil.workflow import access_reviews

URGENT_SHOWN, MINE_SHOWN, ESCALATED_SHOWN, TYPES_SHOWN, PEOPLE_SHOWN = 8, 6, 6, 8, 8
# Users who may read the whole history see the requests of each person
OVERSEE = "gasutil.view_requestupdate"


@dataclass(frozen=True, kw_only=True)
class Card:
    """One figure, and its link."""

    title: str
    number: int
    text: str
    view: str
    icon: str
    tone: str = ""

    @property
    def url(self) -> str:
        """Return the view of the queue that it counts."""
        return f"{_queue()}?view={self.view}"


def add_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the context of the front page to that of every page.

    Unfold calls this function by its name in the settings.
    """
    return context | shown_to(request)


def shown_to(request: HttpRequest) -> dict[str, Any]:
    """Return a user's context of the front page: the figures of all requests, and their own."""
    actor, now = actor_of(request), timezone.now()
    result = figures.dashboard(actor=actor)
    oversees = request.user.has_perm(OVERSEE)
    share = None if result["kept_in_time"] is None else round(100 * result["kept_in_time"])
    return {
        "cards": cards(result),
        "figures": result,
        "urgent": [_row(obj, now) for obj in _in_view(actor, "open")[:URGENT_SHOWN]],
        "mine": (
            [_row(obj, now) for obj in _in_view(actor, "mine")[:MINE_SHOWN]]
            if result["mine"]
            else []
        ),
        "escalated": escalated(actor, now),
        "by_type": by_type(result),
        "people": people() if oversees else None,
        "history": history_line() if oversees else "",
        "access_review": access_review(now) if request.user.has_perm(access_reviews.VIEW) else None,
        "in_time": share,
        "flow": charts.flow(result["days"]),
        "on_time": charts.on_time(result["days"], share),
        "days": result["days"],
        "queue_url": _queue(),
        "may_work": actor.person.has_perm(access.WORK),
        "at": timezone.localtime(now),
    }


def access_review(now: dt.datetime) -> dict[str, Any]:
    """Return when the access list was reviewed last, and whether a review is due."""
    last = access_reviews.last_review()
    return {"text": review_line(last, now), "is_due": access_reviews.is_due(last, now)}


def history_line() -> str:
    """Return how far the history goes, and its last time stamp; empty before a checkpoint."""
    proof = proof_status.status()
    if proof is None:
        return ""
    return " · ".join(filter(None, [_recorded_text(proof), _timestamp_text()]))


def _timestamp_text() -> str:
    status = proof_status.timestamp_status()
    if status is None:
        return ""
    if status.at is None:
        return _("No time stamp yet")
    params = {"time": datetime_minutes(status.at)}
    if status.is_failing:
        return _("No time stamp since %(time)s") % params
    return _("Time-stamped at %(time)s") % params


def _recorded_text(proof: proof_status.ProofStatus) -> str:
    params = {
        "rows": intcomma(proof.rows),
        "time": datetime_minutes(proof.at),
        "number": proof.witnesses,
    }
    if proof.is_verified:
        return _("Verified up to row %(rows)s at %(time)s, witnessed by %(number)s") % params
    if proof.witnesses:
        return _("Recorded up to row %(rows)s at %(time)s, witnessed by %(number)s") % params
    return _("Recorded up to row %(rows)s at %(time)s") % params


def cards(result: Mapping[str, Any]) -> list[Card]:
    """Return the figures, with links into the queue."""
    mine = _("of %(number)s open requests") % {"number": result["open"]}
    return [
        Card(
            title=_("Emergencies"),
            number=result["emergencies"],
            text=_("open now"),
            view="emergencies",
            icon="emergency_home",
            tone="is-red" if result["emergencies"] else "",
        ),
        Card(
            title=_("Overdue"),
            number=result["overdue"],
            text=_("past their deadline"),
            view="overdue",
            icon="alarm",
            tone="is-amber" if result["overdue"] else "",
        ),
        Card(
            title=_("Unassigned"),
            number=result["unassigned"],
            text=_("have no assignee"),
            view="unassigned",
            icon="person_off",
        ),
        Card(
            title=_("My queue"),
            number=result["mine"],
            text=mine,
            view="mine",
            icon="assignment_ind",
            tone="is-own",
        ),
    ]


def escalated(actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the latest escalated requests, in one query.

    Each comes with its late milestone and whether it is acknowledged.
    """
    rows = RequestUpdate.objects.filter(event=Event.ESCALATED).order_by("-history_date")
    ids = rows.values("id")[: ESCALATED_SHOWN * 8]  # one request may have escalated many times
    last = rows.filter(id=OuterRef("pk")).values("history_date")[:1]
    result = (
        access.visible_to(actor, ServiceRequest)
        .filter(pk__in=ids)
        .annotate(escalated_at=Subquery(last))
    )
    newest = sorted(
        result.select_related("request_type"), key=lambda obj: obj.escalated_at, reverse=True
    )
    return [_escalated(obj, now) for obj in newest[:ESCALATED_SHOWN]]


def _escalated(obj: Any, now: dt.datetime) -> dict[str, Any]:
    late = [milestone for milestone in deadlines.milestones_of(obj) if milestone.escalations]
    rings = [milestone for milestone in late if milestone.is_running and milestone.escalate_at]
    shown = next(reversed(rings or late), None)
    if rings:
        state, icon = _("unanswered"), "notification_important"
    elif obj.is_open:
        state, icon = _("acknowledged"), "done"
    else:
        state, icon = obj.get_status_display().lower(), "check_circle"
    return {
        **_about(obj),
        "label": deadlines.localised_label(obj, shown.name, shown.label) if shown else "",
        "over": due_label(shown.due_at, now) if rings and shown else "",
        "when": time_ago(obj.escalated_at, now),
        "state": state,
        "icon": icon,
        "rings": bool(rings),
    }


def by_type(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the open requests of each type, most first; the rest is one line."""
    rows, names = result["by_type"], figures.open_stats().type_names
    most = max((row["open"] for row in rows), default=0)
    shown = [
        {
            "name": names.get(row["request_type"], row["request_type"]),
            "number": row["open"],
            "share": round(100 * row["open"] / most),
            "url": f"{_queue()}?view=open&request_type__code__exact={row['request_type']}",
        }
        for row in rows[:TYPES_SHOWN]
    ]
    rest = sum(row["open"] for row in rows[TYPES_SHOWN:])
    return (
        [
            *shown,
            {
                "name": _("Other types"),
                "number": rest,
                "share": round(100 * rest / most),
                "url": "",  # no filter shows just these
            },
        ]
        if rest
        else shown
    )


def people() -> list[dict[str, Any]]:
    """Return the number of open and late requests of each representative."""
    now = figures.open_stats()
    most = now.by_person.most_common(PEOPLE_SHOWN)
    names = (
        {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk, number in most])}
        if most
        else {}
    )
    return [
        {
            "name": names.get(pk, ""),
            "number": number,
            "late": now.late_by_person[pk],
            "url": f"{_queue()}?view=open&assignee={pk}",
        }
        for pk, number in most
    ]


def _in_view(actor: Actor, name: str) -> Any:
    view = queue.QUEUE_VIEWS[name]
    rows = (
        access.visible_to(actor, ServiceRequest)
        .filter(view.condition(actor))
        .order_by(*view.ordering)
    )
    return rows.select_related("request_type", "assigned_to")


def _row(obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    return {
        **_about(obj),
        "due": next_due(obj, now),
        "assignee": str(obj.assigned_to) if obj.assigned_to else "",
        "status": obj.get_status_display(),
        "colour": STATUS_COLOURS[obj.status],
    }


def _about(obj: ServiceRequest) -> dict[str, Any]:
    return {
        "pk": obj.pk,
        "url": reverse("admin:gasutil_servicerequest_change", args=[obj.pk]),
        "title": first_line(obj.summary, 90),
        "reference": obj.reference,
        "type": obj.request_type.localised_name,
        "is_pressing": obj.is_pressing,
        "danger": danger(obj),
        "unverified": unverified(obj),
        "replied": customer_replied(obj.customer_wrote_at, timezone.now()),
    }


def _queue() -> str:
    return reverse("admin:gasutil_servicerequest_changelist")
