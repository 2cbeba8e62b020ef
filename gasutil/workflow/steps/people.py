"""The steps that assign a request, and make it a customer's own."""

from django.utils.translation import gettext as _

from gasutil import deadlines
from gasutil.access import representatives
from gasutil.errors import Conflict, FieldError, Invalid
from gasutil.models import (
    OPEN_STATUSES,
    Event,
    User,
)
from gasutil.workflow.change import Change, LogEvent, Step
from gasutil.workflow.steps.milestones import record


def claim(user: User) -> Step:
    """Return the step that makes a request a customer's own."""

    def step(change: Change) -> LogEvent:
        change.obj.customer = user
        return LogEvent(Event.CLAIMED)

    return step


def assign(user_id: int | None) -> Step:
    """Return the step that assigns a request to a representative, or to no one."""

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.assigned_to_id == user_id:
            return None
        errors = assignee_errors(user_id)
        if errors:
            raise Invalid(errors)
        obj.assigned_to_id = user_id
        return LogEvent(
            Event.ASSIGNED, is_attention=user_id is not None and user_id == change.actor.id
        )

    return step


def take(change: Change) -> LogEvent | None:
    """Assign an open request to the actor; acknowledge it if it is assigned to them already.

    An emergency that another representative is looking after stays theirs.
    """
    obj = change.obj
    params = {"reference": obj.reference, "status": obj.status, "name": str(obj.assigned_to)}
    if obj.status not in OPEN_STATUSES:
        raise Conflict(_("%(reference)s is %(status)s.") % params)
    if obj.assigned_to_id == change.actor.id:
        return record(deadlines.ACKNOWLEDGED)(change)
    if obj.assigned_to_id is not None and not deadlines.awaits_acknowledgement(obj):
        raise Conflict(_("%(name)s has already taken %(reference)s.") % params)
    return assign(change.actor.id)(change)


def assignee_errors(user_id: int | None) -> list[FieldError]:
    """Return the reason why a request can't be assigned to a user, or an empty text."""
    if user_id is None or representatives().filter(pk=user_id).exists():
        return []
    return [
        FieldError(
            "assigned_to",
            "not_a_representative",
            _("This is not an approved support representative."),
        )
    ]
