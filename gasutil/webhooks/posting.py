"""One POST to a stranger.

It goes to an address that was looked at, with bounds on time and size, and never on to anywhere
else.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import NamedTuple

from django.conf import settings

from gasutil.webhooks import addresses
from gasutil.webhooks.addresses import Refused, Target

# For the connection, for the next byte, and for the whole response.
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = (5, 15, 20)
MAX_ADDRESSES = 3
MAX_RESPONSE_BYTES = 2048


class Unreachable(Exception):
    """The receiver did not respond; the message says why."""


class Answer(NamedTuple):
    """The response of a receiver."""

    status: int
    text: str
    retry_after: str


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body and return the answer, whatever it is.

    Raise `Unreachable`, and always in a sandbox.
    """
    if settings.SANDBOX:
        raise Unreachable("This is a sandbox. No messages are sent.")
    end = time.monotonic() + TOTAL_SECONDS
    try:
        target = addresses.parse_url(url)
        with _connection(target, end) as sock, _ask(sock, target, body, headers) as answer:
            if (
                time.monotonic() >= end
            ):  # cut off within its headers, which then look like all there are
                raise TimeoutError
            return Answer(answer.status, _read_text(answer), answer.headers.get("Retry-After", ""))
    except Refused as error:
        raise Unreachable(str(error)) from error
    except (OSError, HTTPException) as error:
        raise Unreachable(_why(error, end)) from error


@contextlib.contextmanager
def _connection(target: Target, end: float) -> Iterator[socket.socket]:
    """Open a connection to a checked address, and close it at the deadline.

    Timeouts alone start again with every byte.
    """
    sock = _open(addresses.resolve_host(target), target.port, end)
    if target.scheme == "https":
        sock = ssl.create_default_context().wrap_socket(
            sock, server_hostname=target.host, do_handshake_on_connect=False
        )
    watch = threading.Timer(max(end - time.monotonic(), 0), _cut, [sock])
    watch.daemon = True
    watch.start()
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        sock.settimeout(READ_SECONDS)
        yield sock
    finally:
        watch.cancel()
        sock.close()


def _open(result: list[str], port: int, end: float) -> socket.socket:
    problem: OSError = TimeoutError()
    for address in result[:MAX_ADDRESSES]:
        left = end - time.monotonic()
        try:
            return socket.create_connection((address, port), max(min(CONNECT_SECONDS, left), 0.001))
        except OSError as error:
            problem = error
    raise problem


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(
            sock, socket.SHUT_RDWR
        )  # not the TLS object's own, which another thread is within


def _ask(
    sock: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> HTTPResponse:
    asked = HTTPConnection(target.host, target.port)
    asked.sock = sock
    asked.request(
        "POST", target.path, body, {"Host": target.netloc, "Connection": "close", **headers}
    )
    return asked.getresponse()


def _read_text(answer: HTTPResponse) -> str:
    """Return the beginning of an answer; its status counts, even where the rest does not come."""
    text = b""
    with contextlib.suppress(OSError, HTTPException):
        while len(text) < MAX_RESPONSE_BYTES and (
            part := answer.read1(MAX_RESPONSE_BYTES - len(text))
        ):
            text += part
    return text.decode(errors="replace").replace("\x00", "")


def _why(error: Exception, end: float) -> str:
    """Return why the receiver did not respond, as a sentence."""
    if isinstance(error, TimeoutError) or time.monotonic() >= end:
        return "It did not respond in time."
    if isinstance(error, socket.gaierror):
        return "No address could be found for its name."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not valid: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return "No secure connection could be made."
    if isinstance(error, ConnectionRefusedError):
        return "It refused the connection."
    return (
        "It closed the connection." if isinstance(error, OSError) else "Its response was not HTTP."
    )
