"""The ticket page, and the printable page of a request's whole history."""

import datetime as dt
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from gasutil import access, deadlines, disputes, duplicates
from gasutil.access import Actor, is_representative
from gasutil.admin.accounts.personal_data import erasure_context
from gasutil.admin.base.formatting import (
    PRIORITY_COLOURS,
    STATUS_COLOURS,
    customer_replied,
    danger,
    first_line,
    time_ago,
    titled,
    unverified,
)
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.qr_codes import qr_code
from gasutil.admin.requests import clocks, presence
from gasutil.admin.requests.dialogs import COMMENT_DIALOG, DIALOGS, NEXT_STEPS
from gasutil.admin.requests.ticket_review import review_of
from gasutil.admin.requests.tickets import find_request, url
from gasutil.admin.requests.timeline import folded, timeline
from gasutil.admin.requests.verb_forms.replies import ReplyForm
from gasutil.dynamic_forms import danger_texts, display, marked_fields, special_care
from gasutil.errors import NotAllowed
from gasutil.models import Attachment, Effect, ServiceRequest, Status
from gasutil.models.catalogue import SAMPLE_TEXT
from gasutil.models.safety_texts import BUILT_IN_VERSION
from gasutil.proof import proof_status
from gasutil.proof.downloads import proof_file
from gasutil.workflow import guards, transitions

MAX_OTHER_REQUESTS = 4
BEGINNING_CHARACTERS = 90  # of another request's description
MAX_COUNTED_REQUESTS = 100  # of a customer's other requests
MAX_DESCRIPTION_CHARACTERS = 700  # a longer one is shown in part
NO_OFFERS: dict[str, Any] = {"next_step": None, "more": [], "join": None, "can_take": False}
PROOF_QR_SCALE = 3  # pixels a module
STORY = "gasutil.view_requestupdate"


def ticket_context(request: HttpRequest, obj: Any) -> dict[str, Any]:
    """Return the context of the ticket page, for a request as `find_request` returns it."""
    actor, now = actor_of(request), timezone.now()
    lines, may_work = timeline(actor, obj, now), access.has_permission(actor, access.WORK)
    return {
        **_about(obj, now),
        **_standing(obj, now),
        **_customer(actor, obj, now),
        **(erasure_context(obj.customer_id) if obj.has_erasure else {}),
        **(offers(actor, obj, now) if may_work else NO_OFFERS),
        "may_work": may_work,
        "review": review_of(request, actor, obj, now),
        "is_mine": obj.assigned_to_id == actor.id,
        "references": list(obj.references.order_by("system")),
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
    marked = marked_fields(obj.answers_type, obj.details)
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
        "care": special_care(asked, obj.details, marked),
        "dangers": danger_texts(asked, obj.details, marked),
        "map_url": _map_url(obj),
        "safety_shown": _safety_shown(obj),
        "safety_is_sample": obj.safety_instructions.startswith(SAMPLE_TEXT),
    }


def _map_url(obj: ServiceRequest) -> str:
    """Return the address of a map with the place, or an empty text if the operator has none."""
    place = obj.coordinates.replace(" ", "") or " ".join(obj.address.split())
    return settings.MAP_URL.replace("{place}", quote(place, safe="")) if settings.MAP_URL else ""


def _safety_shown(obj: ServiceRequest) -> str:
    """Return which safety text the customer was shown; older requests do not know."""
    if obj.safety_version is None:
        return ""
    params = {
        "version": obj.safety_version,
        "language": _language_name(obj.safety_language),
        "type": titled(obj.safety_type),
    }
    if obj.safety_version == BUILT_IN_VERSION:
        return _("Safety text shown: the built-in text, %(language)s") % params
    if obj.safety_type == obj.request_type_id:
        return _("Safety text shown: version %(version)s, %(language)s") % params
    return _("Safety text shown: “%(type)s”, version %(version)s, %(language)s") % params


def _language_name(code: str) -> str:
    """Return the name of a language, in the user's."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _standing(obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the state of a request: its clocks, its alarms, and its customer's disputes."""
    record, explain = (
        f"{url(obj.pk, verb)}?version={obj.version}&milestone="
        for verb in ("record", "explain_breach")
    )
    return {
        "hold": _hold(obj),
        "clock": clocks.running(obj, now),
        "clocks": [
            (clock, f"{record}{clock.name}", f"{explain}{clock.name}")
            for clock in clocks.clocks(obj, now)
        ],
        "alarms": clocks.alarms(obj, now),
        "disputes": disputes.open_disputes(obj.customer_id).exclude(pk=obj.pk)[:MAX_OTHER_REQUESTS],
        "would_disconnect": obj.is_open and obj.request_type.effect == Effect.DISCONNECTION,
    }


def _hold(obj: ServiceRequest) -> str:
    """Return until when and for what a request is on hold, if that is recorded."""
    if obj.status != Status.ON_HOLD:
        return ""
    until = obj.hold_until and date_format(timezone.localtime(obj.hold_until), "d M Y, H:i")
    parts = [
        *([_("on hold until %(time)s") % {"time": until}] if until else []),
        *(
            [_("waiting for: %(what)s") % {"what": obj.get_hold_reason_display()}]
            if obj.hold_reason
            else []
        ),
    ]
    return ", ".join(parts)


def _customer(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the customer: their contact data, and their other requests."""
    rows = (
        access.visible_to(actor, ServiceRequest)
        .filter(customer=obj.customer_id)
        .exclude(pk=obj.pk)
        .order_by("-id")
    )
    rows = rows.only(
        "reference",
        "status",
        "is_open",
        "has_danger",
        "created_at",
        "request_type__name",
        "request_type__translations",
    ).select_related("request_type")
    result = list(
        rows.annotate(begins=Left("description", BEGINNING_CHARACTERS))[:MAX_COUNTED_REQUESTS]
    )
    return {
        "others": [
            _row(row, now, row.begins if row.begins.strip() else row.request_type.localised_name)
            for row in result[:MAX_OTHER_REQUESTS]
        ],
        "n_others": f"{MAX_COUNTED_REQUESTS}+"
        if len(result) == MAX_COUNTED_REQUESTS
        else len(result),
        "n_others_number": len(result),
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
        "refer",
        *(["leave"] if obj.incident_id else ["join"] if obj.is_open else []),
    ]
    rest = [verb for verb in DIALOGS if verb in verbs and verb != first]
    return {
        "next_step": _offer(first, obj, to_record) if first else None,
        "more": [_offer(verb, obj) for verb in rest],
        "join": _offer("join", obj) if obj.is_open and not obj.incident_id else None,
        "can_take": obj.assigned_to_id != actor.id
        and obj.is_open
        and is_representative(actor.person),
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
        "milestone": deadlines.localised_label(obj, milestone.name, milestone.label),
    }


def together(actor: Actor, obj: ServiceRequest) -> list[ServiceRequest]:
    """Return the other reports of the same incident, newest first."""
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
        "danger": danger(ticket),
        "age": time_ago(ticket.created_at, now),
    }


def story(request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the whole history of a request on one printable page.

    Only users who may read the change history see it.
    """
    _check_may_read(request)
    actor, now = actor_of(request), timezone.now()
    obj = find_request(actor, object_id)
    url_of_proof = settings.SITE_URL + reverse("api:get_request_proof", args=[obj.pk])
    page = {
        **_about(obj, now),
        **_standing(obj, now),
        "files": _files(actor, obj, now),
        "lines": timeline(actor, obj, now)[::-1],
        "printed_at": now,
        "printed_by": request.user,
        "coverage": proof_status.coverage(obj),
        "proof_file_url": url(obj.pk, "proof"),
        "proof_url": url_of_proof,
        "qr": qr_code(url_of_proof, scale=PROOF_QR_SCALE),
    }
    return render(request, "gasutil/story.html", page)


def proof(request: HttpRequest, object_id: int) -> HttpResponse:
    """Return the proof of a request as a file, for those who may read the change history."""
    _check_may_read(request)
    return proof_file(actor_of(request), object_id)


def _check_may_read(request: HttpRequest) -> None:
    """Raise `NotAllowed` for users who may not read the change history."""
    if not request.user.has_perm(STORY):
        raise NotAllowed(_("Only a manager can do this."))
