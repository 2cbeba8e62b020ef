"""The errors between an app and the desk."""

from gasutil_client.generated.models import FieldError, Problem
from gasutil_client.generated.types import Unset


class DeskError(Exception):
    """The base of every error of this package."""


class Away(DeskError):
    """The server can't be reached, or a proxy responds in its place.

    The call may have taken effect all the same.
    """


class LoginEnded(DeskError):
    """No user is logged in, or the login has ended: the user has to log in."""

    def __init__(self, message: str = "You are not logged in.") -> None:
        super().__init__(message)


class Refused(DeskError):
    """The server rejected the call, and says why."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.retry_after = retry_after
        """Seconds after which it may be tried again, where the server names them."""

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.problem.status

    @property
    def errors(self) -> list[FieldError]:
        """Return all errors in the sent data, field by field."""
        return [] if isinstance(self.problem.errors, Unset) else self.problem.errors
