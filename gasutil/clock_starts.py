"""Starting the clocks of a request: when it is filed, reclassified, or becomes an emergency."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from gasutil.deadlines import (
    ACKNOWLEDGED,
    EMERGENCY_LIMITS,
    HAPPENED_AT,
    OPEN,
    RESOLVED,
    ROUND_THE_CLOCK,
    Milestone,
    due_after,
    is_held,
    milestones_of,
    next_escalation,
    store_milestones,
)
from gasutil.models import RequestType, RequestUpdate, ServiceRequest, Status
from gasutil.working_time import Clock


def begin(obj: ServiceRequest, request_type: RequestType, now: dt.datetime) -> None:
    """Copy a type's limits onto a request that is filed now, and let its clocks run."""
    milestones = [_begin(limit, request_type, now) for limit in request_type.limits]
    store_milestones(obj, milestones)


@dataclass(frozen=True)
class Past:
    """When a request was reopened last, and when its time did not run.

    The last pause has no end while it lasts.
    """

    reopened_at: dt.datetime | None
    pauses: list[tuple[dt.datetime, dt.datetime | None]]


def past_of(obj: ServiceRequest) -> Past:
    """Return the pauses of a request, from its history."""
    rows = (
        RequestUpdate.objects.filter(id=obj.pk)
        .exclude(previous_status=F("status"))
        .order_by("history_id")
    )
    pauses: list[tuple[dt.datetime, dt.datetime | None]] = []
    since = reopened_at = None
    for before, status, at in rows.values_list("previous_status", "status", HAPPENED_AT):
        if before == Status.RESOLVED and status in OPEN:
            reopened_at = at
        if status in (Status.PENDING, Status.IN_PROGRESS):
            pauses += [(since, max(since, at))] if since else []
            since = None
        else:
            since = since or at
    return Past(reopened_at, pauses + ([(since, None)] if since else []))


def begin_again(
    obj: ServiceRequest,
    request_type: RequestType,
    limits: Iterable[Mapping[str, Any]],
    now: dt.datetime,
) -> None:
    """Give a request the limits of a type, as if it had been filed with that type.

    Time on hold does not count, and after a reopening the time to resolve it begins there. What has
    been recorded stays recorded, and a milestone that was missed stays visible.
    """
    before, past = {milestone.name: milestone for milestone in milestones_of(obj)}, past_of(obj)
    milestones = []
    for limit in limits:
        start = past.reopened_at if limit["name"] == RESOLVED and past.reopened_at else obj.began_at
        milestone = _without_pauses(_begin(limit, request_type, start), start, past)
        _copy_recorded(before.pop(milestone.name, None), milestone, now)
        milestones.append(milestone)
    store_milestones(obj, milestones[:-1] + _missed(before.values(), now) + milestones[-1:])


def _without_pauses(milestone: Milestone, start: dt.datetime, past: Past) -> Milestone:
    """Move the deadline by the pauses that lie before it."""
    for since, until in past.pauses:
        if start <= since < milestone.due_at:
            milestone.stop(since)
            if until is not None:
                milestone.resume(until)
    return milestone


def _copy_recorded(before: Milestone | None, milestone: Milestone, now: dt.datetime) -> None:
    """Copy what was recorded of a milestone, and the reminders that were sent."""
    if before is None:
        return
    milestone.breached = before.is_breached(now)
    milestone.met_at, milestone.met_before = before.met_before or before.met_at, None
    if milestone.met_at is not None:
        milestone.stopped_at = milestone.escalate_at = None
    elif before.escalations and milestone.is_running and milestone.due_at <= now:
        milestone.escalations, milestone.escalate_at = before.escalations, before.escalate_at


def _missed(milestones: Iterable[Milestone], now: dt.datetime) -> list[Milestone]:
    """Return the missed ones of milestones that a request has no more, at rest."""
    missed = [milestone for milestone in milestones if milestone.is_breached(now)]
    for milestone in missed:
        milestone.breached = True
        if milestone.is_running:
            milestone.stop(max(now, milestone.due_at))
    return missed


def begin_emergency(
    obj: ServiceRequest, request_type: RequestType | None, now: dt.datetime, *, is_new: bool = True
) -> None:
    """Give a request the milestones of an emergency.

    These are the ones of its new type, and the default ones that the type lacks. They count from
    `now`, where it becomes an emergency; an earlier deadline of its own stays. If it was an
    emergency before (not `is_new`), what has been recorded stays recorded.
    """
    before = {milestone.name: milestone for milestone in milestones_of(obj)}
    limits = {limit["name"]: limit for limit in request_type.limits} if request_type else {}
    milestones = []
    for name in [
        *list(EMERGENCY_LIMITS)[:-1],
        *(name for name in limits if name not in EMERGENCY_LIMITS),
        RESOLVED,
    ]:
        milestone = (
            _begin(limits[name], request_type, now)
            if request_type and name in limits
            else _begin_default(name, now)
        )
        (
            _tighten(before.pop(name, None), milestone, obj, now)
            if is_new
            else _carry_on(before.pop(name, None), milestone)
        )
        milestones.append(milestone)
    store_milestones(obj, milestones[:-1] + list(before.values()) + milestones[-1:])


def begin_late(
    obj: ServiceRequest,
    request_type: RequestType,
    now: dt.datetime,
    *,
    acknowledged_at: dt.datetime | None,
    delay: dt.timedelta,
) -> None:
    """Start the clocks of a request that was filed without any, by its type or as an emergency.

    They count from `now`.

    Its alarms are put off by `delay`, so that those of many requests do not come at once.
    """
    if obj.is_pressing:
        begin_emergency(obj, request_type, now)
    else:
        begin(obj, request_type, now)
    milestones = milestones_of(obj)
    for milestone in milestones:
        milestone.is_backlog, milestone.escalate_at = True, milestone.due_at + delay
        if milestone.name == ACKNOWLEDGED and acknowledged_at is not None:
            milestone.met_at, milestone.escalate_at = acknowledged_at, None
        elif is_held(obj):
            milestone.stop(now)
    store_milestones(obj, milestones)


def _begin_default(name: str, now: dt.datetime) -> Milestone:
    label, minutes = EMERGENCY_LIMITS[name]
    due = now + dt.timedelta(minutes=minutes)
    return Milestone(
        name=name, label=label, minutes=minutes, calendar=None, due_at=due, escalate_at=due
    )


def _tighten(
    before: Milestone | None, milestone: Milestone, obj: ServiceRequest, now: dt.datetime
) -> None:
    """Copy an earlier deadline that still runs, and what was missed before."""
    if before is None:
        return
    milestone.breached = before.is_breached(now)
    milestone.met_before = (
        None if milestone.name == RESOLVED else before.met_before or before.met_at
    )
    milestone.past = before.past
    if before.met_at is not None:
        milestone.past = [*before.past, before.end_round(now)]
        return
    before.resume(now)
    if before.is_running and before.due_at < milestone.due_at:
        again = next_escalation(obj, before, now) if before.due_at <= now else before.due_at
        milestone.due_at, milestone.escalations, milestone.escalate_at = (
            before.due_at,
            before.escalations,
            before.escalate_at or again,
        )


def _carry_on(before: Milestone | None, milestone: Milestone) -> None:
    """Copy what was recorded in this round of an emergency, and in earlier ones."""
    if before is None:
        return
    milestone.past = before.past
    milestone.breached, milestone.met_before, milestone.met_at = (
        before.breached,
        before.met_before,
        before.met_at,
    )
    if milestone.met_at is not None:
        milestone.escalate_at = None
    elif before.escalations and before.due_at <= milestone.due_at:
        milestone.due_at, milestone.escalations, milestone.escalate_at = (
            before.due_at,
            before.escalations,
            before.escalate_at,
        )


def _begin(limit: Mapping[str, Any], request_type: RequestType, now: dt.datetime) -> Milestone:
    by_calendar = limit["in_business_hours"] and request_type.calendar is not None
    clock: Clock = (
        request_type.calendar.clock if by_calendar and request_type.calendar else ROUND_THE_CLOCK
    )
    due = due_after(clock, now, dt.timedelta(minutes=limit["minutes"]))
    return Milestone(
        name=limit["name"],
        label=limit["label"],
        minutes=limit["minutes"],
        calendar=request_type.calendar_id if by_calendar else None,
        due_at=due,
        escalate_at=due,
    )
