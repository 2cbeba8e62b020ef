"""Downloads and previews of files.

Access is checked each time, and no browser or proxy shows a file as a page or stores it.
"""

from io import BytesIO

from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from PIL import Image

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import NotFound, Unsupported
from gasutil.files import decoder, decoding, storage
from gasutil.models import Attachment

JPEG = "image/jpeg"
DOWNLOAD_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def download(pk: int, *, actor: Actor) -> HttpResponseBase:
    """Return a file, or a redirect to a link that expires after one minute."""
    attachment = access.find(actor, Attachment, pk)
    store = attachment.file.storage
    disposition = (
        content_disposition_header(as_attachment=True, filename=attachment.filename) or "attachment"
    )
    if not isinstance(store, FileSystemStorage):
        parameters = {
            "ResponseContentDisposition": disposition,
            "ResponseContentType": attachment.content_type,
        }
        url = store.url(attachment.file.name, parameters=parameters)  # type: ignore[call-arg]  # S3
        return HttpResponseRedirect(url, headers=DOWNLOAD_HEADERS)
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    headers = DOWNLOAD_HEADERS | {
        "Content-Length": str(attachment.size),
        "Content-Disposition": disposition,
    }
    return FileResponse(
        content,
        as_attachment=True,
        filename=attachment.filename,
        content_type=attachment.content_type,
        headers=headers,
    )


def thumbnail(pk: int, *, actor: Actor) -> HttpResponse:
    """Return the thumbnail of an image."""
    attachment = access.find(actor, Attachment, pk)
    if not attachment.thumbnail:
        raise NotFound
    return HttpResponse(
        storage.read_stored(attachment.thumbnail), content_type=JPEG, headers=DOWNLOAD_HEADERS
    )


def preview(pk: int, *, actor: Actor, width: int) -> HttpResponse:
    """Return an image as a JPEG of the given width, never larger than the original.

    Raises `Unsupported` for a file that is no image, and what `decoding.create_preview` raises.
    """
    attachment = access.find(actor, Attachment, pk)
    if not attachment.thumbnail:
        raise Unsupported(_("Only images have a preview."))
    content = shrink_thumbnail(storage.read_stored(attachment.thumbnail), width)
    if content is None:
        content = decoding.create_preview(
            storage.read_stored(attachment.file), width=width, user=actor.id
        )
    return HttpResponse(content, content_type=JPEG, headers=DOWNLOAD_HEADERS)


def shrink_thumbnail(content: bytes, width: int) -> bytes | None:
    """Return the preview that can be made of a thumbnail without decoding its image, or None."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as image:
        if image.width < width and max(image.size) >= max(decoder.THUMBNAIL_PIXELS):
            return None
        if image.width <= width:
            return content
        return decoder.saved(decoder.shrunk(image, (width, image.height)), "JPEG", quality=80)
