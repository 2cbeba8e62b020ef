"""Versions of an object: `ETag` tells the client which one it has, `If-Match` refuses a change to another."""

from typing import Any

from django.utils.http import parse_etags


def etag(obj: Any) -> dict[str, str]:
    """Return the header that names an object's version; none for what has no versions."""
    version = getattr(obj, "version", None)
    return {} if version is None else {"ETag": f'"{version}"'}


def read_if_match(header: str) -> tuple[int, ...]:
    """Return the versions that a client will have changed; empty for `*`, which is any."""
    tags = parse_etags(header)
    if "*" in tags:
        return ()
    return tuple(int(tag.strip('"')) for tag in tags if tag.strip('"').isdecimal()) or (-1,)
