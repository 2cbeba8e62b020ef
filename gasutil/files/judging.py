"""What a file is, by its content alone: images are painted anew, so that nothing but the picture is kept; PDFs stay as they are."""

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from PIL import Image, ImageOps

from gasutil.errors import Busy, TooLarge, Unsupported
from gasutil.files import antivirus
from gasutil.models.attachments import LONGEST_NAME

PIXELS = 40_000_000  # at most: a small file may unfold to gigabytes
THUMBNAIL = (480, 480)
AT_ONCE = 2  # images, each of which may take a hundred megabytes
PATIENCE = 10  # seconds to wait for the turn
CHUNK = 64 * 1024
ANYTHING = ("", "application/octet-stream")  # what senders say who don't know
Image.MAX_IMAGE_PIXELS = None  # our own limit comes first
_gate = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken."""

    content_type: str
    suffixes: tuple[str, ...]
    also: tuple[str, ...] = ()  # what some senders call it


PDF = Kind("application/pdf", (".pdf",))
IMAGES: Mapping[str, Kind] = {
    "JPEG": Kind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), also=("image/jpg", "image/pjpeg")),
    "PNG": Kind("image/png", (".png",)),
    "WEBP": Kind("image/webp", (".webp",)),
}
KINDS = (*IMAGES.values(), PDF)
QUALITY: Mapping[str, Mapping[str, Any]] = {"JPEG": {"quality": 90}, "PNG": {}, "WEBP": {"quality": 90}}
TAKEN = gettext_noop("Only JPEG, PNG and WebP images and PDF documents are taken.")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A file that is taken: what is to be kept of it, and what it is."""

    filename: str
    content_type: str
    content: File[bytes]
    size: int
    sha256: str
    thumbnail: ContentFile[bytes] | None = None


def judge(upload: "UploadedFile[bytes]", *, field: str = "file") -> Judged:
    """Return what is to be kept of a file that came in a field.

    Raises `TooLarge`, `Unsupported` for what is not taken or is not what it says, and what `antivirus.check` raises.
    """
    if (upload.size or 0) > settings.FILE_LIMIT:
        raise TooLarge(_("A file has %(size)s MiB at most.") % {"size": settings.FILE_LIMIT // 2**20})
    name = clean_name(upload.name or "")
    antivirus.check(upload, name=name, field=field)  # first: nothing that it knows is given to a decoder
    upload.seek(0)
    is_pdf = upload.read(5) == b"%PDF-"
    upload.seek(0)
    if is_pdf:
        _check_pdf(upload)
        return _judged(name, PDF, upload, upload)
    with _turn():
        return _judge_image(name, upload)


def clean_name(name: str) -> str:
    """Return the name of a file without folders and what no name should hold, no longer than is kept."""
    path = PurePath(re.sub(r"[\x00-\x1f\x7f<>:\"|?*]", "", name.replace("\\", "/")).strip())
    return path.stem[: LONGEST_NAME - len(path.suffix)] + path.suffix if path.name and len(path.suffix) < 10 else "file"


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one's turn; raise `Busy` if it does not come."""
    if not _gate.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _gate.release()


def _check_pdf(upload: "UploadedFile[bytes]") -> None:
    upload.seek(max((upload.size or 0) - 1024, 0))
    is_whole = b"%%EOF" in upload.read()
    upload.seek(0)
    if not is_whole:
        raise Unsupported(_("This PDF is cut off."))


def _judge_image(name: str, upload: "UploadedFile[bytes]") -> Judged:
    kept = BytesIO()
    try:
        with Image.open(upload, formats=list(IMAGES)) as image:
            form = "JPEG" if image.format == "MPO" else str(image.format)  # of a phone that keeps a second picture within
            if image.width * image.height > PIXELS:
                raise Unsupported(_("An image has %(number)s million pixels at most.") % {"number": PIXELS // 10**6})
            upright = ImageOps.exif_transpose(image)
            upright.info.pop("comment", None)  # which would be kept
            upright.save(kept, form, icc_profile=image.info.get("icc_profile"), **QUALITY[form])
            small = _thumbnail(upright)
    except (OSError, ValueError, SyntaxError, ArithmeticError, EOFError, KeyError, TypeError, IndexError, MemoryError) as error:
        raise Unsupported(_("This file can't be read.") + f" {_(TAKEN)}") from error  # whatever a decoder makes of what is none
    return _judged(name, IMAGES[form], upload, File(kept), small)


def _thumbnail(image: Image.Image) -> ContentFile[bytes]:
    small = image.convert("RGBA")
    small.thumbnail(THUMBNAIL)
    white = Image.new("RGB", small.size, "white")
    white.paste(small, mask=small.getchannel("A"))
    kept = BytesIO()
    white.save(kept, "JPEG", quality=80)
    return ContentFile(kept.getvalue())


def _judged(
    name: str, kind: Kind, upload: "UploadedFile[bytes]", content: File[bytes], thumbnail: ContentFile[bytes] | None = None
) -> Judged:
    said = (upload.content_type or "").partition(";")[0].strip().lower()
    if said not in (*ANYTHING, kind.content_type, *kind.also):
        raise Unsupported(_("This is %(kind)s, not %(said)s.") % {"kind": kind.content_type, "said": said})
    if PurePath(name).suffix.lower() not in ("", *kind.suffixes):
        raise Unsupported(_("This is %(kind)s, which its name denies.") % {"kind": kind.content_type})
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    full = name if PurePath(name).suffix else name + kind.suffixes[0]
    return Judged(filename=full, content_type=kind.content_type, content=content, size=size, sha256=digest.hexdigest(), thumbnail=thumbnail)
