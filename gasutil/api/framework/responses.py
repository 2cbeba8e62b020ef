"""Successful responses."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response

from gasutil.api.framework.errors import JSON, PREFIX

# The headers of conditions for changes.
CHANGE_CONDITIONS = frozenset({"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"})
TAG_LENGTH = 16  # hexadecimal digits of a digest


PROOF_RELATION = "https://c2sp.org/tlog-proof"


def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a body as JSON, its times in UTC with `Z`."""
    content = orjson.dumps(body, default=_as_dict, option=orjson.OPT_UTC_Z)
    return HttpResponse(content, status=status, content_type=JSON, headers=headers or {})


def etag(obj: Any) -> dict[str, str]:
    """Return the `ETag` header with an object's version; none if it has no versions."""
    version = getattr(obj, "version", None)
    return {} if version is None else {"ETag": f'"{version}"'}


def found_at(location: str) -> dict[str, str]:
    """Return the headers with the URL of a new object, and that of its proof if it is a request."""
    if not location.startswith(f"{PREFIX}requests/"):
        return {"Location": location}
    return {"Location": location, "Link": f'<{location}proof/>; rel="{PROOF_RELATION}"'}


def revalidated(request: HttpRequest, response: HttpResponse, obj: Any = None) -> HttpResponse:
    """Return a response with an `ETag` of all that it shows, or 304 if the client has it already.

    The tag of an object with versions begins with its version, for `If-Match`, which concerns
    changes: a read ignores it, as it ignores `If-Unmodified-Since`.
    """
    version = getattr(obj, "version", None)
    digest = _digest(response.content)
    response.headers["ETag"] = f'"{digest}"' if version is None else f'"{version}-{digest}"'
    if not CHANGE_CONDITIONS.isdisjoint(request.META):
        return response
    return cast(
        "HttpResponse",
        get_conditional_response(request, etag=response.headers["ETag"], response=response),
    )


def tag_of(body: Any) -> str:
    """Return the `ETag` of a read of an object without versions that returns this body."""
    return f'"{_digest(respond(body).content)}"'


def _digest(content: bytes) -> str:
    language = (translation.get_language() or "").encode()
    return hashlib.sha256(language + content).hexdigest()[:TAG_LENGTH]


def _as_dict(value: Any) -> Any:
    return value._asdict()  # a NamedTuple, which orjson can't serialize
