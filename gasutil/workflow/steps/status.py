"""The steps to a status."""

from gasutil.access import is_representative
from gasutil.models import (
    Event,
    Status,
)
from gasutil.workflow import guards, transitions
from gasutil.workflow.change import Change, LogEvent, Step


def move(to: Status, verb: str = "") -> Step:
    """Return the step to a status.

    The status a request already has is no move, unless a verb asked for just that move.
    """
    to = Status(to)

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.status == to and not verb:
            return None
        transitions.find_move(obj, to, change.roles, change.now, verb=verb)
        if to == Status.RESOLVED:
            guards.require_safety(change)
        if to == Status.CANCELLED:
            guards.require_reason(change)
        if to in (Status.IN_PROGRESS, Status.RESOLVED):
            guards.check_no_open_dispute(change)
        is_start = (obj.status, to) == (Status.PENDING, Status.IN_PROGRESS)
        if (
            is_start
            and obj.assigned_to_id is None
            and change.actor.user
            and is_representative(change.actor.user)
        ):
            obj.assigned_to_id = change.actor.id  # who starts it takes it
        _set_status(change, to)
        return LogEvent(Event.STATUS_CHANGED, is_attention=is_start or to == Status.RESOLVED)

    return step


def _set_status(change: Change, to: Status) -> None:
    change.obj.status = to
    change.obj.resolved_at = change.at if to == Status.RESOLVED else None
