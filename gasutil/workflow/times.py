"""When a change happened, if that is not when it is recorded."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gasutil import access, deadlines
from gasutil.access import Actor, Role
from gasutil.errors import FieldError, Invalid, PermissionRequired
from gasutil.models import ServiceRequest

CLOCK_TOLERANCE = dt.timedelta(minutes=5)  # of a clock that is ahead
WITHOUT_NOTES = dt.timedelta(minutes=15)
WITHOUT_PERMISSION = dt.timedelta(hours=24)
RECORD_PAST_EVENTS = "gasutil.record_past_events"


def read_occurred_at(
    occurred_at: dt.datetime | None,
    obj: ServiceRequest,
    *,
    actor: Actor,
    has_notes: bool,
    now: dt.datetime,
) -> tuple[dt.datetime, list[FieldError]]:
    """Return when a change of a request happened, and what is wrong with the time in its body.

    That is now, unless its author names another time. It has errors if it is not possible or needs
    notes, or if a customer names one. Raises `PermissionRequired` for one that is long ago.
    """
    if occurred_at is None:
        return now, []
    errors = list(time_errors(occurred_at, obj, actor=actor, has_notes=has_notes, now=now))
    if errors:
        return now, errors
    if now - occurred_at > WITHOUT_PERMISSION:
        _require_permission(actor)
    return min(occurred_at, now), []


def time_errors(
    occurred_at: dt.datetime,
    obj: ServiceRequest,
    *,
    actor: Actor,
    has_notes: bool,
    now: dt.datetime,
) -> Iterator[FieldError]:
    """Yield what is wrong with the time in the body of a change."""
    if not actor.is_staff:
        yield FieldError("occurred_at", "extra_forbidden", _("Unknown field."))
        return
    yield from future_errors(occurred_at, now)
    if occurred_at < obj.began_at:
        text = _("%(reference)s was received later than that: at %(time)s.")
        yield FieldError("occurred_at", "before_received", text % _about(obj, obj.began_at))
    if now - occurred_at > WITHOUT_NOTES and not has_notes:
        text = _("Add notes: this was more than %(minutes)d minutes ago.")
        minutes = WITHOUT_NOTES // dt.timedelta(minutes=1)
        yield FieldError("notes", "required", text % {"minutes": minutes})


def future_errors(occurred_at: dt.datetime, now: dt.datetime) -> Iterator[FieldError]:
    """Yield the error of a time that has not come yet."""
    if occurred_at > now + CLOCK_TOLERANCE:
        yield FieldError("occurred_at", "in_the_future", _("This time is in the future."))


def _require_permission(actor: Actor) -> None:
    """Raise `PermissionRequired` without the permission, which no machine account has."""
    hours = WITHOUT_PERMISSION // dt.timedelta(hours=1)
    text = _("You need permission to record what happened more than %(hours)d hours ago.")
    message = text % {"hours": hours}
    if actor.role is Role.MACHINE:
        raise PermissionRequired(message)
    access.require_permission(actor, RECORD_PAST_EVENTS, message)


def precedes_round(obj: ServiceRequest, at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether something happened before the current round of a request.

    A round begins when a request is reopened or becomes an emergency; what happened before it is
    no reaction to it.
    """
    return at < now and at < deadlines.round_of(obj)[1]


def before_round(obj: ServiceRequest) -> Invalid:
    """Return the error of a milestone that was reached before the current round."""
    text = _(
        "%(reference)s was reopened or became an emergency at %(time)s. Enter a later time, or add"
        " a note instead."
    )
    params = _about(obj, deadlines.round_of(obj)[1])
    return Invalid([FieldError("occurred_at", "before_round", text % params)])


def _about(obj: ServiceRequest, at: dt.datetime) -> dict[str, str]:
    return {
        "reference": obj.reference,
        "time": date_format(timezone.localtime(at), "d M Y, H:i"),
    }
