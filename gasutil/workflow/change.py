"""What the steps of a change receive and return."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from gasutil.access import Actor, Role
from gasutil.models import Event, ServiceRequest


@dataclass(frozen=True, kw_only=True)
class Change:
    """The context of a step; a step changes `obj` only."""

    obj: ServiceRequest
    actor: Actor
    roles: frozenset[Role]
    notes: str
    now: dt.datetime  # when it is recorded
    at: dt.datetime  # when it happened


@dataclass(frozen=True)
class LogEvent:
    """The entry of the log about a change.

    It has the event, what it happened to, and notes of the system where it has any.
    """

    event: Event
    subject: str = ""
    notes: str = ""
    is_internal: bool = False
    attachment: int | None = None
    sha256: str = ""  # of the attachment's file
    reason_code: str = ""  # for reports
    is_attention: bool = (
        False  # a support representative has looked at the request: it is acknowledged
    )


Step = Callable[[Change], LogEvent | None]
"""Check, alter the request and say what that means; None where the request is so already."""


@dataclass(frozen=True)
class Additive:
    """A step that only adds to a request, such as a note or a milestone.

    It does not conflict with what others add since its author saw the request.
    """

    step: Step

    def __call__(self, change: Change) -> LogEvent | None:
        """Take the step."""
        return self.step(change)
