"""Successful responses."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse

from gasutil.api.framework.errors import JSON


def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a body as JSON, its times in UTC with `Z`."""
    content = orjson.dumps(body, default=_as_dict, option=orjson.OPT_UTC_Z)
    return HttpResponse(content, status=status, content_type=JSON, headers=headers or {})


def etag(obj: Any) -> dict[str, str]:
    """Return the `ETag` header with an object's version; none if it has no versions."""
    version = getattr(obj, "version", None)
    return {} if version is None else {"ETag": f'"{version}"'}


def _as_dict(value: Any) -> Any:
    return value._asdict()  # a NamedTuple, which orjson can't serialize
