"""The errors of the service desk, each with a code and a message.

`http_status.py` gives each its HTTP status.

Messages are in the language of the user or the client (`languages.py`).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.validation_messages import django_params


class FieldError(NamedTuple):
    """One validation error of one field.

    `params` are the values in the message, such as `{"max": 4000}`, for clients with texts of
    their own.
    """

    field: str
    code: str
    message: str
    params: Mapping[str, Any] = MappingProxyType({})

    def as_dict(self) -> dict[str, Any]:
        """Return the error as the API shows it."""
        return {**self._asdict(), "params": dict(self.params)}

    @classmethod
    def of(cls, field: str, error: ValidationError) -> list["FieldError"]:
        """Return the errors of one field that a Django validator raised."""
        return [
            cls(
                field, problem.code or "invalid", " ".join(problem.messages), django_params(problem)
            )
            for problem in error.error_list
        ]

    @classmethod
    def of_fields(cls, model: Model, *names: str) -> list["FieldError"]:
        """Return the errors of some fields of an object, and clean the valid ones."""
        try:
            model.clean_fields(
                exclude={field.name for field in model._meta.get_fields()}.difference(names)
            )
        except ValidationError as error:
            return [
                problem
                for name, errors in error.error_dict.items()
                for problem in cls.of(name, ValidationError(errors))
            ]
        return []


class DeskError(Exception):
    """The base of every error that a caller receives."""

    code = "error"
    title = gettext_noop("Something went wrong")

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAuthenticated(DeskError):
    """The caller is not authenticated."""

    code = "not-authenticated"
    title = gettext_noop("Not authenticated")


class SecondFactorRequired(NotAuthenticated):
    """The account has a second factor, and its code is missing or not valid."""

    code = "second-factor-required"
    title = gettext_noop("Second factor required")


class NotAllowed(DeskError):
    """The caller's role does not allow this."""

    code = "not-allowed"
    title = gettext_noop("Not allowed")


class ApprovalRequired(NotAllowed):
    """The support account has not been approved yet."""

    code = "approval-required"
    title = gettext_noop("Approval required")

    def __init__(self) -> None:
        super().__init__(_("A manager must approve this support account first."))


class EnrolmentRequired(NotAllowed):
    """The role needs a second factor, and the time to set it up has passed."""

    code = "enrolment-required"
    title = gettext_noop("Second factor must be set up")

    def __init__(self) -> None:
        super().__init__(_("Your role needs a second factor. Set it up first."))


class PermissionRequired(NotAllowed):
    """A representative lacks the permission of a role, for example an auditor who only reads."""

    code = "permission-required"
    title = gettext_noop("Permission required")


class InsufficientScope(NotAllowed):
    """A machine account lacks the scope of a call."""

    code = "insufficient-scope"
    title = gettext_noop("Insufficient scope")

    def __init__(self, scope: str) -> None:
        text = (
            _("This call needs the scope `%(scope)s`.") % {"scope": scope}
            if scope
            else _("Machine accounts can't make this call.")
        )
        super().__init__(text)


class PersonRequired(NotAllowed):
    """Only a person can do this, not a machine account."""

    code = "person-required"
    title = gettext_noop("Person required")

    def __init__(self) -> None:
        super().__init__(_("Only a person can do this. Ask a support representative."))


class NotFound(DeskError):
    """The object does not exist, or the caller may not see it; both have the same message."""

    code = "not-found"
    title = gettext_noop("Not found")

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("Not found."))


class Conflict(DeskError):
    """The current state does not allow it."""

    code = "conflict"
    title = gettext_noop("Conflict")


class TransitionRefused(Conflict):
    """The status of a request can't change as the caller wants."""

    code = "transition-refused"
    title = gettext_noop("Transition not allowed")

    def __init__(self, message: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.allowed_statuses = list(allowed)


class RequestClosed(Conflict):
    """The owner writes on a request that they can no longer reopen.

    For an emergency, the message is stored nevertheless.
    """

    code = "closed"
    title = gettext_noop("Request closed")

    def __init__(self, message: str, safety_instructions: str = "") -> None:
        super().__init__(message)
        self.safety_instructions = safety_instructions


class Claimed(Conflict):
    """A customer has claimed the request before."""

    code = "claimed"
    title = gettext_noop("Already claimed")

    def __init__(self) -> None:
        super().__init__(_("This request has already been claimed."))


class IdempotencyConflict(Conflict):
    """An idempotency key was used before with another body."""

    code = "idempotency-conflict"
    title = gettext_noop("Idempotency key reused")


class StaleVersion(DeskError):
    """The object has changed since the version that the caller saw."""

    code = "stale-version"
    title = gettext_noop("Stale version")


class Invalid(DeskError):
    """The input is not valid; `errors` lists all its errors."""

    code = "invalid"
    title = gettext_noop("Invalid input")

    def __init__(self, errors: Iterable[FieldError]) -> None:
        super().__init__(_("Some fields are not valid. See `errors`."))
        self.errors = list(errors)


class TooLarge(DeskError):
    """The input is larger than the limit."""

    code = "too-large"
    title = gettext_noop("Too large")


class SendWithoutFiles(TooLarge):
    """A body with files is too large to be read; the request can be sent without them."""

    code = "send-without-files"

    def __init__(self) -> None:
        text = _(
            "Your files are too large. Send the request without them. If you smell gas, leave the"
            " building and call %(number)s."
        )
        super().__init__(text % {"number": settings.EMERGENCY_NUMBER})


class TooManyPixels(TooLarge):
    """An image is larger than can be decoded within the limits of memory and time."""

    code = "too-many-pixels"

    def __init__(self) -> None:
        super().__init__(_("This image has too many pixels. Please send a smaller one."))


class Unsupported(DeskError):
    """The content type is not accepted, or does not match the content."""

    code = "unsupported"
    title = gettext_noop("Unsupported")


class Unreadable(Unsupported):
    """A file of an accepted type can't be opened."""

    code = "unreadable"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("This file can't be read."))


class TooManyAttempts(DeskError):
    """A limit on how often something may be tried is reached; `retry_after` is in seconds."""

    code = "too-many-attempts"
    title = gettext_noop("Too many attempts")

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            _("Too many attempts. Try again in %(seconds)s seconds.") % {"seconds": retry_after}
        )
        self.retry_after = retry_after


class TooManyStreams(TooManyAttempts):
    """A user has as many streams as are allowed."""

    def __init__(self, number: int, retry_after: int) -> None:
        super().__init__(retry_after)
        text = _(
            "This account has %(number)s streams open already. Close one, or try again in"
            " %(seconds)s seconds."
        )
        self.message = text % {"number": number, "seconds": retry_after}


class Busy(DeskError):
    """The server is overloaded; `retry_after` is in seconds."""

    code = "busy"
    title = gettext_noop("Busy")
    retry_after = 2

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("The server is busy. Try again in a moment."))


class FilesUnavailable(Busy):
    """Files can't be checked or stored now.

    The store or the virus scanner is unavailable, or the store is full.
    """

    code = "files-unavailable"
    title = gettext_noop("Files unavailable")
    retry_after = 60

    def __init__(self) -> None:
        super().__init__(
            _(
                "Files can't be stored at the moment. You can send the request without files and"
                " add them later."
            )
        )
