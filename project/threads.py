"""The bridge between the asynchronous server and Django.

A thread runs one request, and never waits for its client.

The body is complete before a thread is taken, and the thread is free before the response is sent.
This is as fast as a WSGI server on ordinary calls; Django's own ASGI handler, which changes threads
several times a request, serves the event stream.
"""

import asyncio
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings

from project.slow_clients import TooSlow, Transfer

IN_MEMORY_BYTES = 2**20  # of a response; a larger one is written to a temporary file
READ_SIZE, SEND_SIZE = 2**18, 2**14  # bytes
# Times the window of a sender: the buffers of a slow reader empty in large steps.
READER_WINDOWS = 3
HEALTH = "/health/"


@dataclass
class Response:
    """A response that needs its thread no more."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes | IO[bytes] = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """Take the status and the headers, as `start_response` of WSGI."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]


class FileBody:
    """What Django returns for a response that is a file: `wsgi.file_wrapper`."""

    def __init__(self, file: Any, block_size: int = READ_SIZE) -> None:
        self.file, self.block_size = file, block_size

    def __iter__(self) -> Any:
        return iter(lambda: self.file.read(self.block_size), b"")

    def close(self) -> None:
        """Close the file and its response."""
        self.file.close()


class Bridge:
    """Run a WSGI application for an ASGI server, a limited number of requests at a time."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.slots = asyncio.Semaphore(settings.WEB_THREADS)
        self.health_slots = asyncio.Semaphore(2)  # a health check does not wait behind slow calls

    async def __call__(self, scope: Any, body: IO[bytes], send: Any) -> None:
        """Answer one request whose body is complete."""
        slots = self.health_slots if scope["path"].startswith(HEALTH) else self.slots
        async with slots, ThreadSensitiveContext():
            response = await sync_to_async(self.run)(environ_of(scope, body))
        try:
            await send_response(response, scope, send)
        except TooSlow:
            return  # the server ends a connection whose response is incomplete

    def run(self, environ: dict[str, Any]) -> Response:
        """Return the response, read completely or as a file of its own."""
        response = Response()
        result = self.app(environ, response.start)
        try:
            response.body = detach_body(result)
        finally:
            result.close()
        return response


def detach_body(result: Iterable[bytes]) -> bytes | IO[bytes]:
    """Return a body that stays readable when the response is closed."""
    if isinstance(result, FileBody):
        with suppress(OSError):  # a file in memory has no descriptor
            return os.fdopen(os.dup(result.file.fileno()), "rb")
    elif not getattr(result, "streaming", False):
        return b"".join(result)
    body = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  # closed when it has been sent
    body.writelines(result)
    body.seek(0)
    return body


def environ_of(scope: Any, body: IO[bytes]) -> dict[str, Any]:
    """Return a request as WSGI has it."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:  # it would pass for the one with a hyphen
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[key] = (
            f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
            if key in environ
            else value
        )
    return environ


async def send_response(response: Response, scope: Any, send: Any) -> None:
    """Send a response, however slowly its client reads; raise `TooSlow` beyond the limits."""
    body = BytesIO(response.body) if isinstance(response.body, bytes) else response.body
    with body:
        await send(
            {"type": "http.response.start", "status": response.status, "headers": response.headers}
        )
        last = b""
        if scope["method"] == "HEAD":
            pass
        elif isinstance(response.body, bytes) and len(response.body) <= READ_SIZE:
            last = response.body
        else:
            with Transfer(
                (scope.get("client") or ("",))[0],
                window_seconds=READER_WINDOWS * settings.TRANSFER_WINDOW_SECONDS,
            ) as transfer:
                await send_file(body, transfer, send)
        await send({"type": "http.response.body", "body": last, "more_body": False})


async def send_file(body: IO[bytes], transfer: Transfer, send: Any) -> None:
    """Send a body in pieces, each when the client has room for it."""
    while piece := await asyncio.to_thread(body.read, READ_SIZE):
        for start in range(0, len(piece), SEND_SIZE):
            chunk = piece[start : start + SEND_SIZE]
            await transfer.wait(
                send({"type": "http.response.body", "body": chunk, "more_body": True})
            )
            transfer.count(len(chunk))
