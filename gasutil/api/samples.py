"""What the document shows of answers: an example of each, and the headers that come with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpResponse

from gasutil import errors
from gasutil.api.errors import of_error, of_status
from gasutil.errors import Fault

PLAIN: Mapping[str, Any] = {"string": "…", "integer": 1, "number": 0.5, "boolean": False, "object": {}}
HEADERS: Mapping[str, dict[str, Any]] = {
    "ETag": {"description": "The version, which comes back as `If-Match`.", "schema": {"type": "string"}, "example": '"2"'},
    "Location": {"description": "Where it is found.", "schema": {"type": "string"}, "example": "/api/v1/requests/1/"},
    "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "integer"}, "example": 2},
    "WWW-Authenticate": {"description": "How to say who calls.", "schema": {"type": "string"}, "example": "Bearer"},
}


def told_headers(names: Iterable[str]) -> dict[str, Any]:
    """Return what an answer of the document tells of those headers that a client has to know of."""
    told = {name: HEADERS[name] for name in sorted(names) if name in HEADERS}
    return {"headers": told} if told else {}


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    """Return an example of what a schema describes, put together of those of its parts."""
    match schema:
        case {"examples": [first, *_]} | {"enum": [first, *_]}:
            return first
        case {"$ref": reference}:
            return example_of(components[reference.rpartition("/")[2]], components)
        case {"properties": properties}:
            return {name: example_of(one, components) for name, one in properties.items()}
        case {"items": one}:
            return [example_of(one, components)]
        case {"anyOf": [first, *_]}:
            return example_of(first, components)
    return PLAIN.get(schema.get("type", ""))


def problems() -> dict[int, list[HttpResponse]]:
    """Return answers that tell of an error, as they are given, by their status."""
    found = defaultdict(list)
    for answer in [
        of_status(400, "The body is not JSON."),
        of_error(errors.NotAuthenticated("The token is not valid, or no longer.")),
        of_error(errors.NotAllowed("Only support can do this.")),
        of_error(errors.ApprovalRequired()),
        of_error(errors.NotFound()),
        of_error(errors.TransitionRefused("SR-7KQ-2M4-TDX is resolved and can't become on_hold. Allowed: in_progress.", ["in_progress"])),
        of_error(errors.StaleVersion("SR-7KQ-2M4-TDX has changed since: it is at version 3.")),
        of_status(413, "A body has 65536 bytes at most."),
        of_status(415, "Send the body as application/json."),
        of_error(errors.Invalid([Fault("password2", "password_mismatch", "The two passwords are not the same.")])),
        of_error(errors.TooManyAttempts(280)),
        of_error(errors.Busy()),
    ]:
        found[answer.status_code].append(answer)
    return found


def told_problems(answers: Iterable[HttpResponse]) -> dict[str, Any]:
    """Return what the document shows of errors, each named by the end of its type."""
    bodies = [orjson.loads(answer.content) for answer in answers]
    return {body["type"].rpartition(":")[2]: {"summary": body["title"], "value": body} for body in bodies}
