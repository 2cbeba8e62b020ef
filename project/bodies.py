"""What stands before Django: a body that is too large for whatever it is sent to is refused unread, by ASGI as by WSGI.

Django keeps a whole form on disk before anybody asks who sends it. So files are read only of whoever is known, where they
are taken; anything else has `PLAIN` bytes at most. Servers see to it that a body is no longer than it says. One that does
not say is read as far as that, and its length told to Django.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import InterfaceError, OperationalError, close_old_connections
from django.http import HttpResponse, parse_cookie
from django.utils.translation import gettext as _

from gasutil.api.errors import PREFIX, of_error, of_status
from gasutil.api.middleware import LIMITS
from gasutil.api.uploads import Files, Limits
from gasutil.errors import Busy, NotAuthenticated
from gasutil.identity import tokens
from gasutil.identity.tokens import TokenType

PLAIN = max(settings.API_BODY_LIMIT, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)  # bytes of a body without files
CONSOLE = Limits(
    {
        "/admin/gasutil/servicerequest/{int:id}/comment/": Files(name="attachments", most=settings.FILES_A_CALL),
        "/admin/gasutil/servicerequest/import/": Files(name="file"),  # it takes less, and says so in the form
    }
)
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is known of a request before its body is read; without a length, that of the body is not told."""

    path: str
    length: int | None
    authorization: str
    cookies: str


def limit_of(path: str) -> int:
    """Return how many bytes a body has at most that is sent to a path."""
    files = LIMITS.files_of(path) or CONSOLE.files_of(path)
    return files.limit if files else PLAIN


def refuse(asked: Asked) -> HttpResponse | None:
    """Return why a body that is longer than plain ones is not read."""
    if (asked.length or 0) > limit_of(asked.path):
        return too_large(limit_of(asked.path))
    try:
        require_token(asked.authorization) if asked.path.startswith(PREFIX) else require_session(asked.cookies)
    except NotAuthenticated as error:
        return of_error(error)
    except (OperationalError, InterfaceError):
        return of_error(Busy())
    return None


def too_large(limit: int) -> HttpResponse:
    """Return the answer to a body that is too large."""
    return of_status(413, f"A body has {limit} bytes at most.")


def require_token(authorization: str) -> None:
    """Raise `NotAuthenticated` without an access token that we have signed and that is not spent; its login is asked about later."""
    scheme, _space, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated("Send an access token: `Authorization: Bearer …`.")
    tokens.read(token.strip(), TokenType.ACCESS)


def require_session(cookies: str) -> None:
    """Raise `NotAuthenticated` unless somebody has logged in to the console; what he may do is asked about later."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    try:
        if SESSION_KEY not in import_module(settings.SESSION_ENGINE).SessionStore(key):
            raise NotAuthenticated(_("Only somebody who is logged in can do this."))
    finally:
        close_old_connections()


def limit_asgi(app: Any) -> Any:
    """Return an ASGI application that gets no body which is too large."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        asked, refusal = _asked_by_asgi(scope), None
        if asked.length is None:
            body = await _read(receive)
            if body is None:
                return
            refusal = too_large(PLAIN) if len(body) > PLAIN else None
            scope, receive = {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % len(body))]}, _first(body, receive)
        elif asked.length > PLAIN:
            async with ThreadSensitiveContext():  # as Django has it for a request
                refusal = await sync_to_async(refuse)(asked)
        await (_answer(send, refusal) if refusal else app(scope, receive, send))

    return limited


def _asked_by_asgi(scope: Scope) -> Asked:
    headers: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, []).append(value.decode("latin-1"))
    told = "".join(headers.get(b"content-length", []))
    return Asked(
        path=scope["path"],
        length=int(told) if told.isdecimal() else None,
        authorization="".join(headers.get(b"authorization", [])),
        cookies="; ".join(headers.get(b"cookie", [])),
    )


async def _read(receive: Receive) -> bytes | None:
    """Return a body, or what shows that it is too large; None if its sender goes away meanwhile."""
    body, goes_on = bytearray(), True
    while goes_on and len(body) <= PLAIN:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        goes_on = message.get("more_body", False)
    return bytes(body)


def _first(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that has been read, and then what else there is to receive."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _answer(send: Send, answer: HttpResponse) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": answer.content})


def limit_wsgi(app: Any) -> Any:
    """Return a WSGI application that gets no body which is too large."""

    def limited(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]) -> Iterable[bytes]:
        asked, refusal = _asked_by_wsgi(environ), None
        if asked.length is None and environ.get("wsgi.input_terminated"):  # else a server would wait for ever for the end
            body = environ["wsgi.input"].read(PLAIN + 1)
            refusal = too_large(PLAIN) if len(body) > PLAIN else None
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        elif (asked.length or 0) > PLAIN:
            refusal = refuse(asked)
        if refusal is None:
            return app(environ, start_response)  # type: ignore[no-any-return]
        start_response(f"{refusal.status_code} {refusal.reason_phrase}", list(refusal.items()))
        return [refusal.content]

    return limited


def _asked_by_wsgi(environ: dict[str, Any]) -> Asked:
    told = environ.get("CONTENT_LENGTH", "")
    return Asked(
        path=environ.get("PATH_INFO", ""),
        length=int(told) if told.isdecimal() else None,
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        cookies=environ.get("HTTP_COOKIE", ""),
    )
