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
    status, content, retry_after = _post(url, body, headers, MAX_RESPONSE_BYTES)
    return Answer(status, content.decode(errors="replace").replace("\x00", ""), retry_after)


def post_to_trusted(
    url: str, body: bytes, headers: Mapping[str, str], max_bytes: int
) -> tuple[int, bytes]:
    """Send a body to a URL of the settings, to any address; return the status and the content.

    The content is cut off after `max_bytes`, and at the deadline.

    Raises:
        Unreachable: there was no response, or this is a sandbox.
    """
    return _post(url, body, headers, max_bytes, is_trusted=True)[:2]


def _post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    max_bytes: int,
    *,
    is_trusted: bool = False,
) -> tuple[int, bytes, str]:
    """Return the status, the beginning of the content, and `Retry-After`."""
    if settings.SANDBOX:
        raise Unreachable("This is a sandbox. No messages are sent.")
    end = time.monotonic() + TOTAL_SECONDS
    try:
        target = addresses.parse_url(url, is_trusted=is_trusted)
        hosts = addresses.resolve_host(target, is_trusted=is_trusted)
        with _connection(target, hosts, end) as sock, _ask(sock, target, body, headers) as answer:
            if (
                time.monotonic() >= end
            ):  # cut off within its headers, which then look like all there are
                raise TimeoutError
            content = _read(answer, max_bytes)
            return answer.status, content, answer.headers.get("Retry-After", "")
    except Refused as error:
        raise Unreachable(str(error)) from error
    except (OSError, HTTPException) as error:
        raise Unreachable(_why(error, end)) from error


@contextlib.contextmanager
def _connection(target: Target, hosts: list[str], end: float) -> Iterator[socket.socket]:
    """Open a connection to a checked address, and close it at the deadline.

    Timeouts alone start again with every byte.
    """
    sock = _open(hosts, target.port, end)
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


def _read(answer: HTTPResponse, max_bytes: int) -> bytes:
    """Return the beginning of an answer; its status counts, even where the rest does not come."""
    content = b""
    with contextlib.suppress(OSError, HTTPException):
        while len(content) < max_bytes and (part := answer.read1(max_bytes - len(content))):
            content += part
    return content


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
