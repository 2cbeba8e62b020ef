"""Images and PDFs, opened by `decoder.py` in separate processes.

The time, the memory and the number of these processes are limited.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gasutil.errors import Busy, DeskError, TooManyPixels, Unreadable, Unsupported
from gasutil.files import decoder

logger = logging.getLogger(__name__)
# Decoders at once in a server process; those of one person, who can't keep the others waiting.
SLOTS, SLOTS_A_USER = (4, 2)
SLOT_WAIT_SECONDS = 2
COMMAND = [sys.executable, "-I", decoder.__file__]
# No settings and no secrets; one heap, since the memory limit counts what is reserved for each.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"} | {
    name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ
}
_running: Counter[int | None] = Counter()
_changed = threading.Condition()


@dataclass(frozen=True)
class Picture:
    """Hold a re-encoded image, its formats and its thumbnail.

    The formats are its Pillow format and that of the image that was sent. The thumbnail is a JPEG.
    """

    form: str
    source: str
    content: bytes
    thumbnail: bytes


def re_encode(content: bytes, *, user: int | None) -> Picture:
    """Return an image of a person with nothing but the picture in it.

    Raises `Unsupported` for other content, `Unreadable`, `TooManyPixels`, and `Busy` soon if too
    many files are being opened.
    """
    described, content = _decode("image", content, user)
    first, second = described["lengths"]
    return Picture(
        described["format"], described["source"], content[:first], content[first : first + second]
    )


def create_preview(content: bytes, *, width: int, user: int | None) -> bytes:
    """Return a JPEG of an image that `re_encode` returned, at most this wide.

    Raise `Busy` as it does.
    """
    _described, jpeg = _decode("preview", content, user, str(width))
    return jpeg


def check_pdf(content: bytes, *, user: int | None) -> None:
    """Raise `Unreadable` for a PDF of a person that readers can't open.

    Raise `Busy` soon if too many files are being opened.
    """
    _decode("pdf", content, user)


def _decode(
    task: str, content: bytes, user: int | None, *options: str
) -> tuple[dict[str, Any], bytes]:
    """Return the description in the decoder's result, and the content that follows it."""
    with _slot(user):
        output, is_whole = _run(content, task, *options)
    lines = output.split(b"\n", 2)
    try:
        answers = [json.loads(line) for line in lines[:2] if line]
    except ValueError:
        answers, is_whole = [], False
    described = answers[-1] if answers and is_whole else {}
    if not described.keys() & {"lengths", "pages"}:
        raise _error(
            described.get("error", ""),
            max((answer.get("pixels", 0) for answer in answers), default=0),
        )
    return described, lines[-1]


@contextmanager
def _slot(user: int | None) -> Iterator[None]:
    """Limit the decoders at once, in all and for each person; raise `Busy` after a short wait."""
    with _changed:
        if not _changed.wait_for(
            lambda: _running.total() < SLOTS and _running[user] < SLOTS_A_USER, SLOT_WAIT_SECONDS
        ):
            raise Busy
        _running[user] += 1
    try:
        yield
    finally:
        with _changed:
            _running[user] -= 1
            if not _running[user]:
                del _running[user]
            _changed.notify_all()


def _run(content: bytes, *arguments: str) -> tuple[bytes, bool]:
    """Return the output of the decoder, and whether it finished in time.

    Raise `Busy` if it can't be started.
    """
    try:
        result = subprocess.run(
            [*COMMAND, *arguments],
            input=content,
            capture_output=True,
            env=ENVIRONMENT,
            timeout=decoder.TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        logger.warning("The decoder was stopped after %s s", decoder.TIMEOUT_SECONDS)
        return error.output or b"", False
    except OSError as error:
        logger.exception("The decoder could not be started")
        raise Busy from error
    if result.returncode:
        logger.warning(
            "The decoder exited with %s: %s",
            result.returncode,
            result.stderr[-500:].decode(errors="replace"),
        )
    return result.stdout, result.returncode == 0


def _error(code: str, pixels: int) -> DeskError:
    """Return the error for a code of the decoder, or for its end without one.

    A large image that fails has met the limits.
    """
    if code == decoder.UNSUPPORTED:
        return Unsupported(
            _("This file can't be read.")
            + " "
            + _("Only JPEG, PNG, WebP, HEIC and AVIF images and PDF documents are accepted.")
        )
    if code == decoder.TOO_MANY_PIXELS or (not code and pixels > decoder.LARGE_PIXELS):
        return TooManyPixels()
    return Unreadable(_why_unreadable(code))


def _why_unreadable(code: str) -> str:
    """Return advice for the sender of a file that can't be opened, or an empty text."""
    match code:
        case decoder.PASSWORD:
            return _("This PDF has a password. Send it without the password.")
        case decoder.NO_PAGES:
            return _("This PDF has no pages.")
        case decoder.CUT_OFF:
            return _("This PDF is incomplete.")
    return ""
