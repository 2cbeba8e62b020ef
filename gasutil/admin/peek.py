"""What a row of the queue shows when it is opened up: enough to decide without leaving the list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from unfold.sections import TemplateSection

from gasutil import access, deadlines
from gasutil.access import Actor
from gasutil.admin.clocks import clocks
from gasutil.admin.site import actor_of
from gasutil.admin.tickets import find, url
from gasutil.admin.timeline import what_happened
from gasutil.admin.wording import moment
from gasutil.details import in_words
from gasutil.models import Attachment, ServiceRequest

LINES = 3  # of its story


class Peek(TemplateSection):
    """An empty place in each row, which fetches what belongs there once somebody opens it: no row costs anything before."""

    template_name = "gasutil/peek_place.html"


def peek(request: HttpRequest, object_id: int) -> HttpResponse:
    """Show what a row of the queue opens up to."""
    actor = actor_of(request)
    return render(request, "gasutil/peek.html", context(actor, find(actor, object_id)))


def context(actor: Actor, obj: ServiceRequest) -> dict[str, Any]:
    """Return what is told of a request under its row."""
    now = timezone.now()
    rows = access.log_of(actor, obj).select_related("history_user").order_by("-history_id")[:LINES]
    return {
        "ticket": obj,
        "ticket_url": url(obj.pk),
        "details": in_words(obj.questions, obj.details),
        "files": access.visible_to(actor, Attachment).filter(service_request=obj).count(),
        "clocks": clocks(obj, now) if obj.is_open else [],
        "late": [one.label for one in deadlines.milestones_of(obj) if one.is_running and one.is_breached(now)],
        "lines": [
            {
                "author": str(row.history_user) if row.history_user else "",
                "sentence": what_happened(row)[0],
                "when": moment(row.history_date, now),
                "notes": row.notes,
                "is_internal": row.is_internal,
            }
            for row in rows
        ],
    }
