"""Giving files back: asked anew every time, never shown in a browser's own page, never kept by anybody between."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import NotFound
from gasutil.models import Attachment

CHUNK = 64 * 1024
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def download(pk: int, *, actor: Actor, request: HttpRequest) -> HttpResponseBase:
    """Return a file's content, or the way to it: a link that is good for a minute."""
    found = access.find(actor, Attachment, pk)
    storage = found.file.storage
    disposition = content_disposition_header(as_attachment=True, filename=found.filename) or "attachment"
    if not isinstance(storage, FileSystemStorage):
        told = {"ResponseContentDisposition": disposition, "ResponseContentType": found.content_type}
        return HttpResponseRedirect(storage.url(found.file.name, parameters=told), headers=HEADERS)  # type: ignore[call-arg]  # S3's takes them
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    headers = HEADERS | {"Content-Length": str(found.size), "Content-Disposition": disposition}
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(Chunks(content), content_type=found.content_type, headers=headers)
    return FileResponse(content, as_attachment=True, filename=found.filename, content_type=found.content_type, headers=headers)


class Chunks:
    """A file, chunk by chunk, for ASGI: Django would read the whole of a plain one into memory there."""

    def __init__(self, content: Any) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the chunks."""
        while chunk := await asyncio.to_thread(self.content.read, CHUNK):
            yield chunk

    def close(self) -> None:
        """Close the file; the response does, whether or not it was read."""
        self.content.close()


def thumbnail(pk: int, *, actor: Actor) -> HttpResponse:
    """Return the small picture of an image, which we have painted ourselves."""
    found = access.find(actor, Attachment, pk)
    if not found.thumbnail:
        raise NotFound
    with found.thumbnail.open("rb") as content:
        return HttpResponse(content.read(), content_type="image/jpeg", headers=HEADERS)
