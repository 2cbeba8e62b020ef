"""What stands before the API: bodies that it can't take are refused unread, and the framework's own refusals get its shape."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gasutil.api.errors import JSON, PREFIX, PROBLEM, of_error, of_status
from gasutil.api.resources import RESOURCES
from gasutil.api.uploads import MULTIPART, Limits
from gasutil.errors import NotAuthenticated
from gasutil.identity import tokens
from gasutil.identity.tokens import TokenType

LIMITS = Limits({f"{PREFIX}{resource.path}{call.path}": call.files for resource in RESOURCES for call in resource.calls if call.files})
CONSOLE_LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes, of a form without files


class ProblemMiddleware:
    """Refuse bodies that the API can't take, and give the framework's own refusals under the API the API's shape."""

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
    """Return why a body can't be taken, before it is read: it is too large, or of a kind that the call does not take."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    told = str(request.META.get("CONTENT_LENGTH", ""))
    files = LIMITS.files_of(request.path_info)
    if files and request.content_type == MULTIPART:
        return _refuse_form(int(told) if told.isdecimal() else None, files.limit)
    length = int(told) if told.isdecimal() else len(request.body)  # a chunked body does not tell
    if not length:
        return None
    if length > settings.API_BODY_LIMIT:
        return of_status(413, f"A body has {settings.API_BODY_LIMIT} bytes at most.")
    kinds = [JSON] * (not files or not files.is_form) + [MULTIPART] * bool(files)
    if request.content_type not in kinds:
        return of_status(415, f"Send the body as {' or '.join(kinds)}.")
    return None


def _refuse_form(length: int | None, limit: int) -> HttpResponse | None:
    if length is None:
        return of_status(411, "Say in `Content-Length` how long the form is.")
    return of_status(413, f"All files together have {limit} bytes at most.") if length > limit else None


def _explain(request: HttpRequest, status: int) -> str:
    if status == 404 and not request.path_info.endswith("/"):
        return "There is nothing here. Every path ends in a slash."
    return ""


# --- Before Django ------------------------------------------------------------------------------------------------
# Under ASGI, Django writes a whole body to disk before anybody asks who sends it. So this asks first.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BodyLimit:
    """Refuse a body that is too large for whatever it is sent to, as soon as that is known."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        told = headers.get(b"content-length", b"")
        limit = limit_of(scope["path"]) if told.isdigit() else limit_of("")  # who does not tell sends no files
        if told.isdigit() and int(told) > limit:
            await _refuse(send, limit)
            return
        if told.isdigit() and int(told) > limit_of("") and not is_known(headers):
            await _answer(send, of_error(NotAuthenticated("Send an access token: `Authorization: Bearer …`.")))
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return {"type": "http.disconnect"} if read > limit else message

        async def guarded(message: Message) -> None:
            if read <= limit:
                await send(message)

        await self.app(scope, counted, guarded)
        if read > limit:
            await _refuse(send, limit)


def limit_of(path: str) -> int:
    """Return how many bytes of a body are read."""
    files = LIMITS.files_of(path)
    return files.limit if files else max(settings.API_BODY_LIMIT, CONSOLE_LIMIT)


def is_known(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a call has an access token that we have signed and that is not spent; its login is asked about later."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    try:
        return scheme.lower() == "bearer" and bool(tokens.read(token.strip(), TokenType.ACCESS))
    except NotAuthenticated:
        return False


async def _refuse(send: Send, limit: int) -> None:
    await _answer(send, of_status(413, f"A body has {limit} bytes at most."))


async def _answer(send: Send, answer: HttpResponse) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": answer.content})
