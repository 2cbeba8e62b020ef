"""The whole application, called by ASGI and by WSGI."""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from unittest.mock import patch

from asgiref.sync import async_to_sync
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from project.asgi import application as asgi
from project.wsgi import application as wsgi


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """Return the body; the `instance` of a problem is checked and removed."""
        body = json.loads(self.body)
        if self.headers.get("content-type") == "application/problem+json":
            assert body.pop("instance") == self.headers["x-request-id"]
        return body


def form(parts: Mapping[str, Any]) -> bytes:
    """Return a form with files as a browser writes it."""
    return encode_multipart(BOUNDARY, parts)


@contextlib.contextmanager
def connected() -> Iterator[None]:
    """Keep the connection that the test's transaction is on, as Django's own client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    with patch("project.bodies.close_old_connections"):
        yield
    for signal in signals:
        signal.connect(close_old_connections)


def headers_of(length: int | None, headers: Mapping[str, str]) -> dict[str, str]:
    result = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
    return {"Host": "localhost", "Content-Type": MULTIPART_CONTENT, **result, **headers}


def by_asgi(
    path: str, pieces: Iterable[bytes], length: int | None, scheme: str = "http", **headers: str
) -> Answer:
    """Post a body by ASGI."""
    messages = iter(
        [
            *({"type": "http.request", "body": piece, "more_body": True} for piece in pieces),
            {"type": "http.request"},
        ]
    )
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
        "scheme": scheme,
        "path": path,
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in headers_of(length, headers).items()
        ],
        "client": ("127.0.0.1", 9),
        "server": ("localhost", 80),
    }
    with connected():
        async_to_sync(post)()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(
        sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), headers
    )


def by_wsgi(
    path: str, pieces: Iterable[bytes], length: int | None, scheme: str = "http", **headers: str
) -> Answer:
    """Post a body by WSGI."""
    started: list[tuple[str, dict[str, str]]] = []
    named = {
        name.upper().replace("-", "_"): value for name, value in headers_of(length, headers).items()
    }
    plain = {name: named.pop(name) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if name in named}
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(b"".join(pieces)),
        "wsgi.input_terminated": True,
        **plain,
        **{f"HTTP_{name}": value for name, value in named.items()},
    }
    with connected(), contextlib.ExitStack() as ending:
        answer = wsgi(
            environ,
            lambda status, headers: started.append(
                (status, {name.lower(): value for name, value in headers})
            ),
        )
        ending.callback(getattr(answer, "close", lambda: None))
        return Answer(int(started[0][0].split()[0]), b"".join(answer), started[0][1])


ENTRY_POINTS = (by_asgi, by_wsgi)
