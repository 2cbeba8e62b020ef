"""The public pages for emergencies: a form that anyone can use, and the progress of a report.

They are plain HTML: they work without JavaScript, without cookies and on an old phone.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from gasutil import access, deadlines, sealing
from gasutil.access import Actor
from gasutil.errors import DeskError, Invalid, NotAuthenticated
from gasutil.identity import tracking
from gasutil.identity.throttling import counted_as
from gasutil.models import Attachment, Notice, ReportKey, RequestType, ServiceRequest, Status
from gasutil.proof.downloads import proof_file
from gasutil.updates import as_updates, joined
from gasutil.workflow import reports, requests

FORM_FIELDS = (
    *("request_type", "address", "description", "name", "phone_number", "email"),
    *("latitude", "longitude"),
)
# Stricter than the console's: these pages need no inline styles and evaluate nothing.
POLICY: dict[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, *settings.LOGO_ORIGINS],
    "connect-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
OUTCOME_NOTICE_LABELS = {
    item.value: item for item in (Notice.NO_ACCESS, Notice.MADE_SAFE, Notice.NOT_A_LEAK)
}
PageHandler = Callable[..., HttpResponse]


def in_chosen_language(handle: PageHandler) -> PageHandler:
    """Use the language that a link on the page names, so that no cookie is needed."""

    def handled(self: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get("language") or request.GET.get("language") or ""
        known = chosen in dict(settings.LANGUAGES)
        language = chosen if known else translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            response = handle(self, request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return handled


class PublicPage(View):
    """A page that anyone can open, and that no site can frame.

    There is no session to protect, so forms need no cookie and no CSRF token.
    """

    @method_decorator([never_cache, csrf_exempt, csp(POLICY)])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the response; if the database is unavailable, the number to call."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            context = {"number": settings.EMERGENCY_NUMBER}
            return render(request, "gasutil/report_unavailable.html", context, status=503)


class ReportPage(PublicPage):
    """The form for an emergency. It never rejects a report that names a place."""

    @in_chosen_language
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what to do now, and the form."""
        return self._form(request, {"once": uuid.uuid4().hex})

    @in_chosen_language
    def post(self, request: HttpRequest) -> HttpResponse:
        """Store a report, and show what happens next; sent again, show the same."""
        sent = {name: request.POST.get(name, "") for name in FORM_FIELDS}
        key = _key(request, sent)
        try:
            return self._received(request, _repeated(key) or _store(request, sent, key))
        except IntegrityError:  # the same report, sent twice at the same time
            return self._received(request, _repeated(key))
        except Invalid as error:
            errors = [field_error.message for field_error in error.errors]
            form = {**sent, "once": request.POST.get("once", ""), "errors": errors}
            return self._form(request, form, status=422)

    def _form(
        self, request: HttpRequest, form: Mapping[str, Any], *, status: int = 200
    ) -> HttpResponse:
        types = RequestType.objects.filter(is_active=True, is_emergency=True).order_by("pk")
        default = next((row for row in types if row.code == reports.DEFAULT_TYPE), None)
        chosen = default or next(iter(types), None)
        context = {
            "form": {"request_type": chosen and chosen.code, **form},
            "types": types,
            "safety": chosen.localised_safety_instructions if chosen else "",
            "number": settings.EMERGENCY_NUMBER,
        }
        return render(request, "gasutil/report.html", context, status=status)

    def _received(self, request: HttpRequest, token: str) -> HttpResponse:
        claims = tracking.read_claims(token)
        obj = ServiceRequest.objects.get(pk=claims.request_id)
        context = {"ticket": obj, "token": token, "number": settings.EMERGENCY_NUMBER}
        return render(request, "gasutil/report_received.html", context)


def _key(request: HttpRequest, sent: Mapping[str, str]) -> str:
    """Return the key of a report: the form's own, the IP address, and what was sent."""
    address = counted_as(request.META.get("REMOTE_ADDR", ""))
    parts = ("page", address, request.POST.get("once", ""), *sent.values())
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _repeated(key: str) -> str:
    """Return the token of a report that was stored under a key, or an empty text."""
    row = ReportKey.objects.filter(key=key).first()
    try:
        return sealing.unseal(bytes(row.answer).decode()) if row else ""
    except sealing.UnreadableSecret:  # SECRET_KEY has changed: the report is made again
        ReportKey.objects.filter(key=key).delete()
        return ""


def _store(request: HttpRequest, sent: Mapping[str, str], key: str) -> str:
    """Store a report, and return its token."""

    def store(obj: ServiceRequest) -> None:
        if request.POST.get("once"):
            answer = sealing.seal(obj.tracking_token).encode()
            ReportKey.objects.create(key=key, fingerprint=key, answer=answer)

    values: dict[str, Any] = {name: value for name, value in sent.items() if value}
    obj = reports.report_emergency(
        **values,
        language=translation.get_language() or "",
        address_of_caller=request.META.get("REMOTE_ADDR", ""),
        and_then=store,
    )
    return obj.tracking_token


class TrackingPage(PublicPage):
    """The progress of a report.

    A script sends the token, which is in the fragment of the URL: browsers send that to no server.
    Without JavaScript, the form of the first page sends it, or a link contains it.
    """

    @in_chosen_language
    def get(self, request: HttpRequest, token: str = "") -> HttpResponse:
        """Show the progress of the token in a link; without one, the page that a script fills."""
        if not token:
            return render(request, "gasutil/tracking.html", {"number": settings.EMERGENCY_NUMBER})
        return self._progress(request, token)

    @in_chosen_language
    def post(self, request: HttpRequest, token: str = "") -> HttpResponse:
        """Store a message, if there is one, and show the progress."""
        token = token or request.POST.get("token", "")
        if not token:  # a browser that reloads the page after a report, at its new address
            return render(request, "gasutil/tracking.html", {"number": settings.EMERGENCY_NUMBER})
        notes = request.POST.get("notes", "").strip()
        return self._progress(request, token, notes)

    def _progress(self, request: HttpRequest, token: str, notes: str = "") -> HttpResponse:
        errors: list[str] = []
        try:
            actor, pk = _reporter(token)
            if notes:
                errors = _comment(actor, pk, notes)
        except NotAuthenticated:
            context = {"is_over": True, "number": settings.EMERGENCY_NUMBER}
            return render(request, "gasutil/tracking.html", context, status=404)
        context = _progress_of(actor, pk)
        context |= {"token": token, "errors": errors, "notes": notes if errors else ""}
        return render(request, "gasutil/tracking.html", context)


class ProofPage(PublicPage):
    """The proof of a report as a file. Only its token opens it, which is in no URL."""

    @in_chosen_language
    def post(self, request: HttpRequest) -> HttpResponse:
        """Return the proof, or the page that says that the link has ended."""
        try:
            actor, pk = _reporter(request.POST.get("token", ""))
        except NotAuthenticated:
            context = {"is_over": True, "number": settings.EMERGENCY_NUMBER}
            return render(request, "gasutil/tracking.html", context, status=404)
        return proof_file(actor, pk)


def _reporter(token: str) -> tuple[Actor, int]:
    user, claims = tracking.read_tracking_token(token)
    return Actor(user, request_id=claims.request_id), claims.request_id


def _comment(actor: Actor, pk: int, notes: str) -> list[str]:
    """Write a message; return what the reporter has to know if it was not simply stored."""
    try:
        requests.comment(pk, actor=actor, notes=notes[: settings.TEXT_LIMIT])
    except Invalid as error:
        return [field_error.message for field_error in error.errors]
    except DeskError as error:
        return [error.message]
    return []


def _progress_of(actor: Actor, pk: int) -> dict[str, Any]:
    obj = access.find(actor, ServiceRequest, pk)
    labels, updates = deadlines.labels_of(obj), as_updates(actor, joined(access.log_of(actor, pk)))
    shown = [{**row, "label": _label(row, labels)} for row in reversed(updates)]
    return {
        "ticket": obj,
        "status": Status(obj.status).label,
        "updates": [row for row in shown if row["label"]],
        "files": access.visible_to(actor, Attachment).filter(service_request=pk),
        "number": settings.EMERGENCY_NUMBER,
    }


def _label(row: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Return what an update means to the reporter; an empty text if it means nothing."""
    if row["milestone"] in OUTCOME_NOTICE_LABELS:
        return str(OUTCOME_NOTICE_LABELS[row["milestone"]].label)
    if row["milestone"]:
        return labels.get(row["milestone"]) or _("Progress")
    if row["event"] == "request.created":
        return _("Your report was received")
    if row["status"] != row["previous_status"]:
        return str(Status(row["status"]).label)
    if "assigned_to" in row["changes"]:
        return _("We are working on your report")
    return _("File added") if row["attachment"] else _("Message") if row["notes"] else ""
