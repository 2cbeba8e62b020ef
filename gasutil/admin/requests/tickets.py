"""The views behind a ticket's page: verbs, files, previews and canned replies."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.base.dialog_forms import htmx_redirect, render_dialog
from gasutil.admin.base.formatting import in_words
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.requests import canned_replies
from gasutil.admin.requests.dialogs import COMMENT_DIALOG, DIALOG_VERBS, DIALOGS, Dialog
from gasutil.admin.requests.verb_forms.base import VerbForm
from gasutil.errors import Conflict, DeskError, NotFound
from gasutil.files.decoder import MAX_PREVIEW_PIXELS
from gasutil.files.downloads import download, preview, thumbnail
from gasutil.http_status import status_of
from gasutil.models import Erasure, LogRow, ServiceRequest
from gasutil.workflow import limits, requests

DIALOG_DEFAULTS = ("version", "milestone")  # what a button may ask a dialog to begin with
THEN_TAKE = "then_take"
# Browsers lay out the page of an image with styles of their own
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def find_request(actor: Actor, pk: str | int) -> Any:
    """Return a request that the actor may see, with whom and what the page names.

    `has_erasure` says whether an erasure of the customer's data is planned or finished. Raise
    `Http404`.
    """
    erasures = Erasure.objects.filter(user=OuterRef("customer"), undone_at=None)
    rows = access.visible_to(actor, ServiceRequest).select_related(
        "request_type", "customer", "assigned_to", "incident"
    )
    obj = rows.annotate(has_erasure=Exists(erasures)).filter(pk=pk_of(pk)).first()
    if obj is None:
        raise Http404
    return obj


def url(pk: int, verb: str = "change") -> str:
    """Return the address of a ticket's page, or of one of its verbs."""
    return reverse(f"admin:gasutil_servicerequest_{verb}", args=[pk])


def do(request: HttpRequest, object_id: int, *, verb: str) -> HttpResponse:
    """Show a verb's dialog, or call the verb: GET changes nothing, and one POST calls one verb."""
    dialog = DIALOGS[verb]
    actor = actor_of(request)
    if dialog.permission:
        access.require_permission(actor, dialog.permission)
    obj = find_request(actor, object_id)
    if request.method != "POST":
        asked = {name: request.GET[name] for name in DIALOG_DEFAULTS if name in request.GET}
        begun = {"version": obj.version, THEN_TAKE: request.session.get(THEN_TAKE, False)}
        return _show(request, dialog, obj, _form(dialog, request, obj, initial=begun | asked))
    form = _form(dialog, request, obj, data=request.POST, files=request.FILES)
    done = _call(verb, form, obj, actor) if form.is_valid() else None
    if done is not None:
        messages.success(request, (form.done or dialog.done).format(obj.reference))
        return _after(request, obj, form, done)
    if "HX-Request" in request.headers:
        return _show(request, dialog, obj, form)
    for error in form.errors.values():
        messages.error(request, " ".join(error))
    return htmx_redirect(request, url(obj.pk))


def take(request: HttpRequest, object_id: int) -> JsonResponse:
    """Assign an emergency to the agent from its alarm; return the text that the page shows."""
    try:
        obj = requests.take(object_id, actor=actor_of(request))
    except DeskError as error:
        return JsonResponse({"message": in_words(error.message)}, status=status_of(error))
    text = _("%(reference)s assigned to you.") % {"reference": obj.reference}
    return JsonResponse({"message": text, "url": url(obj.pk)})


def take_next(request: HttpRequest) -> HttpResponse:
    """Assign the most urgent unassigned request to the agent, and show it."""
    try:
        obj = requests.take_next(actor=actor_of(request))
    except DeskError as error:
        messages.warning(request, error.message)
        return htmx_redirect(request, reverse("admin:gasutil_servicerequest_changelist"))
    messages.success(request, _("%(reference)s assigned to you.") % {"reference": obj.reference})
    return htmx_redirect(request, url(obj.pk))


def replies(request: HttpRequest, object_id: int) -> HttpResponse:
    """Return the canned replies for a request, with their variables filled in."""
    actor = actor_of(request)
    return render(
        request,
        "gasutil/canned_replies.html",
        {"offers": canned_replies.offered_replies(actor, find_request(actor, object_id))},
    )


def download_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return a file for download."""
    return download(pk, actor=actor_of(request))


def show_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a large preview of an image."""
    response = preview(pk, actor=actor_of(request), width=MAX_PREVIEW_PIXELS)
    response.headers["Content-Security-Policy"] = IMAGE_POLICY
    return response


def show_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the thumbnail of an image."""
    return thumbnail(pk, actor=actor_of(request))


def _form(
    dialog: Dialog,
    request: HttpRequest,
    obj: ServiceRequest,
    *,
    initial: dict[str, Any] | None = None,
    data: Any = None,
    files: Any = None,
) -> VerbForm:
    now = {
        "assigned_to": obj.assigned_to_id,
        "priority": obj.priority,
        "request_type": obj.request_type_id,
        **(initial or {}),
    }
    names = "composer_%s" if dialog is COMMENT_DIALOG else "id_%s"
    return dialog.form_class(
        request=request,
        ticket=obj,
        verb=dialog.verb,
        data=data,
        files=files,
        initial=now,
        auto_id=names,
    )


def _call(verb: str, form: VerbForm, obj: ServiceRequest, actor: Actor) -> Any:
    """Call a verb and return its result; None if it failed, with the error in the form."""
    try:
        arguments = form.arguments()
        limits.count_call(limits.UPDATES, actor, ServiceRequest, {"pk": obj.pk, **arguments})
        done = DIALOG_VERBS[verb](obj.pk, actor=actor, **arguments)
        if isinstance(done, ServiceRequest) and done.last_update is None:
            raise Conflict(_("No changes to save."))
    except NotFound as error:
        raise Http404 from error
    except DeskError as error:
        form.refuse(error)
        return None
    return done or obj


def _show(
    request: HttpRequest, dialog: Dialog, obj: ServiceRequest, form: VerbForm
) -> HttpResponse:
    if dialog is COMMENT_DIALOG:
        return render(
            request,
            "gasutil/composer.html",
            {"composer": form, "comment_url": request.path, "ticket": obj},
        )
    return render_dialog(request, dialog, form, dialog.button)


def _after(request: HttpRequest, obj: ServiceRequest, form: VerbForm, done: Any) -> HttpResponse:
    """Redirect to the next request, to the user's own message, or back to the ticket.

    The next request is shown if the user chose so.
    """
    if THEN_TAKE in form.fields:
        request.session[THEN_TAKE] = form.cleaned_data[THEN_TAKE]
        if form.cleaned_data[THEN_TAKE]:
            return take_next(request)
    if form.verb == COMMENT_DIALOG.verb and isinstance(done, LogRow):
        return htmx_redirect(
            request, f"{url(obj.pk)}?at={done.pk}#update-{done.pk}"
        )  # a fragment alone would load nothing
    return htmx_redirect(request, url(obj.pk))
