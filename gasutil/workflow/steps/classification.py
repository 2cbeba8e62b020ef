"""The steps to a priority and to a type, with the clocks that they start."""

from django.utils.translation import gettext as _

from gasutil import clock_starts, deadlines
from gasutil.errors import Conflict
from gasutil.models import (
    OPEN_STATUSES,
    Event,
    Priority,
    RequestType,
    ServiceRequest,
)
from gasutil.models.catalogue import version_of
from gasutil.workflow import danger_marks, guards, safety_texts
from gasutil.workflow.change import Change, LogEvent, Step


def prioritise(priority: Priority) -> Step:
    """Return the step to a priority.

    `emergency` makes any request an emergency; any other ends one, except of an emergency type.
    """

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.priority == priority:
            return None
        if priority == Priority.EMERGENCY:
            safety_texts.show_text_of_leak(obj)
            _set_priority(obj, Priority.EMERGENCY)
            clock_starts.begin_emergency(obj, None, change.at)
        elif obj.is_pressing:
            _lower(change, priority)
        obj.priority = priority
        return LogEvent(Event.PRIORITISED)

    return step


def _lower(change: Change, priority: Priority) -> None:
    """End the emergency of a request whose type is none.

    Its milestones are those of its type again.
    """
    obj = change.obj
    if obj.request_type.is_emergency:
        text = _(
            "%(reference)s is an emergency because of its type. To change that, reclassify it."
        )
        raise Conflict(text % {"reference": obj.reference})
    guards.require_reason(change)
    _set_priority(obj, priority)
    asked = version_of(obj.request_type_id, obj.schema_version) if not obj.filed_as else None
    clock_starts.begin_again(obj, obj.request_type, (asked or obj.request_type).limits, change.at)


def _set_priority(obj: ServiceRequest, priority: str) -> None:
    """Set the priority and the fact that it goes with."""
    obj.priority, obj.is_emergency = priority, priority == Priority.EMERGENCY


def reclassify(request_type: RequestType) -> Step:
    """Return the step that makes a request one of another type, as if it had been filed so.

    Its clocks are those of the new type, without the time that it was on hold; what has been
    recorded stays recorded. A request that becomes an emergency gets the clocks of an emergency,
    from now. Its answers stay those of the type that it was filed as.
    """

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.request_type_id == request_type.code:
            return None
        if obj.status not in OPEN_STATUSES:
            message = _("%(reference)s is %(status)s. Only open requests can be reclassified.")
            raise Conflict(message % {"reference": obj.reference, "status": obj.status})
        guards.require_reason(change)
        was_emergency = obj.is_pressing
        obj.filed_as, obj.request_type = obj.answers_type, request_type
        _set_priority(
            obj, Priority.EMERGENCY if request_type.is_emergency else request_type.priority
        )
        danger_marks.find_dangers(obj)
        safety_texts.show_safety_text(obj, request_type, obj.customer.language)
        if obj.is_emergency:
            safety_texts.show_text_of_leak(obj)
            since = deadlines.round_of(obj)[1] if was_emergency else change.at
            clock_starts.begin_emergency(obj, request_type, since, is_new=not was_emergency)
        else:
            clock_starts.begin_again(obj, request_type, request_type.limits, change.at)
        return LogEvent(Event.RECLASSIFIED)

    return step
