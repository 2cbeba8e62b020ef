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
from django.utils.translation import gettext_noop
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gasutil import errors
from gasutil.errors import DeskError, FieldError, Invalid
from gasutil.http_status import status_of
from gasutil.identity.security_log import record_denial
from gasutil.validation_messages import message_of, pydantic_params

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
# The title and the detail of each status. The type is made of the title, so it never changes.
HTTP_TEXTS: Mapping[int, tuple[str, str]] = {
    400: (gettext_noop("Bad Request"), gettext_noop("Bad request syntax or unsupported method")),
    403: (gettext_noop("Forbidden"), gettext_noop("You can't do this.")),
    404: (gettext_noop("Not Found"), gettext_noop("Nothing matches the given URI")),
    405: (
        gettext_noop("Method Not Allowed"),
        gettext_noop("Specified method is invalid for this resource"),
    ),
    408: (gettext_noop("Request Timeout"), gettext_noop("The body did not arrive in time.")),
    413: (gettext_noop("Request Entity Too Large"), gettext_noop("Entity is too large")),
    415: (
        gettext_noop("Unsupported Media Type"),
        gettext_noop("Entity body in unsupported format"),
    ),
    500: (
        gettext_noop("Internal Server Error"),
        gettext_noop("Something went wrong on our side. It has been logged."),
    ),
    503: (
        gettext_noop("Service Unavailable"),
        gettext_noop("The server is busy. Try again in a moment."),
    ),
}


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
        more["errors"] = [field_error.as_dict() for field_error in error.errors]
    if isinstance(error, errors.TransitionRefused):
        more["allowed_statuses"] = error.allowed_statuses
    if isinstance(error, errors.RequestClosed) and error.safety_instructions:
        more["safety_instructions"] = error.safety_instructions
    return problem(status, error.code, _(error.title), error.message, headers, **more)


def of_status(status: int, detail: str = "") -> HttpResponse:
    """Return the response for a status that HTTP itself defines."""
    known = HTTPStatus(status)
    phrase, description = HTTP_TEXTS.get(status, (known.phrase, known.description))
    code = phrase.lower().replace(" ", "-")
    return problem(status, code, _(phrase), detail or _(description or phrase))


def errors_of(details: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Return pydantic's errors by field; for a parameter of a union type, only the first."""
    by_field: dict[Any, FieldError] = {}
    for error in details:
        field_error = _field_error(error)
        by_field.setdefault(
            field_error.field if error["loc"][0] == "query" else field_error[:3], field_error
        )
    return list(by_field.values())


def _field_error(error: Mapping[str, Any]) -> FieldError:
    """Return one of pydantic's errors as a field error, with a message for the sender."""
    field, code = _field(error["loc"]), str(error["type"])
    sent = str(error["loc"][min(2, len(error["loc"]) - 1)])  # a part's whole name, or a key
    nested = nested_message(sent) if code == "extra_forbidden" else ""
    return FieldError(field, code, nested or message_of(error), pydantic_params(error))


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
            return of_error(Invalid(errors_of(error.errors)))
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
