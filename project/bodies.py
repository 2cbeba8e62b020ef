"""The layer before Django, which limits bodies.

A body that is too large for its path is rejected unread, by ASGI as by WSGI.

ASGI receives the whole body before a thread is taken, and drops clients that send too slowly.

Django stores a whole form on disk before anyone checks who sends it. So files are read only from
authenticated callers, where they are accepted; any other body has `PLAIN` bytes at most. Servers
ensure that a body is no longer than its `Content-Length`. A body without one (chunked) is read up
to the same limits, and its length is set for Django.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.http import HttpResponse, parse_cookie
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gasutil.api.framework.errors import PREFIX, of_error, of_status
from gasutil.api.framework.uploads import MULTIPART, Files, Limits
from gasutil.api.middleware import LIMITS
from gasutil.errors import Busy, NotAuthenticated
from gasutil.identity import sessions, tokens, tracking
from gasutil.identity.tokens import TokenType
from gasutil.languages import api_language
from project.early_responses import with_headers
from project.slow_clients import TooSlow, Transfer
from project.threads import Bridge, environ_of

STREAM = f"{PREFIX}events/"
# Of a body that is being received; a larger one is written to a temporary file.
IN_MEMORY_BYTES = 64 * 1024
# Of a body that is not accepted.
DISCARD_BYTES, DISCARD_SECONDS, DISCARD_PAUSE_SECONDS = (64 * 2**20, 2, 0.5)
# Bytes of a body without files.
PLAIN_BODY_BYTES = max(settings.API_BODY_LIMIT, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The known facts about a request before its body is read.

    `length` is None for a body without a length.
    """

    path: str
    length: int | None
    authorization: str
    cookies: str


@cache
def console_limits() -> Limits:
    """Return the limits of the console's uploads, by the URLs that they have."""
    comment = reverse("admin:gasutil_servicerequest_comment", args=[0]).replace("/0/", "/{int:id}/")
    return Limits(
        {
            comment: Files(name="attachments", most=settings.FILES_A_CALL),
            reverse("admin:gasutil_servicerequest_import"): Files(
                name="file"
            ),  # its form has a lower limit
        }
    )


def limit_of(path: str) -> int:
    """Return the maximum number of bytes of a body for a path."""
    files = LIMITS.files_of(path) or console_limits().files_of(path)
    return files.limit if files else PLAIN_BODY_BYTES


def body_limit(asked: Asked, *, is_form: bool) -> tuple[int, HttpResponse | None]:
    """Return the number of bytes to read of a body, and the response if it is not read at all.

    Without a length, files are read from authenticated callers only, and less from others.
    """
    if asked.length is not None:
        return asked.length, refuse(asked) if asked.length > PLAIN_BODY_BYTES else None
    takes_files = is_form and limit_of(asked.path) > PLAIN_BODY_BYTES
    return limit_of(asked.path) if takes_files and refuse(asked) is None else PLAIN_BODY_BYTES, None


def exceeds(path: str, limit: int) -> HttpResponse:
    """Return the response to a body that is longer than a limit of its path."""
    files = LIMITS.files_of(path)
    return of_error(files.too_large()) if files and limit > PLAIN_BODY_BYTES else too_large(limit)


def refuse(asked: Asked) -> HttpResponse | None:
    """Return why a body that is longer than plain ones is not read."""
    if (asked.length or 0) > limit_of(asked.path):
        return exceeds(asked.path, limit_of(asked.path))
    try:
        (
            require_token(asked.authorization)
            if asked.path.startswith(PREFIX)
            else require_session(asked.cookies)
        )
    except NotAuthenticated as error:
        return of_error(error)
    except (OperationalError, InterfaceError):
        return of_error(Busy())
    return None


def too_large(limit: int) -> HttpResponse:
    """Return the answer to a body that is too large."""
    return of_status(413, _("A body can have at most %(bytes)d bytes.") % {"bytes": limit})


def require_token(authorization: str) -> None:
    """Raise `NotAuthenticated` without a token that we have signed and that has not expired.

    Its login is asked about later.
    """
    scheme, _space, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated(_("Send an access token: `Authorization: Bearer …`."))
    token = token.strip()
    if tracking.is_tracking_token(token):
        tracking.read_claims(token)
    else:
        tokens.read_token(token, TokenType.ACCESS)


def require_session(cookies: str) -> None:
    """Raise `NotAuthenticated` unless the caller is logged in to the console.

    Permissions are checked later.
    """
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    try:
        if not sessions.is_active(import_module(settings.SESSION_ENGINE).SessionStore(key)):
            raise NotAuthenticated(_("Log in to do this."))
    finally:
        close_old_connections()


def limit_asgi(wsgi_app: Any, stream_app: Any) -> Any:
    """Return an ASGI application that receives every body first.

    It receives them within the limits of size and time.

    The complete request goes to a thread, but for the event stream, which no thread could hold
    open.
    """
    bridge = Bridge(wsgi_app)

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
            with translation.override(asked_language(scope)):
                refusal = await _receive_body(scope, receive, body)
            if isinstance(refusal, HttpResponse):
                await _answer(scope, receive, send, refusal)
            elif refusal is None:
                scope = _with_length(scope, body) if (was_sent := has_body(scope)) else scope
                if scope["path"] == STREAM and scope["method"] in ("GET", "HEAD"):
                    await stream_app(
                        scope, _first(body.read(), receive) if was_sent else receive, send
                    )
                else:
                    await bridge(scope, body, send)

    return limited


class ClientGone:
    """The client went away before its body was complete."""


async def _receive_body(
    scope: Scope, receive: Receive, body: IO[bytes]
) -> HttpResponse | type[ClientGone] | None:
    """Write a body to a file.

    Return the response to one that is too large, not allowed or too slow.
    """
    asked = _asked_by_asgi(scope)
    if not has_body(scope):
        return None
    limit, refusal = asked.length or 0, None
    if asked.length is None or asked.length > PLAIN_BODY_BYTES:
        async with ThreadSensitiveContext():  # as Django has it for a request
            limit, refusal = await sync_to_async(body_limit)(asked, is_form=has_files(scope))
    if refusal:
        return refusal
    address = (scope.get("client") or ("",))[0]
    with Transfer(address, seconds=None if has_files(scope) else settings.BODY_SECONDS) as transfer:
        try:
            if not await _read(receive, transfer, body, limit):
                return ClientGone
        except TooSlow:
            return of_status(408, _("The body did not arrive in time."))
    return exceeds(asked.path, limit) if body.tell() > limit else None


async def _read(receive: Receive, transfer: Transfer, body: IO[bytes], limit: int) -> bool:
    """Write a body to a file, until it is complete or exceeds a limit.

    Return whether the client is still there.
    """
    goes_on = True
    while goes_on and body.tell() <= limit:
        message = await transfer.wait(receive())
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        goes_on = message.get("more_body", False)
        if goes_on:
            transfer.count(len(message.get("body", b"")))
    return True


def has_body(scope: Scope) -> bool:
    """Return whether a body follows; HTTP/2 need not say so."""
    return not scope["http_version"].startswith("1") or any(
        _has_header(scope, name) for name in (b"content-length", b"transfer-encoding")
    )


def has_files(scope: Scope) -> bool:
    """Return whether a body may hold files, which take a slow phone long to send."""
    kinds = [value for name, value in scope["headers"] if name == b"content-type"]
    takes_files = LIMITS.files_of(scope["path"]) or console_limits().files_of(scope["path"])
    return bool(takes_files and kinds and kinds[0].lower().startswith(MULTIPART.encode()))


def _has_header(scope: Scope, name: bytes) -> bool:
    return any(header == name for header, _ in scope["headers"])


def _with_length(scope: Scope, body: IO[bytes]) -> Scope:
    """Return the scope with the length of the body that was received."""
    length = body.tell()
    body.seek(0)
    if _has_header(scope, b"content-length"):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % length)]}


def _asked_by_asgi(scope: Scope) -> Asked:
    headers: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, []).append(value.decode("latin-1"))
    message = "".join(headers.get(b"content-length", []))
    return Asked(
        path=scope["path"],
        length=int(message) if message.isdecimal() else None,
        authorization="".join(headers.get(b"authorization", [])),
        cookies="; ".join(headers.get(b"cookie", [])),
    )


def _first(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that yields a body that has been read, and then the original messages."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def asked_language(scope: Scope) -> str:
    """Return the language of a response to a body that is not accepted."""
    values = (value for name, value in scope["headers"] if name == b"accept-language")
    return api_language(b",".join(values).decode("latin-1"))


async def _answer(scope: Scope, receive: Receive, send: Send, answer: HttpResponse) -> None:
    """Send a response to a body that is not accepted, after discarding the rest of the body.

    A proxy whose connection is closed while it still writes may return its own 502 or 503 instead
    of this response.
    """
    await _discard(receive)
    response = with_headers(environ_of(scope, BytesIO()), answer)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send(
        {
            "type": "http.response.start",
            "status": answer.status_code,
            "headers": [*headers, (b"connection", b"close")],
        }
    )
    await send({"type": "http.response.body", "body": answer.content})


async def _discard(receive: Receive) -> None:
    """Read the rest of a body, until it ends, pauses, or exceeds a limit of size or time."""
    left, goes_on = DISCARD_BYTES, True
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            while goes_on and left > 0:
                message = await asyncio.wait_for(receive(), DISCARD_PAUSE_SECONDS)
                left -= len(message.get("body", b""))
                goes_on = message["type"] == "http.request" and message.get("more_body", False)


def limit_wsgi(app: Any) -> Any:
    """Return a WSGI application that gets no body which is too large."""

    def limited(
        environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        asked = _asked_by_wsgi(environ)
        is_form = environ.get("CONTENT_TYPE", "").lower().startswith(MULTIPART)
        language = api_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        with translation.override(language):
            limit, refusal = body_limit(asked, is_form=is_form)
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
            if asked.length is None and environ.get(
                "wsgi.input_terminated"
            ):  # else a server would wait for the end without limit
                with translation.override(language):
                    refusal = _copy(environ["wsgi.input"], body, limit, asked.path)
                environ |= {"CONTENT_LENGTH": str(body.tell()), "wsgi.input": body}
                body.seek(0)
            if refusal is None:
                return app(environ, start_response)  # type: ignore[no-any-return]
        response = with_headers(environ, refusal)
        start_response(f"{refusal.status_code} {refusal.reason_phrase}", list(response.items()))
        return [refusal.content]

    return limited


def _copy(stream: Any, body: IO[bytes], limit: int, path: str) -> HttpResponse | None:
    """Copy a body without a length to a file; return the response if it exceeds its limit."""
    while body.tell() <= limit and (
        chunk := stream.read(min(IN_MEMORY_BYTES, limit + 1 - body.tell()))
    ):
        body.write(chunk)
    return exceeds(path, limit) if body.tell() > limit else None


def _asked_by_wsgi(environ: dict[str, Any]) -> Asked:
    result = environ.get("CONTENT_LENGTH", "")
    return Asked(
        path=environ.get("PATH_INFO", ""),
        length=int(result) if result.isdecimal() else None,
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        cookies=environ.get("HTTP_COOKIE", ""),
    )
