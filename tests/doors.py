"""The whole application as a server calls it: by ASGI, and by WSGI."""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from asgiref.sync import async_to_sync
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from project.asgi import application as asgi
from project.wsgi import application as wsgi


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def form(parts: Mapping[str, Any]) -> bytes:
    """Return a form with files as a browser writes it."""
    return encode_multipart(BOUNDARY, parts)


def headers_of(length: int | None, headers: Mapping[str, str]) -> dict[str, str]:
    told = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
    return {"Host": "localhost", "Content-Type": MULTIPART_CONTENT, **told, **headers}


def by_asgi(path: str, pieces: Iterable[bytes], length: int | None, **headers: str) -> Answer:
    """Post a body by ASGI."""
    messages = iter([*({"type": "http.request", "body": piece, "more_body": True} for piece in pieces), {"type": "http.request"}])
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(messages, None) or await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def post() -> None:
        await asgi(scope, receive, send)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers_of(length, headers).items()],
        "client": ("127.0.0.1", 9),
        "server": ("localhost", 80),
    }
    async_to_sync(post)()
    return Answer(sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]))


def by_wsgi(path: str, pieces: Iterable[bytes], length: int | None, **headers: str) -> Answer:
    """Post a body by WSGI."""
    started: list[str] = []
    named = {name.upper().replace("-", "_"): value for name, value in headers_of(length, headers).items()}
    plain = {name: named.pop(name) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if name in named}
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(b"".join(pieces)),
        "wsgi.input_terminated": True,
        **plain,
        **{f"HTTP_{name}": value for name, value in named.items()},
    }
    pieces = wsgi(environ, lambda status, headers: started.append(status))
    with contextlib.closing(pieces) if hasattr(pieces, "close") else contextlib.nullcontext():
        return Answer(int(started[0].split()[0]), b"".join(pieces))


DOORS = (by_asgi, by_wsgi)
