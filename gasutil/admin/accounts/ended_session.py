"""The response to the console's scripts when the session of their page has ended.

It is a notice that preserves the user's input.

Without it, htmx would follow the redirect to the login page, and put that page where the composer
or a dialog is.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import ngettext
from django.views import csrf

from gasutil.identity.sessions import IDLE, background

USER_HEADER = "Desk-User"  # the id of the user whose page it is that calls
PAGE_HEADER = "HX-Current-URL"


def is_script(request: HttpRequest) -> bool:
    """Return whether a call comes from a script of a page, which reads the response itself."""
    return "HX-Request" in request.headers


def response_to_ended(
    request: HttpRequest, has_permission: Callable[[HttpRequest], bool]
) -> HttpResponse | None:
    """Return the response to a script's call whose session has ended.

    This includes a call whose session now belongs to another user. It is None for all other
    calls.
    """
    if not is_script(request):
        return None
    if not has_permission(request):
        return _notice(
            request, 401, state="no-access" if request.user.is_authenticated else "logged-out"
        )
    if request.headers.get(USER_HEADER) not in (None, "", str(request.user.pk)):
        return _notice(request, 401, state="other-user")
    return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Return the page for a call without a valid CSRF token.

    A script receives the token of the current login.
    """
    if not is_script(request):
        return csrf.csrf_failure(request, reason)
    if ended := response_to_ended(request, admin.site.has_permission):
        return ended
    if not reason.startswith("CSRF"):  # the origin is wrong, which no other token changes
        return csrf.csrf_failure(request, reason)
    return _notice(request, 403, state="renewed", token=get_token(request))


def timeout_message(timeout: str) -> str:
    """Return the text that the login page shows after a timeout."""
    if timeout == IDLE:
        minutes = settings.CONSOLE_IDLE_MINUTES
        return ngettext(
            "You were logged out after %(number)d minute of inactivity.",
            "You were logged out after %(number)d minutes of inactivity.",
            minutes,
        ) % {"number": minutes}
    hours = settings.CONSOLE_SESSION_HOURS
    return ngettext(
        "Your session expired after %(number)d hour. Log in again.",
        "Your session expired after %(number)d hours. Log in again.",
        hours,
    ) % {"number": hours}


@background
def check_session(request: HttpRequest) -> HttpResponse:
    """Return the CSRF token of the session, for a page that was opened in an earlier one."""
    return HttpResponse(
        get_token(request), content_type="text/plain", headers={"Cache-Control": "no-store"}
    )


def _notice(request: HttpRequest, status: int, **about: Any) -> HttpResponse:
    page = page_address(request)
    login = f"{reverse('admin:login')}?{urlencode({'next': page})}"
    response = render(
        request,
        "gasutil/ended_session.html",
        {"page": page, "login": login, **about},
        status=status,
    )
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request"])
    return response


def page_address(request: HttpRequest) -> str:
    """Return the path of the page that calls; the overview if it is none of this site."""
    page = request.headers.get(PAGE_HEADER, "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return reverse("admin:index")
    parts = urlsplit(page)
    return parts.path + (f"?{parts.query}" if parts.query else "")
