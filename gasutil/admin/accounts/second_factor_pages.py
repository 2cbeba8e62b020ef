"""The pages of the second factor: its code after the password, and setting it up."""

import time
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import login as start_session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from gasutil.admin.base.http import actor_of
from gasutil.admin.base.qr_codes import qr_code
from gasutil.errors import DeskError, Invalid
from gasutil.identity import second_factor
from gasutil.models import User
from gasutil.workflow import second_factors

# In the session of someone whose password was right: their ID, and when that was.
PENDING = "second-factor"
PENDING_SECONDS = 5 * 60
QR_SCALE = 5  # pixels a module


def await_code(request: HttpRequest, user: User) -> None:
    """Remember that the password of a user was right, until their code follows."""
    request.session[PENDING] = {"user": user.pk, "at": time.time()}


def code_page(request: HttpRequest) -> HttpResponseRedirect:
    """Return the redirect to the page that asks for the code."""
    target = request.GET.get(REDIRECT_FIELD_NAME) or request.POST.get(REDIRECT_FIELD_NAME, "")
    query = f"?{urlencode({REDIRECT_FIELD_NAME: target})}" if target else ""
    return HttpResponseRedirect(reverse("admin:login_code") + query)


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor, and log in."""
    pending = request.session.get(PENDING, {})
    user = User.objects.filter(pk=pending.get("user"), is_active=True).first()
    if user is None or time.time() - pending["at"] > PENDING_SECONDS:
        request.session.pop(PENDING, None)
        return redirect("admin:login")
    error = ""
    if request.method == "POST":
        try:
            second_factor.require_code(user, request.POST.get("otp", ""))
        except DeskError as refused:
            error = refused.message
        else:
            del request.session[PENDING]
            start_session(request, user, settings.AUTHENTICATION_BACKENDS[0])
            return HttpResponseRedirect(_target(request))
    shown = {**admin.site.each_context(request), "title": _("Second factor"), "error": error}
    return render(request, "gasutil/login_code.html", shown, status=422 if error else 200)


def _target(request: HttpRequest) -> str:
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if is_safe else reverse("admin:index")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Show whether the user has a second factor; set it up, renew its codes or remove it."""
    shown: dict[str, Any] = {}
    if request.method == "POST":
        try:
            shown = _act(request)
        except DeskError as refused:
            shown = {"error": _in_words(refused)}
    actor = actor_of(request)
    if request.POST.get("action") in ("start", "confirm") and "codes" not in shown:
        shown["setup"] = _setup(actor.person)
    context = {
        **admin.site.each_context(request),
        **second_factors.state(actor=actor),
        **shown,
        "title": _("Second factor"),
    }
    status = 422 if "error" in shown else 200
    return render(request, "gasutil/second_factor.html", context, status=status)


def _act(request: HttpRequest) -> dict[str, Any]:
    """Do what a button says; return what the page shows of it."""
    actor, data = actor_of(request), request.POST
    password, otp = data.get("password", ""), data.get("otp", "")
    match data.get("action"):
        case "start":
            second_factors.start_setup(actor=actor, password=password)
        case "confirm":
            return {"codes": second_factors.confirm(actor=actor, otp=otp).recovery_codes}
        case "renew":
            renewed = second_factors.renew_codes(actor=actor, password=password, otp=otp)
            return {"codes": renewed.recovery_codes}
        case "remove":
            second_factors.remove_own(actor=actor, password=password, otp=otp)
            messages.success(request, _("Second factor removed."))
    return {}


def _in_words(refused: DeskError) -> str:
    if isinstance(refused, Invalid):
        return " ".join(error.message for error in refused.errors)
    return refused.message


def _setup(user: User) -> dict[str, Any]:
    """Return the secret of a setup that is not confirmed yet, and its QR code."""
    enrolment = second_factors.unconfirmed(user)
    if enrolment is None:
        return {}
    return {"secret": enrolment.secret, "qr": qr_code(enrolment.otpauth_url, scale=QR_SCALE)}
