"""Every error of the API in one shape: RFC 9457 `application/problem+json`."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import takewhile
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from gasutil import errors
from gasutil.errors import DeskError, Fault, Invalid
from gasutil.http_status import status_of

logger = logging.getLogger(__name__)
PREFIX = "/api/v1/"
JSON = "application/json"
PROBLEM = "application/problem+json"
TYPE = "urn:gasutil:problem:"
MESSAGES: Mapping[str, str] = {"model_type": "Send a JSON object."}  # where pydantic would speak of our own code


class FieldFault(Schema):
    """One thing that is wrong with one field."""

    field: str = Field(examples=["password2"])
    code: str = Field(examples=["password_mismatch"])
    message: str = Field(examples=["The two passwords are not the same."])


class Problem(Schema):
    """What went wrong, as RFC 9457 tells it."""

    type: str = Field(examples=[TYPE + "invalid"])
    title: str = Field(examples=["Invalid input"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Some of what was sent is not valid; see `errors`."])
    errors: list[FieldFault] = Field(default=[], description="Every fault of a body or a query, with 422.")
    allowed_statuses: list[str] = Field(default=[], description="Where the request may go instead, with 409.")


def problem(status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> HttpResponse:
    """Return one problem as an answer."""
    body = {"type": TYPE + code, "title": title, "status": status, "detail": detail, **more}
    content = orjson.dumps(body)
    return HttpResponse(content, status=status, content_type=PROBLEM, headers={"Content-Length": str(len(content)), **(headers or {})})


def of_error(error: DeskError) -> HttpResponse:
    """Return the answer that tells of one of the service desk's own errors."""
    status = status_of(error)
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooManyAttempts | errors.Busy):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Invalid):
        more["errors"] = [fault._asdict() for fault in error.faults]
    if isinstance(error, errors.TransitionRefused):
        more["allowed_statuses"] = error.allowed_statuses
    return problem(status, error.code, error.title, error.message, headers, **more)


def of_status(status: int, detail: str = "") -> HttpResponse:
    """Return a problem that HTTP itself has a name for."""
    phrase = HTTPStatus(status)
    return problem(status, phrase.phrase.lower().replace(" ", "-"), phrase.phrase, detail or phrase.description or phrase.phrase)


def faults_of(details: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return what pydantic found wrong, each named by its field; of a parameter, the first of what it might have been."""
    found: dict[Any, Fault] = {}
    for error in details:
        message = MESSAGES.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
        fault = Fault(_field(error["loc"]), str(error["type"]), message)
        found.setdefault(fault.field if error["loc"][0] == "query" else fault, fault)
    return list(found.values())


def _field(location: Sequence[int | str]) -> str:
    """Return `details.meter` for `("body", "body", "details", "meter")`: what the client wrote, without where ninja found it."""
    path = location[2:3] if location[0] == "query" else location[2:]
    return ".".join(takewhile(lambda part: isinstance(part, str), path or location[-1:]))  # type: ignore[arg-type]


def answer(request: HttpRequest, error: Any) -> HttpResponse:
    """Return the answer that tells of any error: of ours and of the framework's in words, of what nobody foresaw nothing."""
    match error:
        case DeskError():
            return of_error(error)
        case ValidationError():
            return of_error(Invalid(faults_of(error.errors)))
        case AuthenticationError():
            return of_error(errors.NotAuthenticated("Send an access token: `Authorization: Bearer …`."))
        case HttpError(status_code=400):
            return of_status(400, "The body is not JSON.")
        case HttpError():
            return of_status(error.status_code, str(error))
        case MultiPartParserError():
            return of_status(400, "The form can't be read.")
        case RequestDataTooBig():
            return of_status(413)
        case SuspiciousOperation():
            return of_status(400)
        case OperationalError() | InterfaceError():  # the database is down, locked, or has no connection to spare
            logger.error("%s %s found no database: %s", request.method, request.path, error)
            return of_error(errors.Busy())
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return of_status(500, "Something went wrong on our side. It has been logged.")
