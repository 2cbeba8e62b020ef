"""The one table of what may follow what.

The API, the console and the tests all use its statuses, verbs and roles.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from gasutil.access import OWNER_OR_STAFF, STAFF, Role
from gasutil.errors import TransitionRefused
from gasutil.models import ServiceRequest, Status

REOPEN_WITHIN = dt.timedelta(days=14)


class Move(NamedTuple):
    """Describe one way from a status to another.

    It has a name, the roles that may go it, and those that go it by a message (a comment or a
    file).
    """

    verb: str
    roles: frozenset[Role]
    by_message: frozenset[Role] = frozenset()


TABLE: Mapping[Status, Mapping[Status, Move]] = {
    Status.PENDING: {
        Status.IN_PROGRESS: Move("start", STAFF),
        Status.ON_HOLD: Move("hold", STAFF),
        Status.RESOLVED: Move("resolve", STAFF),
        Status.CANCELLED: Move("cancel", OWNER_OR_STAFF),
    },
    Status.IN_PROGRESS: {
        Status.ON_HOLD: Move("hold", STAFF),
        Status.RESOLVED: Move("resolve", STAFF),
        Status.CANCELLED: Move("cancel", STAFF),
    },
    Status.ON_HOLD: {
        Status.IN_PROGRESS: Move("resume", STAFF, by_message=frozenset({Role.OWNER})),
        Status.RESOLVED: Move("resolve", STAFF),
        Status.CANCELLED: Move("cancel", STAFF),
    },
    Status.RESOLVED: {
        Status.IN_PROGRESS: Move("reopen", OWNER_OR_STAFF, by_message=frozenset({Role.OWNER}))
    },
    Status.CANCELLED: {},
}


CLOSED = frozenset({Status.RESOLVED, Status.CANCELLED})


def moves(obj: ServiceRequest, roles: Iterable[Role], now: dt.datetime) -> dict[Status, Move]:
    """Return the transitions that these roles may make on a request, by their target status."""
    return {
        to: move
        for to, move in TABLE[Status(obj.status)].items()
        if move.roles.intersection(roles)
        and not (Role.REPORTER in roles and move.verb == "cancel")
        and not _too_late(obj, move, roles, now)
    }


def move_by_message(
    obj: ServiceRequest, roles: Iterable[Role], now: dt.datetime
) -> tuple[Status, Move] | None:
    """Return the move that a message of a user with these roles makes, if it makes one.

    A message is a comment or a file.
    """
    for to, move in TABLE[Status(obj.status)].items():
        if not move.by_message.isdisjoint(roles) and not _too_late(obj, move, roles, now):
            return to, move
    return None


def find_move(
    obj: ServiceRequest, to: Status, roles: Iterable[Role], now: dt.datetime, *, verb: str = ""
) -> Move:
    """Return the move to a status, or raise `TransitionRefused` with those that are allowed."""
    allowed = moves(obj, roles, now)
    move = allowed.get(to)
    if move is None or verb not in ("", move.verb):
        raise TransitionRefused(_refusal(obj, to, allowed), allowed)
    return move


def _too_late(obj: ServiceRequest, move: Move, roles: Iterable[Role], now: dt.datetime) -> bool:
    """Return whether a request was resolved too long ago for its owner to reopen it."""
    return (
        move.verb == "reopen"
        and STAFF.isdisjoint(roles)
        and (obj.resolved_at is None or now - obj.resolved_at > REOPEN_WITHIN)
    )


def _refusal(obj: ServiceRequest, to: Status, allowed: Iterable[Status]) -> str:
    names = ", ".join(status.value for status in allowed) or _("none")
    params = {
        "reference": obj.reference,
        "status": Status(obj.status).value,
        "to": to.value,
        "allowed": names,
    }
    return _("%(reference)s is %(status)s and can't become %(to)s. Allowed: %(allowed)s.") % params
