"""Middleware of the API: it limits bodies, and returns errors as problems.

It rejects bodies unread that are too large, and turns the framework's own errors into problems.
"""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gasutil.api.framework.auth import use_language_of_token
from gasutil.api.framework.errors import PREFIX, PROBLEM, of_error, of_status
from gasutil.api.framework.uploads import MULTIPART, Limits
from gasutil.api.resources import RESOURCES

LIMITS = Limits(
    {
        f"{PREFIX}{resource.path}{call.path}": call.files
        for resource in RESOURCES
        for call in resource.calls
        if call.files
    }
)


class CacheMiddleware:
    """Forbid caching of API responses, except those with their own caching header.

    The exceptions are the catalogue and the OpenAPI document.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with its caching header."""
        response = self.get_response(request)
        if request.path_info.startswith(PREFIX):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ProblemMiddleware:
    """Reject bodies that are too large, and return errors as problems.

    The errors are the framework's own, under the API.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response to one request."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        response = refuse_body(request) or self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type", "") == PROBLEM:
            return response
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            with suppress(DatabaseError):  # no view has read the token
                use_language_of_token(request)
        answer = of_status(response.status_code, _explain(request, response.status_code))
        if "Retry-After" in response.headers:
            answer["Retry-After"] = response.headers["Retry-After"]
        if "Allow" in response.headers:  # GET implies HEAD
            answer["Allow"] = ", ".join(
                method for method in response.headers["Allow"].split(", ") if method != "HEAD"
            )
        return answer


def refuse_body(request: HttpRequest) -> HttpResponse | None:
    """Return the response that rejects a body, or None.

    A body is rejected before it is read, because it is too large for the call.
    """
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    length_header = str(request.META.get("CONTENT_LENGTH", ""))
    length, files = (
        int(length_header) if length_header.isdecimal() else 0,
        LIMITS.files_of(request.path_info),
    )
    if files and request.content_type == MULTIPART:
        return of_error(files.too_large()) if length > files.limit else None
    return (
        of_status(
            413, _("A body can have at most %(bytes)d bytes.") % {"bytes": settings.API_BODY_LIMIT}
        )
        if length > settings.API_BODY_LIMIT
        else None
    )


def _explain(request: HttpRequest, status: int) -> str:
    if status == 404 and not request.path_info.endswith("/"):
        return _("No such path. Every path ends with a slash.")
    return ""
