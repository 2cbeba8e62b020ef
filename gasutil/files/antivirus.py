"""What ClamAV's daemon says of a file, where there is one: no answer is no leave, so a file that could not be asked about is not kept."""

import logging
import socket
import struct
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gasutil.errors import Busy, Fault, Invalid

logger = logging.getLogger(__name__)
CONNECTING, ANSWERING = 3, 30  # seconds for the daemon to take a connection; for each of its steps
CHUNK = 64 * 1024
CLEAN, FOUND, PONG = b"stream: OK", b" FOUND", b"PONG"


def check(file: Any, *, name: str, field: str) -> None:
    """Raise `Invalid`, naming the field, where something is found in a file, and `Busy` where nobody says that there is nothing."""
    if not settings.CLAMD_URL:
        return
    file.seek(0)
    try:
        said = scan(file)
    except OSError as error:
        logger.exception("The virus scanner did not answer for %s", name)
        raise Busy from error
    file.seek(0)
    if said.endswith(FOUND):
        what = said.removesuffix(FOUND).removeprefix(b"stream: ").decode(errors="replace")
        logger.warning("The virus scanner found %s in %s", what, name)
        raise Invalid([Fault(field, "infected", _("The virus scanner found %(what)s in %(name)s.") % {"what": what, "name": name})])
    if said != CLEAN:
        logger.error("The virus scanner said of %s: %r", name, said)
        raise Busy


def is_alive() -> bool:
    """Return whether the daemon answers."""
    with connect() as daemon:
        daemon.sendall(b"zPING\0")
        return answer(daemon) == PONG


def scan(file: Any) -> bytes:
    """Return what the daemon says of a file, which it is sent piece by piece; raise `OSError` where it goes away."""
    with connect() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!L", 0))
        return answer(daemon)


def connect() -> socket.socket:
    """Return a connection to the daemon at `CLAMD_URL`."""
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "tcp":
        daemon = socket.create_connection((str(where.hostname), where.port or 3310), timeout=CONNECTING)
    else:
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(CONNECTING)
        try:
            daemon.connect(where.path)
        except OSError:
            daemon.close()
            raise
    daemon.settimeout(ANSWERING)
    return daemon


def answer(daemon: socket.socket) -> bytes:
    """Return what the daemon says, which ends with a zero or with the connection."""
    said = b""
    while not said.endswith(b"\0") and (piece := daemon.recv(4096)):
        said += piece
    return said.rstrip(b"\0\n")
