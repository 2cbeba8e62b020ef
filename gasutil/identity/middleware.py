"""The middleware of the origin of changes, and that which ends sessions after their timeouts."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gasutil.identity import sessions
from gasutil.identity.client import client_of
from gasutil.models import Channel
from gasutil.models.origin import coming_from

WITHOUT_SESSIONS = "/api/"  # the event stream, which takes sessions too, checks them itself
CONSOLE = "/admin/"


class OriginMiddleware:
    """Note the channel and the IP address of a call for the history rows of its changes.

    The pages of customers count as the API, as their verbs do.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response."""
        is_console = request.path_info.startswith(CONSOLE)
        with coming_from(Channel.CONSOLE if is_console else Channel.API, client_of(request).ip):
            return self.get_response(request)


class SessionTimeoutMiddleware:
    """Treat the user of a session beyond a timeout as anonymous, and store when others are used.

    It stands below `SessionMiddleware`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response; a view finds the timeout in `request.session_timeout`."""
        if request.path_info.startswith(WITHOUT_SESSIONS):
            return self.get_response(request)
        key = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            timeout = request.session_timeout = sessions.timeout_of(request.session)  # type: ignore[attr-defined]
            if timeout:
                sessions.expire(request, timeout)
            key = request.session.session_key if SESSION_KEY in request.session else None
        response = self.get_response(request)
        sessions.after_request(request, key)
        return response
