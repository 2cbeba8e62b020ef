"""The ticket page and the verbs that are done from it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.dialogs import COMMENT, DIALOGS, NEXT_STEPS, VERBS, Dialog, VerbForm
from gasutil.admin.site import actor_of
from gasutil.admin.timeline import timeline
from gasutil.admin.wording import PRIORITY_COLOURS, STATUS_COLOURS, moment, plain, titled
from gasutil.errors import Conflict, DeskError, NotFound
from gasutil.models import Priority, ServiceRequest
from gasutil.workflow import transitions
from gasutil.workflow.steps import representatives

OTHERS_SHOWN = 4


def find(actor: Actor, pk: str | int) -> ServiceRequest:
    """Return a request that the actor may see, with whom and what the page names; raise `Http404`."""
    rows = access.visible_to(actor, ServiceRequest).select_related("request_type", "customer", "assigned_to")
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
    return {
        "ticket": obj,
        "is_emergency": obj.is_emergency or obj.priority == Priority.EMERGENCY,
        "status_colour": STATUS_COLOURS[obj.status],
        "priority_colour": PRIORITY_COLOURS[obj.priority],
        "filed": moment(obj.created_at, now),
        "details": [(titled(name), plain(value)) for name, value in obj.details.items()],
        "lines": timeline(actor, obj, now),
        "others": others(actor, obj),
        "can_take": not mine and obj.is_open and representatives().filter(pk=actor.person.pk).exists(),
        "composer": VerbForm(request=None, object_id=obj.pk, auto_id="composer_%s", initial={"version": obj.version}),
        "comment_url": url(obj.pk, "comment"),
        "assign_url": url(obj.pk, "assign"),
        **offers(actor, obj, now),
    }


def offers(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the one step that stands out and the rest of what may be done next, as the table of transitions has it."""
    verbs = [move.verb for move in transitions.moves(obj, access.roles_on(actor, obj), now).values()]
    first = next((verb for verb in NEXT_STEPS if verb in verbs), "")
    rest = [verb for verb in DIALOGS if (verb in verbs or verb in ("assign", "prioritise")) and verb != first]
    return {"next_step": _offer(first, obj) if first else None, "more": [_offer(verb, obj) for verb in rest]}


def _offer(verb: str, obj: ServiceRequest) -> dict[str, Any]:
    return {"dialog": DIALOGS[verb], "url": f"{url(obj.pk, verb)}?version={obj.version}"}


def others(actor: Actor, obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return the customer's other requests, the newest first."""
    rows = access.visible_to(actor, ServiceRequest).filter(customer=obj.customer_id).exclude(pk=obj.pk)
    return [{"ticket": row, "colour": STATUS_COLOURS[row.status]} for row in rows.order_by("-id")[:OTHERS_SHOWN]]


def do(request: HttpRequest, object_id: int, *, verb: str) -> HttpResponse:
    """Show a verb's dialog, or do the verb: GET changes nothing, and one POST calls one verb."""
    dialog = DIALOGS[verb]
    actor = actor_of(request)
    obj = find(actor, object_id)
    if request.method != "POST":
        form = _form(dialog, request, obj, initial={"version": request.GET.get("version", obj.version)})
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


def _form(
    dialog: Dialog, request: HttpRequest, obj: ServiceRequest, *, initial: dict[str, Any] | None = None, data: Any = None
) -> VerbForm:
    now = {"assigned_to": obj.assigned_to_id, "priority": obj.priority, **(initial or {})}
    names = "composer_%s" if dialog is COMMENT else "id_%s"
    return dialog.form_class(request=request, object_id=obj.pk, data=data, initial=now, auto_id=names)


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
