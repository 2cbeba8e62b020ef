"""What can go wrong, each a code and a sentence. Nothing here knows of HTTP; `http_status.py` gives each its status.

Sentences are in the language of whoever is spoken to; the API speaks English (`languages.py`).
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class Fault(NamedTuple):
    """One thing that is wrong with one field of what somebody sent."""

    field: str
    code: str
    message: str

    @classmethod
    def of(cls, field: str, error: ValidationError) -> list["Fault"]:
        """Return what a Django validator found wrong with a field."""
        return [cls(field, fault.code or "invalid", " ".join(fault.messages)) for fault in error.error_list]

    @classmethod
    def of_fields(cls, model: Model, *names: str) -> list["Fault"]:
        """Return what is wrong with some fields of an object, and clean those that are sound."""
        try:
            model.clean_fields(exclude={field.name for field in model._meta.get_fields()}.difference(names))
        except ValidationError as error:
            return [fault for name, faults in error.error_dict.items() for fault in cls.of(name, ValidationError(faults))]
        return []


class DeskError(Exception):
    """The base of every error that a caller may be told about."""

    code = "error"
    title = gettext_noop("Something went wrong")

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAuthenticated(DeskError):
    """Who is calling is not known."""

    code = "not-authenticated"
    title = gettext_noop("Not authenticated")


class NotAllowed(DeskError):
    """The caller's role may never do this."""

    code = "not-allowed"
    title = gettext_noop("Not allowed")


class ApprovalRequired(NotAllowed):
    """A support account acts before a manager has approved it."""

    code = "approval-required"
    title = gettext_noop("Approval required")

    def __init__(self) -> None:
        super().__init__(_("A manager has to approve this support account before it can do that."))


class NotFound(DeskError):
    """It is not there, or not the caller's; the two are told in the same words."""

    code = "not-found"
    title = gettext_noop("Not found")

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("There is nothing here for you under that id."))


class Conflict(DeskError):
    """The state that things are in forbids it."""

    code = "conflict"
    title = gettext_noop("Conflict")


class TransitionRefused(Conflict):
    """A service request can't go from where it is to where the caller wants it."""

    code = "transition-refused"
    title = gettext_noop("Transition refused")

    def __init__(self, message: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.allowed_statuses = list(allowed)


class IdempotencyConflict(Conflict):
    """A key that has been used comes again with another body."""

    code = "idempotency-conflict"
    title = gettext_noop("Idempotency key reused")


class StaleVersion(DeskError):
    """Somebody else was faster: the version that the caller saw is no longer the newest."""

    code = "stale-version"
    title = gettext_noop("Stale version")


class Invalid(DeskError):
    """What was sent does not validate; `faults` lists everything that is wrong with it."""

    code = "invalid"
    title = gettext_noop("Invalid input")

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("Some of what was sent is not valid; see `errors`.")
        self.faults = list(faults)


class TooLarge(DeskError):
    """What was sent is larger than what is taken."""

    code = "too-large"
    title = gettext_noop("Too large")


class Unsupported(DeskError):
    """What was sent is of a kind that is not taken, or not of the kind that it says."""

    code = "unsupported"
    title = gettext_noop("Unsupported")


class TooManyAttempts(DeskError):
    """A limit on how often something may be tried is reached; `retry_after` is in seconds."""

    code = "too-many-attempts"
    title = gettext_noop("Too many attempts")

    def __init__(self, retry_after: int) -> None:
        super().__init__(_("Too many attempts. Try again in %(seconds)s seconds.") % {"seconds": retry_after})
        self.retry_after = retry_after


class Busy(DeskError):
    """The server has more to do than it can take on now; `retry_after` is in seconds."""

    code = "busy"
    title = gettext_noop("Busy")
    retry_after = 2

    def __init__(self) -> None:
        super().__init__(_("The server is busy. Try again in a moment."))
