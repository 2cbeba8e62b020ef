"""The type of a file, by its content alone.

Images are re-encoded, so that only the picture is stored. PDFs stay as they are.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gasutil.errors import TooLarge, Unsupported
from gasutil.files import antivirus, decoder, decoding
from gasutil.files.names import clean_name, shorten
from gasutil.models.attachments import MAX_NAME_LENGTH

CHUNK_BYTES = 64 * 1024
PDF_HEADER, PDF_HEADER_WITHIN_BYTES = b"%PDF-", 1024
ANYTHING = ("", "application/octet-stream")  # what senders say who don't know
TYPES = mimetypes.MimeTypes()  # Python's own table, the same on every machine
PHONE_IMAGES = {
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".webp": "image/webp",
}


@dataclass(frozen=True)
class FileKind:
    """An accepted file type."""

    content_type: str
    suffixes: tuple[str, ...]
    also: tuple[str, ...] = ()  # what some senders call it


PDF = FileKind("application/pdf", (".pdf",))
IMAGES: Mapping[str, FileKind] = {
    "JPEG": FileKind(
        "image/jpeg",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        also=("image/jpg", "image/pjpeg", "image/heic", "image/heif", "image/avif"),
    ),
    "PNG": FileKind("image/png", (".png",)),
    "WEBP": FileKind("image/webp", (".webp",)),
}
FILE_KINDS = (*IMAGES.values(), PDF)
# What a browser offers to choose; it knows some types by their extensions only.
ACCEPTED = ",".join(
    dict.fromkeys(
        [*(kind.content_type for kind in FILE_KINDS), *PHONE_IMAGES.values(), *PHONE_IMAGES]
    )
)


@dataclass(frozen=True, kw_only=True)
class ValidatedFile:
    """A valid file: its content as it is stored, and its type."""

    filename: str
    content_type: str
    content: File[bytes]
    size: int
    sha256: str
    thumbnail: ContentFile[bytes] | None = None


def validate_upload(
    upload: "UploadedFile[bytes]", *, field: str = "file", user: int | None = None
) -> ValidatedFile:
    """Validate a file that a user sends in a field, and return what is stored of it.

    Raises `TooLarge`, `Unsupported` for what is not taken or is not what it says, and what
    `antivirus.require_clean` and `decoding` raise.
    """
    if (upload.size or 0) > settings.FILE_LIMIT:
        raise TooLarge(
            _("A file can have at most %(size)s MiB.") % {"size": settings.FILE_LIMIT // 2**20}
        )
    name = clean_name(upload.name or "")
    antivirus.require_clean(
        upload, name=name, field=field
    )  # first: nothing that it knows is given to a decoder
    upload.seek(0)
    content = upload.read()
    if is_pdf(content):
        decoding.check_pdf(content, user=user)
        return _validated(name, PDF, upload, upload)
    picture = decoding.re_encode(content, user=user)
    kind = IMAGES[picture.form]
    if picture.source in IMAGES:  # a large WebP is stored as JPEG, and may say that it is a WebP
        kind = replace(kind, also=(*kind.also, IMAGES[picture.source].content_type))
    return _validated(
        name, kind, upload, ContentFile(picture.content), ContentFile(picture.thumbnail)
    )


def is_pdf(content: bytes) -> bool:
    """Return whether PDF readers accept a content.

    Its header is near the start, and it does not start as an image does.
    """
    is_image = content.startswith(decoder.SIGNATURES) or content[4:8] == b"ftyp"
    return PDF_HEADER in content[:PDF_HEADER_WITHIN_BYTES] and not is_image


def _validated(
    name: str,
    kind: FileKind,
    upload: "UploadedFile[bytes]",
    content: File[bytes],
    thumbnail: ContentFile[bytes] | None = None,
) -> ValidatedFile:
    declared = (upload.content_type or "").partition(";")[0].strip().lower()
    suffix = PurePath(name).suffix.lower()
    is_renamed = (
        kind is not PDF and suffix not in kind.suffixes and _type_of(suffix).startswith("image/")
    )
    if _names_another(declared, kind) and not (
        is_renamed and declared == _type_of(suffix)
    ):  # browsers derive the type from the name
        raise Unsupported(
            _("The content is %(kind)s, not %(declared)s.")
            % {
                "kind": kind.content_type,
                "declared": declared,
            }
        )
    if _type_of(suffix) and suffix not in kind.suffixes and not is_renamed:
        raise Unsupported(
            _("This is %(kind)s, but the file name says otherwise.") % {"kind": kind.content_type}
        )
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    full = (
        name
        if suffix in kind.suffixes
        else _with_suffix(PurePath(name).stem if is_renamed else name, kind.suffixes[0])
    )
    return ValidatedFile(
        filename=full,
        content_type=kind.content_type,
        content=content,
        size=size,
        sha256=digest.hexdigest(),
        thumbnail=thumbnail,
    )


def _type_of(suffix: str) -> str:
    """Return the content type that an extension names, or an empty text.

    Not every dot begins an extension, such as that in "Flat 3.C".
    """
    if len(suffix) <= len(".c"):
        return ""
    kinds = (kind.content_type for kind in FILE_KINDS if suffix in kind.suffixes)
    return (
        next(kinds, "")
        or PHONE_IMAGES.get(suffix, "")
        or TYPES.guess_type("x" + suffix, strict=False)[0]
        or ""
    )


def _names_another(declared: str, kind: FileKind) -> bool:
    """Return whether a content type names a file type, and not this one."""
    if declared in (*ANYTHING, kind.content_type, *kind.also):
        return False
    others = {name for other in FILE_KINDS for name in (other.content_type, *other.also)} | set(
        PHONE_IMAGES.values()
    )
    return declared in others or TYPES.guess_extension(declared, strict=False) is not None


def _with_suffix(name: str, suffix: str) -> str:
    return shorten(name, MAX_NAME_LENGTH - len(suffix)).rstrip(" .") + suffix
