"""The steps that join a request to an incident, and remove it."""

from django.utils.translation import gettext as _

from gasutil.errors import Conflict
from gasutil.models import (
    Event,
    Incident,
)
from gasutil.workflow.change import Change, LogEvent, Step


def join(incident: Incident) -> Step:
    """Return the step that joins a request to an incident."""

    def step(change: Change) -> LogEvent | None:
        if change.obj.incident_id == incident.pk:
            return None
        if incident.closed_at is not None:
            raise Conflict(_("%(reference)s is closed.") % {"reference": incident.reference})
        change.obj.incident = incident
        return LogEvent(Event.JOINED, subject=incident.reference, is_internal=True)

    return step


def leave(change: Change) -> LogEvent:
    """Remove a request from its incident."""
    incident = change.obj.incident
    if incident is None:
        raise Conflict(
            _("%(reference)s is not part of an incident.") % {"reference": change.obj.reference}
        )
    change.obj.incident = None
    return LogEvent(Event.LEFT, subject=incident.reference, is_internal=True)
