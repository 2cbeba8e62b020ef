"""Clocks in the console: due, late and paused milestones. `clock.js` updates them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gasutil import deadlines
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds, duration
from gasutil.deadlines import Milestone
from gasutil.models import BreachReason, Event, RequestUpdate, ServiceRequest, Status

SOON = dt.timedelta(minutes=15)
QUIET_CLOCK = (
    '<span class="clock is-quiet"><span class="material-symbols-outlined"'
    ' aria-hidden="true">{}</span> {}</span>'
)


@dataclass(frozen=True, kw_only=True)
class ClockDisplay:
    """One milestone of a request, as its page shows it."""

    name: str
    label: str
    text: SafeString
    due_at: dt.datetime
    met_at: dt.datetime | None
    can_record: bool
    asks_why: bool  # it was late, and its clock has ended: until then, there is more urgent work
    reason: str  # why it was late, if someone has said so


def due_label(at: dt.datetime, now: dt.datetime) -> SafeString:
    """Return the time until or since a deadline: an icon, a text and a colour."""
    left = at - now
    state = "is-over" if left < dt.timedelta() else "is-soon" if left < SOON else ""
    text = (
        _("%(time)s over") % {"time": duration(-left.total_seconds())}
        if state == "is-over"
        else _("%(time)s left") % {"time": duration(left.total_seconds())}
    )
    icon = {"is-over": "alarm", "is-soon": "hourglass_bottom"}.get(state, "schedule")
    return format_html(
        '<time class="clock {}" datetime="{}" title="{}" data-due="{}"><span'
        ' class="material-symbols-outlined" aria-hidden="true">{}</span> <span'
        ' class="clock-text">{}</span></time>',
        *(
            state,
            at.isoformat(),
            _("Due %(time)s") % {"time": datetime_seconds(at)},
            int(at.timestamp() * 1000),
            icon,
            text,
        ),
    )


def clocks(obj: ServiceRequest, now: dt.datetime) -> list[ClockDisplay]:
    """Return the clocks of a request, in their order."""
    milestones = deadlines.milestones_of(obj)
    late = {milestone.name: milestone.due_at for milestone in milestones if milestone.is_late(now)}
    reasons = reasons_of(obj, late) if late else {}
    return [
        ClockDisplay(
            name=milestone.name,
            label=deadlines.localised_label(obj, milestone.name, milestone.label),
            text=_text(milestone, obj, now),
            due_at=milestone.due_at,
            met_at=milestone.met_at,
            can_record=obj.is_open
            and milestone.met_at is None
            and milestone.name != deadlines.RESOLVED,
            asks_why=milestone.name in late and not milestone.is_running,
            reason=reasons.get(milestone.name, ""),
        )
        for milestone in milestones
    ]


def reasons_of(obj: ServiceRequest, late: Mapping[str, dt.datetime]) -> dict[str, str]:
    """Return why milestones were late, by their names: what was said after each was due."""
    rows = RequestUpdate.objects.filter(id=obj.pk, event=Event.BREACH_EXPLAINED)
    said = rows.order_by("history_id").values_list("subject", "reason_code", "history_date")
    labels = dict(BreachReason.choices)
    return {
        name: str(labels.get(code, code))
        for name, code, at in said
        if name in late and at >= late[name]
    }


def _text(milestone: Milestone, obj: ServiceRequest, now: dt.datetime) -> SafeString:
    if milestone.met_at is not None:
        return _met(milestone.met_at, milestone.due_at, obj.began_at)
    if milestone.stopped_at is None:
        return due_label(milestone.due_at, now)
    if not obj.is_open:
        return format_html(QUIET_CLOCK, "remove", _("not recorded"))
    return format_html(
        QUIET_CLOCK,
        "pause_circle",
        _("on hold, %(time)s left")
        % {
            "time": duration(
                milestone.clock.between(milestone.stopped_at, milestone.due_at).total_seconds()
            )
        },
    )


def _met(at: dt.datetime, due_at: dt.datetime, since: dt.datetime) -> SafeString:
    mark = (
        '<span class="clock {}" title="{}"><span class="material-symbols-outlined"'
        ' aria-hidden="true">{}</span> {}</span>'
    )
    if at > due_at:
        return format_html(
            mark,
            "was-late",
            datetime_seconds(at),
            "assignment_late",
            _("%(time)s late") % {"time": duration((at - due_at).total_seconds())},
        )
    length = duration((at - since).total_seconds())
    return format_html(
        mark,
        "is-met",
        datetime_seconds(at),
        "check_circle",
        _("immediately") if length == "now" else _("after %(time)s") % {"time": length},
    )


def next_due(obj: ServiceRequest, now: dt.datetime) -> SafeString | str:
    """Return the next milestone of a request and its deadline, for the queue."""
    if not obj.is_open:
        return EMPTY_VALUE
    running = [milestone for milestone in deadlines.milestones_of(obj) if milestone.is_running]
    if not running:
        return (
            format_html(QUIET_CLOCK, "pause_circle", _("On hold"))
            if obj.status == Status.ON_HOLD
            else EMPTY_VALUE
        )
    first = min(running, key=lambda milestone: milestone.due_at)
    return format_html(
        '{}<span class="clock-of">{}</span>',
        due_label(first.due_at, now),
        deadlines.localised_label(obj, first.name, first.label),
    )


@dataclass(frozen=True, kw_only=True)
class Running:
    """The clock that a ticket's headline shows: what is due next, or why nothing is."""

    label: str
    text: SafeString
    is_over: bool = False


def running(obj: ServiceRequest, now: dt.datetime) -> Running | None:
    """Return the next deadline, that deadlines are paused, or how the request ended."""
    milestones = deadlines.milestones_of(obj)
    first = min(
        (milestone for milestone in milestones if milestone.is_running),
        key=lambda milestone: milestone.due_at,
        default=None,
    )
    if first is not None and obj.is_open:
        return Running(
            label=deadlines.localised_label(obj, first.name, first.label),
            text=due_label(first.due_at, now),
            is_over=first.due_at < now,
        )
    if obj.status == Status.ON_HOLD:
        return Running(
            label=_("Deadlines paused"), text=format_html(QUIET_CLOCK, "pause_circle", _("On hold"))
        )
    last = milestones[-1] if milestones and obj.status == Status.RESOLVED else None
    return (
        Running(label=_("Resolved"), text=_met(last.met_at, last.due_at, obj.created_at))
        if last and last.met_at
        else None
    )


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An escalated milestone that no one has acknowledged since."""

    label: str
    over: SafeString
    times: int
    again_at: dt.datetime


def alarms(obj: ServiceRequest, now: dt.datetime) -> list[Alarm]:
    """Return the alarms of a request that are still repeated."""
    return [
        Alarm(
            label=deadlines.localised_label(obj, milestone.name, milestone.label),
            over=due_label(milestone.due_at, now),
            times=milestone.escalations,
            again_at=milestone.escalate_at,
        )
        for milestone in deadlines.milestones_of(obj)
        if milestone.is_running and milestone.escalations and milestone.escalate_at
    ]
