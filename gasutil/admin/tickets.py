"""The ticket page and the verbs that are done from it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from gasutil import access, disputes, duplicates
from gasutil.access import Actor
from gasutil.admin.clocks import alarms, clocks
from gasutil.admin.dialogs import COMMENT, DIALOGS, NEXT_STEPS, VERBS, Dialog, VerbForm
from gasutil.admin.site import actor_of
from gasutil.admin.timeline import timeline
from gasutil.admin.wording import PRIORITY_COLOURS, STATUS_COLOURS, moment
from gasutil.details import in_words
from gasutil.errors import Conflict, DeskError, NotFound
from gasutil.files.downloads import download, thumbnail
from gasutil.models import Attachment, Effect, ServiceRequest
from gasutil.models.catalogue import SAMPLE, version_of
from gasutil.workflow import requests, transitions
from gasutil.workflow.steps import representatives

OTHERS_SHOWN = 4
ASKED = ("version", "milestone")  # what a button may ask a dialog to begin with


def find(actor: Actor, pk: str | int) -> ServiceRequest:
    """Return a request that the actor may see, with whom and what the page names; raise `Http404`."""
    rows = access.visible_to(actor, ServiceRequest).select_related("request_type", "customer", "assigned_to", "incident")
    obj = rows.filter(pk=pk).first() if str(pk).isdecimal() and len(str(pk)) < 19 else None
    if obj is None:
        raise Http404
    return obj


def url(pk: int, verb: str = "change") -> str:
    """Return the address of a ticket's page, or of one of its verbs."""
    return reverse(f"admin:gasutil_servicerequest_{verb}", args=[pk])


def context(actor: Actor, obj: ServiceRequest) -> dict[str, Any]:
    """Return what the ticket page shows."""
    now = timezone.now()
    mine = obj.assigned_to_id == actor.id
    asked = version_of(obj.request_type_id, obj.schema_version)
    return {
        "ticket": obj,
        "is_emergency": obj.is_pressing,
        "status_colour": STATUS_COLOURS[obj.status],
        "priority_colour": PRIORITY_COLOURS[obj.priority],
        "filed": moment(obj.created_at, now),
        "details": in_words(asked.form if asked else [], obj.details),
        "safety_is_sample": obj.safety_instructions.startswith(SAMPLE),
        "files": access.visible_to(actor, Attachment).filter(service_request=obj),
        "clocks": [(clock, f"{url(obj.pk, 'record')}?version={obj.version}&milestone={clock.name}") for clock in clocks(obj, now)],
        "alarms": alarms(obj, now),
        "record_url": url(obj.pk, "record"),
        "disputes": disputes.open_disputes(obj.customer_id).exclude(pk=obj.pk)[:OTHERS_SHOWN],
        "would_disconnect": obj.is_open and obj.request_type.effect == Effect.DISCONNECTION,
        "alike": [_row(one, now) for one in duplicates.likely(actor, obj)],
        "together": [_row(one, now) for one in together(actor, obj)],
        "join": _offer("join", obj) if obj.is_open and not obj.incident_id else None,
        "lines": timeline(actor, obj, now),
        "others": others(actor, obj),
        "can_take": not mine and obj.is_open and representatives().filter(pk=actor.person.pk).exists(),
        "composer": VerbForm(request=None, ticket=obj, auto_id="composer_%s", initial={"version": obj.version}),
        "comment_url": url(obj.pk, "comment"),
        "assign_url": url(obj.pk, "assign"),
        **offers(actor, obj, now),
    }


def offers(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the one step that stands out and the rest of what may be done next, as the table of transitions has it."""
    verbs = [move.verb for move in transitions.moves(obj, access.roles_on(actor, obj), now).values()]
    first = next((verb for verb in NEXT_STEPS if verb in verbs), "")
    verbs += [
        "assign",
        "prioritise",
        *(["record"] if obj.is_open else []),
        *(["leave"] if obj.incident_id else ["join"] if obj.is_open else []),
    ]
    rest = [verb for verb in DIALOGS if verb in verbs and verb != first]
    return {"next_step": _offer(first, obj) if first else None, "more": [_offer(verb, obj) for verb in rest]}


def _offer(verb: str, obj: ServiceRequest) -> dict[str, Any]:
    return {"dialog": DIALOGS[verb], "url": f"{url(obj.pk, verb)}?version={obj.version}"}


def others(actor: Actor, obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return the customer's other requests, the newest first."""
    rows = access.visible_to(actor, ServiceRequest).filter(customer=obj.customer_id).exclude(pk=obj.pk)
    return [_row(row) for row in rows.order_by("-id")[:OTHERS_SHOWN]]


def together(actor: Actor, obj: ServiceRequest) -> list[ServiceRequest]:
    """Return the other reports of the same incident, the newest first."""
    if obj.incident_id is None:
        return []
    return list(access.visible_to(actor, ServiceRequest).filter(incident=obj.incident_id).exclude(pk=obj.pk).order_by("-id")[:20])


def _row(ticket: ServiceRequest, now: dt.datetime | None = None) -> dict[str, Any]:
    return {"ticket": ticket, "colour": STATUS_COLOURS[ticket.status], "age": moment(ticket.created_at, now or timezone.now())}


def do(request: HttpRequest, object_id: int, *, verb: str) -> HttpResponse:
    """Show a verb's dialog, or do the verb: GET changes nothing, and one POST calls one verb."""
    dialog = DIALOGS[verb]
    actor = actor_of(request)
    obj = find(actor, object_id)
    if request.method != "POST":
        form = _form(
            dialog, request, obj, initial={"version": obj.version} | {name: request.GET[name] for name in ASKED if name in request.GET}
        )
        return _show(request, dialog, form)
    form = _form(dialog, request, obj, data=request.POST)
    if form.is_valid() and _call(verb, form, obj, actor):
        messages.success(request, dialog.done.format(obj.reference))
        return _back(request, obj)
    if "HX-Request" in request.headers:
        return _show(request, dialog, form)
    for faults in form.errors.values():
        messages.error(request, " ".join(faults))
    return _back(request, obj)


def take_next(request: HttpRequest) -> HttpResponse:
    """Give an agent the most urgent request that nobody has, and show it."""
    try:
        obj = requests.take_next(actor=actor_of(request))
    except DeskError as error:
        messages.warning(request, error.message)
        return HttpResponseRedirect(reverse("admin:gasutil_servicerequest_changelist"))
    messages.success(request, f"{obj.reference} is yours.")
    return HttpResponseRedirect(url(obj.pk))


def download_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give an agent a file."""
    return download(pk, actor=actor_of(request), request=request)


def show_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an agent the small picture of an image."""
    return thumbnail(pk, actor=actor_of(request))


def _form(
    dialog: Dialog, request: HttpRequest, obj: ServiceRequest, *, initial: dict[str, Any] | None = None, data: Any = None
) -> VerbForm:
    now = {"assigned_to": obj.assigned_to_id, "priority": obj.priority, **(initial or {})}
    names = "composer_%s" if dialog is COMMENT else "id_%s"
    return dialog.form_class(request=request, ticket=obj, data=data, initial=now, auto_id=names)


def _call(verb: str, form: VerbForm, obj: ServiceRequest, actor: Actor) -> bool:
    """Call a verb; return whether it did anything, and have the form say why not."""
    try:
        done = VERBS[verb](obj.pk, actor=actor, **form.arguments())
        if isinstance(done, ServiceRequest) and done.last_update is None:
            raise Conflict("It is so already: there is nothing to change.")
    except NotFound as error:
        raise Http404 from error
    except DeskError as error:
        form.refuse(error)
        return False
    return True


def _show(request: HttpRequest, dialog: Dialog, form: VerbForm) -> HttpResponse:
    if dialog is COMMENT:
        return render(request, "gasutil/composer.html", {"composer": form, "comment_url": request.path})
    shown = {"title": dialog.title, "description": dialog.description}
    return render(request, "unfold/helpers/dialog.html", {"dialog": shown, "form": form, "form_submit_text": dialog.button})


def _back(request: HttpRequest, obj: ServiceRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url(obj.pk)})
    return HttpResponseRedirect(url(obj.pk))
