"""Where the changes of a call or a task come from: their channel, and the IP address.

The history rows of a change store both. A call sets them once, so that no function has to hand them
on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from gasutil.models.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Origin:
    """The channel and the IP address of a change. Without a call, it is the system's own."""

    channel: Channel = Channel.SYSTEM
    ip: str | None = None


_CURRENT = ContextVar("origin", default=Origin())  # noqa: B039  # frozen


def current_origin() -> Origin:
    """Return the origin of the changes that are made now."""
    return _CURRENT.get()


@contextmanager
def coming_from(channel: Channel, ip: str | None = None) -> Iterator[None]:
    """Set the origin of the changes that are made inside."""
    token = _CURRENT.set(Origin(channel, ip))
    try:
        yield
    finally:
        _CURRENT.reset(token)
