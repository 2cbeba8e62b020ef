"""What a step of a change gets, and what it says."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from gasutil.access import Actor, Role
from gasutil.models import Event, ServiceRequest


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a step may know of the change it is part of; it alters `obj` and nothing else."""

    obj: ServiceRequest
    actor: Actor
    roles: frozenset[Role]
    notes: str
    now: dt.datetime


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
    is_attention: bool = (
        False  # a support representative has looked at the request: it is acknowledged
    )


Step = Callable[[Change], LogEvent | None]
"""Check, alter the request and say what that means; None where the request is so already."""
