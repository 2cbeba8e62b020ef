"""What a verb may do to a request: each step checks, alters it, and says what that means in the log."""

from django.db.models import QuerySet

from gasutil.errors import Fault, Invalid, TransitionRefused
from gasutil.models import Event, Priority, Status, User, UserType
from gasutil.workflow import transitions
from gasutil.workflow.engine import Change, Step


def move(to: Status, verb: str = "") -> Step:
    """Return the step to a status. The status a request already has is no move, unless a verb asked for just that move."""

    to = Status(to)

    def step(change: Change) -> Event | None:
        obj = change.obj
        if obj.status == to and not verb:
            return None
        transitions.find_move(obj, to, change.roles, change.now, verb=verb)
        if to == Status.RESOLVED:
            _pass_the_gate(change)
        obj.status = to
        obj.resolved_at = change.now if to == Status.RESOLVED else None
        return Event.STATUS_CHANGED

    return step


def _pass_the_gate(change: Change) -> None:
    """An emergency is not resolved without a word."""
    obj = change.obj
    if (obj.is_emergency or obj.priority == Priority.EMERGENCY) and not change.notes:
        allowed = [to for to in transitions.moves(obj, change.roles, change.now) if to != Status.RESOLVED]
        raise TransitionRefused(f"{obj.reference} is an emergency: a note has to say why it can be resolved.", allowed)


def prioritise(priority: Priority) -> Step:
    """Return the step to a priority."""

    def step(change: Change) -> Event | None:
        if change.obj.priority == priority:
            return None
        change.obj.priority = priority
        return Event.PRIORITISED

    return step


def assign(user_id: int | None) -> Step:
    """Return the step that hands a request to a support representative, or to nobody."""

    def step(change: Change) -> Event | None:
        obj = change.obj
        if obj.assigned_to_id == user_id:
            return None
        if user_id is not None and not representatives().filter(pk=user_id).exists():
            raise Invalid([Fault("assigned_to", "not_a_representative", "This is not an approved support representative.")])
        obj.assigned_to_id = user_id
        return Event.ASSIGNED

    return step


def representatives() -> QuerySet[User]:
    """Return those who can be given a request: approved and active."""
    return User.objects.filter(user_type=UserType.SUPPORT, is_approved=True, is_active=True)


def comment(change: Change) -> Event | None:
    """Say something; an owner's word on a request that waits for it also resumes it."""
    for to, way in transitions.TABLE[Status(change.obj.status)].items():
        if not way.by_comment.isdisjoint(change.roles):
            change.obj.status = to
            return Event.STATUS_CHANGED
    return None
