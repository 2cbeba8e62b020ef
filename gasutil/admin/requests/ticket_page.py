"""The ticket page, and the printable page of a request's whole history."""

import datetime as dt
from typing import Any

from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil import access, deadlines, disputes, duplicates
from gasutil.access import Actor, is_representative
from gasutil.admin.base.formatting import (
    PRIORITY_COLOURS,
    STATUS_COLOURS,
    customer_replied,
    first_line,
    time_ago,
    unverified,
)
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests import clocks, presence
from gasutil.admin.requests.dialogs import COMMENT_DIALOG, DIALOGS, NEXT_STEPS
from gasutil.admin.requests.tickets import find_request, url
from gasutil.admin.requests.timeline import folded, timeline
from gasutil.admin.requests.verb_forms import ReplyForm
from gasutil.dynamic_forms import display, special_care
from gasutil.errors import NotAllowed
from gasutil.models import Attachment, Effect, ServiceRequest, Status
from gasutil.models.catalogue import SAMPLE_TEXT
from gasutil.workflow import guards, transitions

MAX_OTHER_REQUESTS = 4
BEGINNING_CHARACTERS = 90  # of another request's description
MAX_COUNTED_REQUESTS = 100  # of a customer's other requests
MAX_DESCRIPTION_CHARACTERS = 700  # a longer one is shown in part
STORY = "gasutil.view_requestupdate"


def ticket_context(request: HttpRequest, obj: ServiceRequest) -> dict[str, Any]:
    """Return the context of the ticket page."""
    actor, now = actor_of(request), timezone.now()
    lines = timeline(actor, obj, now)
    return {
        **_about(obj, now),
        **_standing(obj, now),
        **_customer(actor, obj, now),
        **offers(actor, obj, now),
        "files": _files(actor, obj, now),
        "presence": presence.others(actor, obj.pk),
        "alike": [_row(candidate, now) for candidate in duplicates.likely(actor, obj)],
        "together": [_row(report, now) for report in together(actor, obj)],
        "lines": lines,
        "folds": folded(lines),
        "composer": ReplyForm(
            request=request,
            ticket=obj,
            verb=COMMENT_DIALOG.verb,
            auto_id="composer_%s",
            initial={"version": obj.version},
        ),
        "story_url": url(obj.pk, "story") if request.user.has_perm(STORY) else "",
        **{
            f"{verb}_url": url(obj.pk, verb) for verb in ("comment", "assign", "record", "presence")
        },
    }


def _about(obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the subject of a request."""
    heading, asked = first_line(obj.summary, 120), obj.questions
    return {
        "ticket": obj,
        "heading": heading,
        "is_more": heading != obj.summary,
        "is_long": len(obj.description) > MAX_DESCRIPTION_CHARACTERS,
        "is_emergency": obj.is_pressing,
        "unverified": unverified(obj),
        "status_colour": STATUS_COLOURS[obj.status],
        "priority_colour": PRIORITY_COLOURS[obj.priority],
        "filed": time_ago(obj.created_at, now),
        "replied": customer_replied(obj.customer_wrote_at, now),
        "details": display(asked, obj.details),
        "care": special_care(obj.answers_type, asked, obj.details),
        "safety_is_sample": obj.safety_instructions.startswith(SAMPLE_TEXT),
    }


def _standing(obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the state of a request: its clocks, its alarms, and its customer's disputes."""
    record = f"{url(obj.pk, 'record')}?version={obj.version}"
    return {
        "clock": clocks.running(obj, now),
        "clocks": [
            (clock, f"{record}&milestone={clock.name}") for clock in clocks.clocks(obj, now)
        ],
        "alarms": clocks.alarms(obj, now),
        "disputes": disputes.open_disputes(obj.customer_id).exclude(pk=obj.pk)[:MAX_OTHER_REQUESTS],
        "would_disconnect": obj.is_open and obj.request_type.effect == Effect.DISCONNECTION,
    }


def _customer(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the customer: their contact data, and their other requests."""
    rows = (
        access.visible_to(actor, ServiceRequest)
        .filter(customer=obj.customer_id)
        .exclude(pk=obj.pk)
        .order_by("-id")
    )
    rows = rows.only(
        "reference", "status", "is_open", "created_at", "request_type__name"
    ).select_related("request_type")
    result = list(
        rows.annotate(begins=Left("description", BEGINNING_CHARACTERS))[:MAX_COUNTED_REQUESTS]
    )
    return {
        "others": [
            _row(row, now, row.begins if row.begins.strip() else row.request_type.name)
            for row in result[:MAX_OTHER_REQUESTS]
        ],
        "n_others": f"{MAX_COUNTED_REQUESTS}+"
        if len(result) == MAX_COUNTED_REQUESTS
        else len(result),
        "n_open_others": sum(row.is_open for row in result),
    }


def _files(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> list[dict[str, Any]]:
    rows = (
        access.visible_to(actor, Attachment)
        .filter(service_request=obj)
        .select_related("uploaded_by", "machine_account")
    )
    return [
        {
            "file": row,
            "when": time_ago(row.created_at, now),
            "by_customer": row.uploaded_by_id == obj.customer_id,
            "who": row.uploaded_by or row.machine_account,
        }
        for row in rows
    ]


def offers(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the one step that is highlighted, and the rest of what may be done next.

    The table of transitions decides which steps these are.
    """
    verbs = [
        move.verb for move in transitions.moves(obj, access.roles_on(actor, obj), now).values()
    ]
    to_record = _to_record(obj)
    first = "record" if to_record else next((verb for verb in NEXT_STEPS if verb in verbs), "")
    verbs += [
        "assign",
        *([] if obj.is_pressing and obj.request_type.is_emergency else ["prioritise"]),
        *(["record", "reclassify"] if obj.is_open else []),
        *(["leave"] if obj.incident_id else ["join"] if obj.is_open else []),
    ]
    rest = [verb for verb in DIALOGS if verb in verbs and verb != first]
    is_mine = obj.assigned_to_id == actor.id
    return {
        "next_step": _offer(first, obj, to_record) if first else None,
        "more": [_offer(verb, obj) for verb in rest],
        "join": _offer("join", obj) if obj.is_open and not obj.incident_id else None,
        "can_take": not is_mine and obj.is_open and is_representative(actor.person),
        "is_mine": is_mine,
    }


def _to_record(obj: ServiceRequest) -> deadlines.Milestone | None:
    """Return the milestone that an emergency in work has to reach next.

    Until the emergency is made safe, that comes before resolving it.
    """
    if not obj.is_pressing or obj.status != Status.IN_PROGRESS or guards.is_safe(obj):
        return None
    return next(
        (
            milestone
            for milestone in deadlines.milestones_of(obj)
            if milestone.met_at is None and milestone.name != deadlines.RESOLVED
        ),
        None,
    )


def _offer(
    verb: str, obj: ServiceRequest, milestone: deadlines.Milestone | None = None
) -> dict[str, Any]:
    """Return the button of a verb; `milestone` presets its dialog."""
    link = f"{url(obj.pk, verb)}?version={obj.version}"
    if milestone is None:
        return {"dialog": DIALOGS[verb], "url": link}
    return {
        "dialog": DIALOGS[verb],
        "url": f"{link}&milestone={milestone.name}",
        "milestone": milestone.label,
    }


def together(actor: Actor, obj: ServiceRequest) -> list[ServiceRequest]:
    """Return the other reports of the same incident, the newest first."""
    if obj.incident_id is None:
        return []
    return list(
        access.visible_to(actor, ServiceRequest)
        .filter(incident=obj.incident_id)
        .exclude(pk=obj.pk)
        .select_related("request_type")
        .order_by("-id")[:20]
    )


def _row(ticket: ServiceRequest, now: dt.datetime, begins: str = "") -> dict[str, Any]:
    begins = begins or ticket.summary[:BEGINNING_CHARACTERS]
    return {
        "ticket": ticket,
        "begins": begins,
        "colour": STATUS_COLOURS[ticket.status],
        "age": time_ago(ticket.created_at, now),
    }


def story(request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the whole history of a request on one printable page.

    Only users who may read the change history see it.
    """
    if not request.user.has_perm(STORY):
        raise NotAllowed(_("Only a manager can do this."))
    actor, now = actor_of(request), timezone.now()
    obj = find_request(actor, object_id)
    page = {
        **_about(obj, now),
        **_standing(obj, now),
        "files": _files(actor, obj, now),
        "lines": timeline(actor, obj, now)[::-1],
        "printed_at": now,
        "printed_by": request.user,
    }
    return render(request, "gasutil/story.html", page)
