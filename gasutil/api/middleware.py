"""What stands before the API: bodies that it can't take are refused unread, and the framework's own refusals get its shape."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gasutil.api.errors import PREFIX, PROBLEM, of_status
from gasutil.api.resources import RESOURCES
from gasutil.api.uploads import MULTIPART, Limits

LIMITS = Limits({f"{PREFIX}{resource.path}{call.path}": call.files for resource in RESOURCES for call in resource.calls if call.files})


class ProblemMiddleware:
    """Refuse bodies that are too large, and give the framework's own refusals under the API the API's shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        response = refuse_body(request) or self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type", "") == PROBLEM:
            return response
        answer = of_status(response.status_code, _explain(request, response.status_code))
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                answer[name] = response.headers[name]
        return answer


def refuse_body(request: HttpRequest) -> HttpResponse | None:
    """Return why a body can't be taken, before it is read: it is too large for the call."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    told = str(request.META.get("CONTENT_LENGTH", ""))
    length, files = int(told) if told.isdecimal() else 0, LIMITS.files_of(request.path_info)
    if files and request.content_type == MULTIPART:
        return of_status(413, f"All files together have {files.limit} bytes at most.") if length > files.limit else None
    return of_status(413, f"A body has {settings.API_BODY_LIMIT} bytes at most.") if length > settings.API_BODY_LIMIT else None


def _explain(request: HttpRequest, status: int) -> str:
    if status == 404 and not request.path_info.endswith("/"):
        return "There is nothing here. Every path ends in a slash."
    return ""
