"""Holds with a reason and a date, at which they end by themselves."""

import datetime as dt
import logging

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gasutil.access import SYSTEM
from gasutil.errors import FieldError, Invalid
from gasutil.languages import stored_language
from gasutil.models import Event, HoldReason, ServiceRequest, Status
from gasutil.workflow import engine, guards
from gasutil.workflow.change import Change, LogEvent, Step

logger = logging.getLogger(__name__)
# The log is in English.
ENDED = "The hold has reached its date."
STAYS = (
    "The hold has reached its date. The request stays on hold: its customer has an open dispute."
)


def plan(hold_until: dt.datetime | None, hold_reason: str) -> Step:
    """Return the step that stores why a request is on hold, and until when."""

    def step(change: Change) -> None:
        if hold_until is not None and hold_until <= change.now:
            text = _("Enter a time in the future.")
            raise Invalid([FieldError("hold_until", "too_early", text)])
        change.obj.hold_until, change.obj.hold_reason = hold_until, hold_reason

    return step


def hold_note(hold_until: dt.datetime | None, hold_reason: str) -> str:
    """Return the internal note of a hold, in the language of the log."""
    with stored_language():
        reason = f"Waiting for: {HoldReason(hold_reason).label}." if hold_reason else ""
        until = (
            f"On hold until {date_format(timezone.localtime(hold_until), 'd M Y, H:i')}."
            if hold_until
            else ""
        )
    return " ".join(filter(None, (until, reason)))


def sweep(now: dt.datetime | None = None) -> int:
    """End the holds whose date has come, and return how many there were.

    One that can't be ended keeps no other from it.
    """
    count, now = 0, now or timezone.now()
    due = ServiceRequest.objects.filter(hold_until__lte=now).order_by("hold_until")
    for pk in due.values_list("pk", flat=True):
        try:
            count += engine.change(pk, _end, actor=SYSTEM, now=now).last_update is not None
        except Exception:  # the next one may be all right
            logger.exception("The hold of request %s could not be ended", pk)
    return count


def _end(change: Change) -> LogEvent | None:
    """End a hold; that of a disconnection during a dispute is for a person to end."""
    obj = change.obj
    if obj.status != Status.ON_HOLD or obj.hold_until is None or obj.hold_until > change.now:
        return None
    obj.hold_until = None
    if guards.would_disconnect(obj):
        return LogEvent(Event.COMMENTED, notes=STAYS, is_internal=True)
    obj.status = Status.IN_PROGRESS
    return LogEvent(Event.STATUS_CHANGED, notes=ENDED)
