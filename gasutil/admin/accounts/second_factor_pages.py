"""The pages of the second factor: a code or passkey after the password, and setting it up."""

import json
import time
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import login as start_session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.qr_codes import qr_code
from gasutil.admin.base.step_up import accepted_factors, prompt_for
from gasutil.errors import DeskError, Invalid
from gasutil.identity import passkeys, second_factor
from gasutil.models import User
from gasutil.workflow import passkeys as passkey_verbs
from gasutil.workflow import second_factors

# In the session of someone whose password was right: their ID, and when that was.
PENDING = "second-factor"
PENDING_SECONDS = 5 * 60
QR_SCALE = 5  # pixels a module
# What changes the factors of a user, who confirms with one of them first, and asks for no password.
BEHIND_STEP_UP = frozenset({"start", "confirm", "start-passkey", "remove-passkey", "renew-own"})


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
    """Ask for the code or the passkey of the second factor, and log in."""
    user = _pending_user(request)
    if user is None:
        request.session.pop(PENDING, None)
        return redirect("admin:login")
    error = ""
    if request.method == "POST":
        try:
            _require_factor(request, user)
        except DeskError as refused:
            error = refused.message
        else:
            del request.session[PENDING]
            start_session(request, user, settings.AUTHENTICATION_BACKENDS[0])
            return HttpResponseRedirect(_target(request))
    shown = {
        **admin.site.each_context(request),
        **accepted_factors(user),
        "title": _("Second factor"),
        "error": error,
    }
    return render(request, "gasutil/login_code.html", shown, status=422 if error else 200)


def _pending_user(request: HttpRequest) -> User | None:
    """Return the user whose password was right, not long ago."""
    pending = request.session.get(PENDING, {})
    user = User.objects.filter(pk=pending.get("user"), is_active=True).first()
    return user if user and time.time() - pending["at"] <= PENDING_SECONDS else None


def _require_factor(request: HttpRequest, user: User) -> None:
    if credential := request.POST.get("passkey"):
        passkeys.require_passkey(request.session, user, credential)
    else:
        second_factor.require_code(user, request.POST.get("otp", ""))


@never_cache
@csrf_protect
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """Return what the browser needs to use a passkey, after the password or to confirm again."""
    user = _pending_user(request)
    if user is None and admin.site.has_permission(request):
        user = actor_of(request).person
    if user is None:
        return JsonResponse({}, status=403)
    return JsonResponse(passkeys.authentication_options(request.session, user))


def _target(request: HttpRequest) -> str:
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if is_safe else reverse("admin:index")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Show the second factors of the user; set one up, renew the codes or remove one."""
    shown: dict[str, Any] = {}
    if request.method == "POST":
        if prompt := _prompt(request):
            return prompt
        try:
            shown = _act(request)
        except DeskError as refused:
            shown = {"error": _in_words(refused)}
    actor = actor_of(request)
    if request.POST.get("action") in ("start", "confirm") and not shown.get("codes"):
        shown["setup"] = _setup(actor.person)
    context = {
        **admin.site.each_context(request),
        **second_factors.state(actor=actor),
        **passkey_verbs.factors(actor=actor),
        **shown,
        "title": _("Second factor"),
    }
    status = 422 if "error" in shown else 200
    return render(request, "gasutil/second_factor.html", context, status=status)


def _prompt(request: HttpRequest) -> HttpResponse | None:
    """Return the page that asks users with a second factor for it before they change it."""
    has_factor = actor_of(request).person.has_second_factor
    needs_it = has_factor and request.POST.get("action") in BEHIND_STEP_UP
    return prompt_for(request) if needs_it else None


def _act(request: HttpRequest) -> dict[str, Any]:
    """Do what a button says; return what the page shows of it."""
    actor, data = actor_of(request), request.POST
    password, otp = data.get("password", ""), data.get("otp", "")
    match data.get("action"):
        case "start" if actor.person.has_second_factor:
            passkey_verbs.start_app(actor=actor)
        case "start":
            second_factors.start_setup(actor=actor, password=password)
        case "confirm":
            codes = second_factors.confirm(actor=actor, otp=otp).recovery_codes
            if not codes:
                messages.success(request, _("Authenticator app added."))
            return {"codes": codes}
        case "renew":
            renewed = second_factors.renew_codes(actor=actor, password=password, otp=otp)
            return {"codes": renewed.recovery_codes}
        case "remove":
            second_factors.remove_own(actor=actor, password=password, otp=otp)
            messages.success(request, _("Second factor removed."))
        case _:
            return _act_on_passkeys(request)
    return {}


def _act_on_passkeys(request: HttpRequest) -> dict[str, Any]:
    """Do what a button about passkeys says; return what the page shows of it."""
    actor, data = actor_of(request), request.POST
    name = data.get("name", "")
    match data.get("action"):
        case "start-passkey":
            options = passkey_verbs.begin_registration(
                request.session, actor=actor, name=name, password=data.get("password", "")
            )
            return {"registration": json.dumps(options), "name": name}
        case "confirm-passkey":
            codes = passkey_verbs.finish_registration(
                request.session, actor=actor, name=name, credential=data.get("passkey", "")
            )
            messages.success(request, _("Passkey added."))
            return {"codes": codes}
        case "remove-passkey":
            passkey_verbs.remove_passkey(pk_of(data.get("pk", "")), actor=actor)
            messages.success(request, _("Passkey removed."))
        case "renew-own":
            return {"codes": passkey_verbs.renew_own_codes(actor=actor)}
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
