"""The ID of each request: in its response, in its problem and in the log.

A client or a proxy can send one; otherwise it is random.
"""

import json
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

HEADER = "X-Request-Id"
ACCEPTED_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
PROBLEM_JSON = "application/problem+json"
current: ContextVar[str] = ContextVar("request_id", default="")


def read_id(text: str) -> str:
    """Return the ID that a client has sent if it is acceptable, else a new one."""
    return text if ACCEPTED_ID.fullmatch(text) else uuid.uuid4().hex


class RequestIdMiddleware:
    """Give each request an ID, and each response the header with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with the ID; a problem has it as `instance` too."""
        request_id = read_id(request.headers.get(HEADER, ""))
        token = current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
        response.headers[HEADER] = request_id
        if (
            isinstance(response, HttpResponse)
            and response.headers.get("Content-Type") == PROBLEM_JSON
        ):
            add_instance(response, request_id)
        return response


def add_instance(response: HttpResponse, request_id: str) -> None:
    """Add the ID to the body of a problem; a response to HEAD has none."""
    if response.content:
        problem = {**json.loads(response.content), "instance": request_id}
        response.content = json.dumps(problem, ensure_ascii=False, separators=(",", ":")).encode()
        response.headers["Content-Length"] = str(len(response.content))
