"""The errors of the API, all as RFC 9457 `application/problem+json`."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import takewhile
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from gasutil import errors
from gasutil.errors import DeskError, FieldError, Invalid
from gasutil.http_status import status_of
from gasutil.identity.security_log import record_denial
from gasutil.validation_messages import message_of

logger = logging.getLogger(__name__)
PREFIX = "/api/v1/"
JSON = "application/json"
PROBLEM = "application/problem+json"
TYPE = "urn:gasutil:problem:"
WRITTEN_AS_JSON = (
    "details",
    "customer",
    "caller",
    "latitude",
    "longitude",
)  # the parts of a form that contain JSON
# Python 3.13 has another phrase, and a problem's type must not change.
PHRASES: Mapping[int, str] = {413: "Request Entity Too Large"}


class FieldFault(Schema):
    """A validation error in one field."""

    field: str = Field(examples=["password2"])
    code: str = Field(examples=["password_mismatch"])
    message: str = Field(examples=["The two passwords don't match."])


class Problem(Schema):
    """An error, as defined in RFC 9457."""

    type: str = Field(examples=[TYPE + "invalid"])
    title: str = Field(examples=["Invalid input"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Some fields are not valid. See `errors`."])
    instance: str = Field(
        default="",
        description="The ID of the request, as in `X-Request-Id`.",
        examples=["5f0c6d3e8a1b4c7d9e2f0a1b3c5d7e9f"],
    )
    errors: list[FieldFault] = Field(
        default=[], description="Every validation error in the body or query (422)."
    )
    allowed_statuses: list[str] = Field(
        default=[], description="The statuses that the request can change to (409)."
    )
    safety_instructions: str = Field(
        default="", description="What to do now (409 `closed` for an emergency)."
    )


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Return the response for one problem."""
    body = {"type": TYPE + code, "title": title, "status": status, "detail": detail, **more}
    content = orjson.dumps(body)
    return HttpResponse(
        content,
        status=status,
        content_type=PROBLEM,
        headers={"Content-Length": str(len(content)), **(headers or {})},
    )


def of_error(error: DeskError) -> HttpResponse:
    """Return the response for one of the service desk's own errors."""
    status = status_of(error)
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooManyAttempts | errors.Busy):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Invalid):
        more["errors"] = [fault._asdict() for fault in error.errors]
    if isinstance(error, errors.TransitionRefused):
        more["allowed_statuses"] = error.allowed_statuses
    if isinstance(error, errors.RequestClosed) and error.safety_instructions:
        more["safety_instructions"] = error.safety_instructions
    return problem(status, error.code, error.title, error.message, headers, **more)


def of_status(status: int, detail: str = "") -> HttpResponse:
    """Return the response for a status that HTTP itself defines."""
    known = HTTPStatus(status)
    phrase = PHRASES.get(status, known.phrase)
    return problem(
        status, phrase.lower().replace(" ", "-"), phrase, detail or known.description or phrase
    )


def faults_of(details: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Return pydantic's errors by field; for a parameter of a union type, only the first."""
    by_field: dict[Any, FieldError] = {}
    for error in details:
        fault = _fault(error)
        by_field.setdefault(fault.field if error["loc"][0] == "query" else fault, fault)
    return list(by_field.values())


def _fault(error: Mapping[str, Any]) -> FieldError:
    """Return one of pydantic's errors as a field error, with a message for the sender."""
    field, code = _field(error["loc"]), str(error["type"])
    nested = nested_message(field) if code == "extra_forbidden" else ""
    return FieldError(field, code, nested or message_of(error))


def nested_message(name: str) -> str:
    """Return the hint for a form part such as `details[meter]`, or an empty text.

    Some libraries make such parts from an object.
    """
    field = re.split(r"[\[.]", name)[0]
    if field == name or field not in WRITTEN_AS_JSON:
        return ""
    return _("Send %(field)s as one part that contains a JSON object.") % {"field": f"`{field}`"}


def _field(location: Sequence[int | str]) -> str:
    """Return the client's name of a field, without ninja's prefix.

    For `("body", "body", "details", "meter")`, this is `details.meter`.
    """
    path = location[2:3] if location[0] == "query" else location[2:]
    return ".".join(takewhile(lambda part: isinstance(part, str), path or location[-1:]))  # type: ignore[arg-type]


def error_response(request: HttpRequest, error: Any) -> HttpResponse:
    """Return the response for any exception; an unexpected one gets a 500 that reveals nothing."""
    match error:
        case DeskError():
            record_denial(request, error, getattr(getattr(request, "auth", None), "user", None))
            return of_error(error)
        case ValidationError():
            return of_error(Invalid(faults_of(error.errors)))
        case AuthenticationError():
            return of_error(
                errors.NotAuthenticated(_("Send an access token: `Authorization: Bearer …`."))
            )
        case HttpError(__cause__=Exception() as cause) if not isinstance(cause, ValueError):
            return error_response(
                request, cause
            )  # the framework turns every error of reading a body into a 400
        case HttpError() | MultiPartParserError() | SuspiciousOperation():
            return _of_http_error(error)
        case (
            OperationalError() | InterfaceError()
        ):  # the database is down, locked, or has no connection to spare
            logger.error(
                "%s %s: the database is unavailable: %s", request.method, request.path, error
            )
            return of_error(errors.Busy())
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return of_status(500, _("Something went wrong on our side. It has been logged."))


def _of_http_error(error: Any) -> HttpResponse:
    """Return the response for a call that breaks a rule of HTTP."""
    match error:
        case HttpError(status_code=400):
            return of_status(400, _("The body is not JSON."))
        case HttpError():
            return of_status(error.status_code, str(error))
        case MultiPartParserError():
            return of_status(400, _("The form can't be read."))
    return of_status(413 if isinstance(error, RequestDataTooBig) else 400)
