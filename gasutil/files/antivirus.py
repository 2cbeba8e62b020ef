"""The verdict of ClamAV's daemon, if one is configured.

A file that could not be scanned is not stored.
"""

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gasutil.errors import FieldError, FilesUnavailable, Invalid

logger = logging.getLogger(__name__)
# For the daemon to accept a connection, and for each of its steps.
CONNECT_TIMEOUT_SECONDS, STEP_TIMEOUT_SECONDS = (3, 10)
# At once in a process: a daemon that hangs must not hold every request thread.
SCANS = threading.BoundedSemaphore(2)
SCAN_WAIT_SECONDS = 2
CHUNK_BYTES = 64 * 1024
CLEAN_REPLY, FOUND_SUFFIX, PONG_REPLY = b"stream: OK", b" FOUND", b"PONG"


def require_clean(file: Any, *, name: str, field: str) -> None:
    """Scan a file; raise an error if it is infected or can't be scanned.

    Raises `Invalid`, naming the field, if the scanner finds something in the file, and
    `FilesUnavailable` if it does not say that the file is clean.
    """
    if not settings.CLAMD_URL:
        return
    file.seek(0)
    try:
        result = scan(file)
    except OSError as error:
        logger.exception("The virus scanner did not respond for %s", name)
        raise FilesUnavailable from error
    file.seek(0)
    if result.endswith(FOUND_SUFFIX):
        what = result.removesuffix(FOUND_SUFFIX).removeprefix(b"stream: ").decode(errors="replace")
        logger.warning("The virus scanner found %s in %s", what, name)
        params = {"what": what, "name": name}
        raise Invalid(
            [
                FieldError(
                    field,
                    "infected",
                    _("The virus scanner found %(what)s in %(name)s.") % params,
                    params,
                )
            ]
        )
    if result != CLEAN_REPLY:
        logger.error("Unexpected response of the virus scanner for %s: %r", name, result)
        raise FilesUnavailable


def is_reachable() -> bool:
    """Return whether the daemon responds."""
    with connect() as daemon:
        daemon.sendall(b"zPING\0")
        return read_reply(daemon) == PONG_REPLY


def scan(file: Any) -> bytes:
    """Return the daemon's verdict on a file.

    Raise `OSError` if it goes away, or if too many scans run.
    """
    with scan_slot(), connect() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK_BYTES):
            daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!L", 0))
        return read_reply(daemon)


@contextmanager
def scan_slot() -> Iterator[None]:
    """Limit the scans at once; raise `TimeoutError` after a short wait."""
    if not SCANS.acquire(timeout=SCAN_WAIT_SECONDS):
        raise TimeoutError("Too many scans at once.")
    try:
        yield
    finally:
        SCANS.release()


def connect() -> socket.socket:
    """Return a connection to the daemon at `CLAMD_URL`."""
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "tcp":
        daemon = socket.create_connection(
            (str(where.hostname), where.port or 3310), timeout=CONNECT_TIMEOUT_SECONDS
        )
    else:
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(CONNECT_TIMEOUT_SECONDS)
        try:
            daemon.connect(where.path)
        except OSError:
            daemon.close()
            raise
    daemon.settimeout(STEP_TIMEOUT_SECONDS)
    return daemon


def read_reply(daemon: socket.socket) -> bytes:
    """Return the daemon's response, which ends with a zero byte or with the connection."""
    result = b""
    while not result.endswith(b"\0") and (piece := daemon.recv(4096)):
        result += piece
    return result.rstrip(b"\0\n")
