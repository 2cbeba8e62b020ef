"""The steps that record milestones and outcomes, and escalate what is late."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gasutil import access, deadlines
from gasutil.errors import Conflict, FieldError, Invalid
from gasutil.models import (
    OPEN_STATUSES,
    BreachReason,
    Event,
    Priority,
    ServiceRequest,
)
from gasutil.workflow import guards, times
from gasutil.workflow.change import Additive, Change, LogEvent, Step

BREACH_REASON_CODES = list(BreachReason.values)


def record(name: str) -> Step:
    """Return the step that records a milestone, or an outcome of an emergency.

    What comes before a milestone has been reached with it. `acknowledged` also ends an escalation.
    """

    @Additive
    def step(change: Change) -> LogEvent:
        obj, milestones = change.obj, deadlines.milestones_of(change.obj)
        _check_recordable(name, change)
        names = [milestone.name for milestone in milestones]
        if name == deadlines.ACKNOWLEDGED:
            access.require_person(change.actor)
            _acknowledge(milestones, change)
        elif obj.is_pressing and name in guards.SAFE:
            _make_safe(milestones, name, change)
        elif name != guards.NO_ACCESS:
            _reach(milestones[: names.index(name) + 1], change)
        deadlines.store_milestones(obj, milestones)
        return LogEvent(Event.MILESTONE, subject=name, is_attention=True)

    return step


def _check_recordable(name: str, change: Change) -> None:
    """Raise an error if a milestone or an outcome can't be recorded on the request at this time.

    An escalation can always be acknowledged.
    """
    obj = change.obj
    if unknown := milestone_error(obj, name):
        raise Invalid([unknown])
    if obj.status not in OPEN_STATUSES:
        message = _("%(reference)s is %(status)s. Steps can only be recorded on open requests.")
        raise Conflict(message % {"reference": obj.reference, "status": obj.status})
    if name == deadlines.RESOLVED:
        raise Conflict(_("Resolve the request to record this step."))
    if times.precedes_round(obj, change.at, change.now):
        raise times.before_round(obj)


def milestone_error(obj: ServiceRequest, name: str) -> FieldError | None:
    """Return the error of a name that is no milestone or outcome of a request, or None."""
    names = recordable(obj)
    if name in (*names, deadlines.ACKNOWLEDGED, deadlines.RESOLVED):
        return None
    text = _("Choose one of: %(names)s.") % {"names": ", ".join(f"`{name}`" for name in names)}
    return FieldError("milestone", "unknown_milestone", text, {"values": names})


def recordable(obj: ServiceRequest) -> list[str]:
    """Return the milestones and outcomes that a request can have, except that it is resolved."""
    names = [
        milestone.name
        for milestone in deadlines.milestones_of(obj)
        if milestone.name != deadlines.RESOLVED
    ]
    return names + [
        outcome
        for outcome in (guards.OUTCOMES if obj.is_pressing else (guards.NO_ACCESS,))
        if outcome not in names
    ]


def _make_safe(milestones: list[deadlines.Milestone], outcome: str, change: Change) -> None:
    """Record that there is no danger.

    It can be recorded again if something else was recorded since.
    """
    names = [milestone.name for milestone in milestones]
    if guards.last_outcome(change.obj) == outcome:
        raise Conflict(_("`%(outcome)s` is already the last outcome.") % {"outcome": outcome})
    upto = names.index(deadlines.MADE_SAFE) + 1 if deadlines.MADE_SAFE in names else 0
    _mark_met(milestones[:upto], change)


def _mark_met(milestones: list[deadlines.Milestone], change: Change) -> None:
    """Record milestones as reached; what a machine account does is no acknowledgement."""
    for milestone in milestones:
        if change.actor.machine is None or milestone.name != deadlines.ACKNOWLEDGED:
            deadlines.mark_met([milestone], milestone.name, change.at)


def _acknowledge(milestones: list[deadlines.Milestone], change: Change) -> None:
    escalated = [
        milestone
        for milestone in milestones
        if milestone.is_running and milestone.escalations and milestone.escalate_at
    ]
    waits = any(
        milestone.name == deadlines.ACKNOWLEDGED and milestone.met_at is None
        for milestone in milestones
    )
    if not escalated and not waits:
        raise Conflict(
            _("%(reference)s has nothing to acknowledge.") % {"reference": change.obj.reference}
        )
    for milestone in escalated:
        milestone.escalate_at = None
    deadlines.mark_met(milestones, deadlines.ACKNOWLEDGED, change.at)


def _reach(milestones: list[deadlines.Milestone], change: Change) -> None:
    if milestones[-1].met_at is not None:
        params = {
            "milestone": deadlines.localised_label(
                change.obj, milestones[-1].name, milestones[-1].label
            ),
            "when": date_format(timezone.localtime(milestones[-1].met_at), "d M Y, H:i"),
        }
        raise Conflict(_("“%(milestone)s” was already recorded at %(when)s.") % params)
    _mark_met(milestones, change)


def explain(name: str, reason: str) -> Step:
    """Return the step that says why a milestone was missed, in this round or an earlier one.

    Reports count the last reason. It is internal, and needs notes only if no code fits.
    """

    @Additive
    def step(change: Change) -> LogEvent:
        late = missed_milestones(change.obj, change.at)
        errors = []
        if name not in late:
            text = _("This deadline was not missed. Choose one that was.")
            errors.append(FieldError("milestone", "not_missed", text, {"values": late}))
        if reason not in BreachReason.values:
            text = _("Choose why the deadline was missed.")
            known = {"values": BREACH_REASON_CODES}
            errors.append(FieldError("reason", "unknown_reason", text, known))
        if reason == BreachReason.OTHER and not change.notes:
            text = _("Say in a note what the reason was.")
            errors.append(FieldError("notes", "required", text))
        if errors:
            raise Invalid(errors)
        return LogEvent(
            Event.BREACH_EXPLAINED,
            subject=name,
            notes=change.notes,
            is_internal=True,
            reason_code=reason,
        )

    return step


def missed_milestones(obj: ServiceRequest, now: dt.datetime) -> list[str]:
    """Return the names of the milestones that a request has missed, in any of its rounds."""
    milestones = deadlines.milestones_of(obj)
    return [milestone.name for milestone in milestones if milestone.is_breached(now)]


def escalate(change: Change) -> LogEvent | None:
    """Escalate the milestone that has waited longest.

    Raise the priority, and say when to escalate again. The row is internal: supervisors are
    notified, customers are not.
    """
    obj, milestones = change.obj, deadlines.milestones_of(change.obj)
    if deadlines.is_held(obj):
        return None
    late = [
        item
        for item in milestones
        if item.is_running and item.escalate_at is not None and item.escalate_at <= change.now
    ]
    if not late:
        return None
    item = min(late, key=lambda milestone: (milestone.escalate_at, milestone.due_at))
    item.escalations += 1
    item.escalate_at = deadlines.next_escalation(obj, item, change.now)
    deadlines.store_milestones(obj, milestones)
    if obj.priority in RAISED:
        obj.priority = RAISED[Priority(obj.priority)]
    # Stored notes are in one language.
    verb = (
        "escalated" if obj.is_unverified else "notified"
    )  # supervisors may be notified of an unverified report's group alone
    again = f" ({verb} {item.escalations} times)" if item.escalations > 1 else ""
    message = (
        f"{item.label} was due at {timezone.localtime(item.due_at):%d %b, %H:%M} and has not been"
        f" recorded{again}."
    )
    return LogEvent(Event.ESCALATED, subject=item.name, notes=message, is_internal=True)


# What is an emergency is a person's to say.
RAISED = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH}
