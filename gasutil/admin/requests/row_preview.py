"""The preview of a row of the queue: enough to decide without opening the ticket."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from unfold.sections import TemplateSection

from gasutil import access, deadlines
from gasutil.access import Actor
from gasutil.admin.base.formatting import customer_replied, time_ago
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests.clocks import clocks
from gasutil.admin.requests.tickets import find_request, url
from gasutil.admin.requests.timeline import what_happened
from gasutil.dynamic_forms import dangers, display
from gasutil.models import Attachment, ServiceRequest

MAX_PREVIEW_LINES = 3  # of its story


class RowPreview(TemplateSection):
    """A placeholder in each row, which loads the preview when it is opened."""

    template_name = "gasutil/peek_place.html"


def row_preview(request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the preview of a row of the queue."""
    actor = actor_of(request)
    obj = find_request(actor, object_id)
    return render(request, "gasutil/peek.html", preview_context(actor, obj))


def preview_context(actor: Actor, obj: ServiceRequest) -> dict[str, Any]:
    """Return the context of the preview of a request."""
    now = timezone.now()
    rows = (
        access.log_of(actor, obj.pk)
        .select_related("history_user", "machine_account")
        .order_by("-history_id")[:MAX_PREVIEW_LINES]
    )
    return {
        "ticket": obj,
        "ticket_url": url(obj.pk),
        "replied": customer_replied(obj.customer_wrote_at, now),
        "dangers": dangers(obj),
        "details": display(obj.questions, obj.details),
        "files": access.visible_to(actor, Attachment).filter(service_request=obj).count(),
        "clocks": clocks(obj, now) if obj.is_open else [],
        "late": [
            deadlines.localised_label(obj, milestone.name, milestone.label)
            for milestone in deadlines.milestones_of(obj)
            if milestone.is_running and milestone.is_breached(now)
        ],
        "lines": [
            {
                "author": str(row.history_user or row.machine_account or ""),
                "sentence": what_happened(row, deadlines.labels_of(obj))[0],
                "when": time_ago(row.history_date, now),
                "notes": row.notes,
                "is_internal": row.is_internal,
            }
            for row in rows
        ],
    }
