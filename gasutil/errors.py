"""What can go wrong, each a code and a sentence. Nothing here knows of HTTP; `http_status.py` gives each its status."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model


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
    title = "Something went wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAuthenticated(DeskError):
    """Who is calling is not known."""

    code = "not-authenticated"
    title = "Not authenticated"


class NotAllowed(DeskError):
    """The caller's role may never do this."""

    code = "not-allowed"
    title = "Not allowed"


class ApprovalRequired(NotAllowed):
    """A support account acts before a manager has approved it."""

    code = "approval-required"
    title = "Approval required"

    def __init__(self) -> None:
        super().__init__("A manager has to approve this support account before it can do that.")


class NotFound(DeskError):
    """It is not there, or not the caller's; the two are told in the same words."""

    code = "not-found"
    title = "Not found"

    def __init__(self, message: str = "There is nothing here for you under that id.") -> None:
        super().__init__(message)


class Conflict(DeskError):
    """The state that things are in forbids it."""

    code = "conflict"
    title = "Conflict"


class TransitionRefused(Conflict):
    """A service request can't go from where it is to where the caller wants it."""

    code = "transition-refused"
    title = "Transition refused"

    def __init__(self, message: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.allowed_statuses = list(allowed)


class IdempotencyConflict(Conflict):
    """A key that has been used comes again with another body."""

    code = "idempotency-conflict"
    title = "Idempotency key reused"


class StaleVersion(DeskError):
    """Somebody else was faster: the version that the caller saw is no longer the newest."""

    code = "stale-version"
    title = "Stale version"


class Invalid(DeskError):
    """What was sent does not validate; `faults` lists everything that is wrong with it."""

    code = "invalid"
    title = "Invalid input"

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("Some of what was sent is not valid; see `errors`.")
        self.faults = list(faults)


class TooLarge(DeskError):
    """What was sent is larger than what is taken."""

    code = "too-large"
    title = "Too large"


class Unsupported(DeskError):
    """What was sent is of a kind that is not taken, or not of the kind that it says."""

    code = "unsupported"
    title = "Unsupported"


class TooManyAttempts(DeskError):
    """A limit on how often something may be tried is reached; `retry_after` is in seconds."""

    code = "too-many-attempts"
    title = "Too many attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts. Try again in {retry_after} seconds.")
        self.retry_after = retry_after


class Busy(DeskError):
    """The server has more to do than it can take on now; `retry_after` is in seconds."""

    code = "busy"
    title = "Busy"
    retry_after = 2

    def __init__(self) -> None:
        super().__init__("The server is busy. Try again in a moment.")
