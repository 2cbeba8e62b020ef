"""Examples and headers of the responses in the OpenAPI document."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpResponse

from gasutil import errors
from gasutil.api.framework.errors import of_error, of_status, problem
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
        "schema": {"type": "string", "maxLength": 255},
        "example": '"2"',
    },
    "Location": {
        "description": "The URL of the new object.",
        "schema": {"type": "string", "maxLength": 255},
        "example": "/api/v1/requests/1/",
    },
    "Link": {
        "description": (
            "The URL of the proof that the request was recorded, with the relation"
            " `https://c2sp.org/tlog-proof`. It covers the request within a minute."
        ),
        "schema": {"type": "string", "maxLength": 255},
        "example": '</api/v1/requests/1/proof/>; rel="https://c2sp.org/tlog-proof"',
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "The authentication scheme.",
        "schema": {"type": "string", "maxLength": 255},
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
    "schema": {"type": "string", "maxLength": 255},
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


def problem_samples() -> dict[str, HttpResponse]:
    """Return a sample of each problem type by its code, made as the API makes real ones."""
    transition = "SR-7KQ-2M4-TDX is resolved and can't become on_hold. Allowed: in_progress."
    too_long = FieldError(
        "description", "string_too_long", "Enter at most 4000 characters.", {"max": 4000}
    )
    samples = [
        of_status(400, "The body is not JSON."),
        of_error(errors.NotAuthenticated("The token is not valid or has expired.")),
        of_error(errors.SecondFactorRequired("Enter the code of your authenticator app as well.")),
        of_error(errors.EnrolmentRequired()),
        of_error(errors.NotAllowed("Only support can do this.")),
        of_error(errors.ApprovalRequired()),
        of_error(errors.PermissionRequired("Your account does not have the permission for this.")),
        of_error(errors.InsufficientScope("requests:work")),
        of_error(errors.PersonRequired()),
        of_error(errors.NotFound()),
        of_status(405),
        of_status(408),
        of_error(errors.Conflict("SR-7KQ-2M4-TDX is part of another incident.")),
        of_error(errors.TransitionRefused(transition, ["in_progress"])),
        of_error(errors.RequestClosed("SR-7KQ-2M4-TDX can't be reopened any more.")),
        of_error(errors.Claimed()),
        of_error(errors.IdempotencyConflict("This key was used with another body.")),
        of_error(errors.StaleVersion("SR-7KQ-2M4-TDX has changed. Its version is now 3.")),
        of_status(413, "A body can have at most 65536 bytes."),
        of_error(errors.TooLarge("A file can have at most 10 MiB.")),
        of_error(errors.SendWithoutFiles()),
        of_error(errors.TooManyPixels()),
        of_status(415, "Send the body as application/json."),
        of_error(errors.Unsupported("Only images and PDF documents are accepted.")),
        of_error(errors.Unreadable()),
        of_error(errors.Invalid([too_long])),
        of_error(errors.TooManyAttempts(280)),
        of_status(500, "Something went wrong on our side. It has been logged."),
        of_error(errors.Busy()),
        of_error(errors.FilesUnavailable()),
        problem(503, "unavailable", "Unavailable", "The service desk is down. Try again soon."),
    ]
    return {code_of(answer): answer for answer in samples}


def code_of(answer: HttpResponse) -> str:
    """Return the code of a problem: the end of its type."""
    return str(orjson.loads(answer.content)["type"]).rpartition(":")[2]


def problem_examples(answers: Iterable[HttpResponse]) -> dict[str, Any]:
    """Return the examples of errors for the document, each named by the end of its type."""
    bodies = {code_of(answer): orjson.loads(answer.content) for answer in answers}
    return {code: {"summary": body["title"], "value": body} for code, body in bodies.items()}
