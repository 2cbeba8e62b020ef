"""Examples and headers of the responses in the OpenAPI document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpResponse

from gasutil import errors
from gasutil.api.framework.errors import of_error, of_status
from gasutil.errors import FieldError

PLAIN: Mapping[str, Any] = {
    "string": "…",
    "integer": 1,
    "number": 0.5,
    "boolean": False,
    "object": {},
}
HEADER_EXAMPLES: Mapping[str, dict[str, Any]] = {
    "ETag": {
        "description": (
            "Changes with the object. Send it as `If-None-Match` to read only what is new, or that"
            " of a request as `If-Match` to change only this version."
        ),
        "schema": {"type": "string"},
        "example": '"2"',
    },
    "Location": {
        "description": "The URL of the new object.",
        "schema": {"type": "string"},
        "example": "/api/v1/requests/1/",
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer"},
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "The authentication scheme.",
        "schema": {"type": "string"},
        "example": "Bearer",
    },
}

REQUEST_ID = "X-Request-Id"
REQUEST_ID_HEADER: Mapping[str, Any] = {
    "description": (
        "The ID of the request, also in the server's log: the one that the client sent as"
        " `X-Request-Id` (8 to 64 letters, digits, `_`, `.` and `-`), or a random one."
    ),
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{8,64}$", "maxLength": 64},
    "example": "5f0c6d3e8a1b4c7d9e2f0a1b3c5d7e9f",
}
IF_NONE_MATCH: Mapping[str, Any] = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The `ETag` of what the client has already. If it is current, returns 304.",
    "schema": {"type": "string"},
    "required": False,
}


def not_modified() -> dict[str, Any]:
    """Return the documentation of the response to a client that has the current object."""
    return {"description": "Not modified: the client has it already."} | header_docs(["ETag"])


def header_docs(names: Iterable[str]) -> dict[str, Any]:
    """Return the documentation of the response headers that a client needs."""
    headers = {name: HEADER_EXAMPLES[name] for name in sorted(names) if name in HEADER_EXAMPLES}
    return {"headers": headers} if headers else {}


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    """Return an example for a schema, combined from the examples of its parts."""
    match schema:
        case {"examples": [first, *_]} | {"enum": [first, *_]}:
            return first
        case {"$ref": reference}:
            return example_of(components[reference.rpartition("/")[2]], components)
        case {"properties": properties}:
            return {name: example_of(part, components) for name, part in properties.items()}
        case {"items": part}:
            return [example_of(part, components)]
        case {"anyOf": [first, *_]}:
            return example_of(first, components)
    return PLAIN.get(schema.get("type", ""))


def problems() -> dict[int, list[HttpResponse]]:
    """Return sample error responses by status, made as the API makes real ones."""
    by_status = defaultdict(list)
    for answer in [
        of_status(400, "The body is not JSON."),
        of_error(errors.NotAuthenticated("The token is not valid or has expired.")),
        of_error(errors.NotAllowed("Only support can do this.")),
        of_error(errors.ApprovalRequired()),
        of_error(errors.NotFound()),
        of_error(
            errors.TransitionRefused(
                "SR-7KQ-2M4-TDX is resolved and can't become on_hold. Allowed: in_progress.",
                ["in_progress"],
            )
        ),
        of_error(errors.StaleVersion("SR-7KQ-2M4-TDX has changed. Its version is now 3.")),
        of_status(413, "A body can have at most 65536 bytes."),
        of_status(415, "Send the body as application/json."),
        of_error(
            errors.Invalid(
                [FieldError("password2", "password_mismatch", "The two passwords don't match.")]
            )
        ),
        of_error(errors.TooManyAttempts(280)),
        of_error(errors.Busy()),
    ]:
        by_status[answer.status_code].append(answer)
    return by_status


def problem_examples(answers: Iterable[HttpResponse]) -> dict[str, Any]:
    """Return the examples of errors for the document, each named by the end of its type."""
    bodies = [orjson.loads(answer.content) for answer in answers]
    return {
        body["type"].rpartition(":")[2]: {"summary": body["title"], "value": body}
        for body in bodies
    }
