"""Clocks as the console tells them: what is due when, what is late, and what stands still. `clock.js` lets them tick."""

import datetime as dt
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from gasutil import deadlines
from gasutil.admin.wording import NOTHING, exact, span
from gasutil.deadlines import Milestone
from gasutil.models import ServiceRequest, Status

SOON = dt.timedelta(minutes=15)
QUIET_CLOCK = '<span class="clock is-quiet"><span class="material-symbols-outlined" aria-hidden="true">{}</span> {}</span>'


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One milestone of a request, as its page shows it."""

    name: str
    label: str
    said: SafeString
    can_record: bool


def due(at: dt.datetime, now: dt.datetime) -> SafeString:
    """Return how long there is until a moment, or how long it is over: an icon, words and a colour."""
    left = at - now
    state = "is-over" if left < dt.timedelta() else "is-soon" if left < SOON else ""
    said = f"{span(-left.total_seconds())} over" if state == "is-over" else f"{span(left.total_seconds())} left"
    icon = {"is-over": "alarm", "is-soon": "hourglass_bottom"}.get(state, "schedule")
    return format_html(
        '<time class="clock {}" datetime="{}" title="{}" data-due="{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span>'
        ' <span class="clock-said">{}</span></time>',
        *(state, at.isoformat(), f"Due {exact(at)}", int(at.timestamp() * 1000), icon, said),
    )


def clocks(obj: ServiceRequest, now: dt.datetime) -> list[Clock]:
    """Return the clocks of a request, in their order."""
    return [
        Clock(
            name=one.name,
            label=one.label,
            said=_said(one, obj, now),
            can_record=obj.is_open and one.met_at is None and one.name != deadlines.RESOLVED,
        )
        for one in deadlines.milestones_of(obj)
    ]


def _said(one: Milestone, obj: ServiceRequest, now: dt.datetime) -> SafeString:
    if one.met_at is not None:
        return _met(one.met_at, one.due_at, obj.created_at)
    if one.stopped_at is None:
        return due(one.due_at, now)
    if not obj.is_open:
        return format_html(QUIET_CLOCK, "remove", "not recorded")
    return format_html(
        QUIET_CLOCK, "pause_circle", f"on hold, {span((one.clock.between(one.stopped_at, one.due_at)).total_seconds())} left"
    )


def _met(at: dt.datetime, due_at: dt.datetime, since: dt.datetime) -> SafeString:
    mark = '<span class="clock {}" title="{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span> {}</span>'
    if at > due_at:
        return format_html(mark, "was-late", exact(at), "assignment_late", f"{span((at - due_at).total_seconds())} late")
    length = span((at - since).total_seconds())
    return format_html(mark, "is-met", exact(at), "check_circle", "at once" if length == "now" else f"after {length}")


def next_due(obj: ServiceRequest, now: dt.datetime) -> SafeString | str:
    """Return what a request has to come to next, and when: for the queue."""
    if not obj.is_open:
        return NOTHING
    running = [one for one in deadlines.milestones_of(obj) if one.is_running]
    if not running:
        return format_html(QUIET_CLOCK, "pause_circle", "On hold") if obj.status == Status.ON_HOLD else NOTHING
    one = min(running, key=lambda milestone: milestone.due_at)
    return format_html('{}<span class="clock-of">{}</span>', due(one.due_at, now), one.label)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A milestone that has been escalated and that nobody has acknowledged since."""

    label: str
    over: SafeString
    times: int
    again_at: dt.datetime


def alarms(obj: ServiceRequest, now: dt.datetime) -> list[Alarm]:
    """Return what supervisors go on being told of a request."""
    return [
        Alarm(label=one.label, over=due(one.due_at, now), times=one.escalations, again_at=one.escalate_at)
        for one in deadlines.milestones_of(obj)
        if one.is_running and one.escalations and one.escalate_at
    ]
