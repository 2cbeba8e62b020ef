"""Clocks: what is due when, and what is late.

A request carries its own, copied from its type when it was filed.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from pydantic import TypeAdapter

from gasutil.models import (
    EMERGENCIES,
    OPEN_STATUSES,
    Calendar,
    Event,
    Priority,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    Status,
)
from gasutil.working_time import Clock, RoundTheClock

RowsT = TypeVar("RowsT", bound="QuerySet[Any]")
ACKNOWLEDGED, ON_SITE, MADE_SAFE, RESOLVED = "acknowledged", "on_site", "made_safe", "resolved"
EMERGENCY_LIMITS: Mapping[str, tuple[str, int]] = {
    ACKNOWLEDGED: ("Acknowledged", 5),
    ON_SITE: ("On site", 60),
    MADE_SAFE: ("Made safe", 120),
    RESOLVED: ("Resolved", 720),
}  # the label and the minutes of each milestone that every emergency has
ROUND_THE_CLOCK = RoundTheClock()
# Until supervisors are reminded of emergencies whose clocks an upgrade has started.
BACKLOG_AGAIN = dt.timedelta(hours=1)
OPEN = frozenset(OPEN_STATUSES)


@dataclass(kw_only=True)
class Milestone:
    """One limit of one request, and how it stands with it.

    It runs from the moment that the request was filed for `minutes`, by a calendar's business hours
    or, where `calendar` is None, round the clock. `stopped_at` is when the clock stopped, for a
    pause or permanently. Supervisors have been notified `escalations` times that the milestone is
    late, and are notified again at `escalate_at`.
    """

    name: str
    label: str
    minutes: int
    calendar: int | None
    due_at: dt.datetime
    met_at: dt.datetime | None = None
    stopped_at: dt.datetime | None = None
    escalations: int = 0
    escalate_at: dt.datetime | None = None
    breached: bool = False  # in an earlier round: a breach stays visible
    is_backlog: bool = (
        False  # started by an upgrade, long after the request was filed: its alarms go out together
    )
    met_before: dt.datetime | None = (
        None  # in an earlier round, for when the request is no emergency any more
    )

    @property
    def clock(self) -> Clock:
        """Return the calendar that counts its time."""
        return (
            ROUND_THE_CLOCK
            if self.calendar is None
            else Calendar.objects.get(pk=self.calendar).clock
        )

    @property
    def is_running(self) -> bool:
        """Return whether its clock runs."""
        return self.met_at is None and self.stopped_at is None

    def is_breached(self, now: dt.datetime) -> bool:
        """Return whether it was met late, or is late and not met."""
        return self.breached or (self.met_at or self.stopped_at or now) > self.due_at

    def stop(self, now: dt.datetime) -> None:
        """Stop its clock."""
        self.stopped_at, self.escalate_at = now, None

    def resume(self, now: dt.datetime) -> None:
        """Start its clock again with the time that was left; a late milestone stays late."""
        if self.stopped_at is not None and self.stopped_at < self.due_at:
            self.start(now, self.clock.between(self.stopped_at, self.due_at))

    def restart(self, now: dt.datetime) -> None:
        """Start its time again; what is on record of the time before stays."""
        self.breached = self.is_breached(now)
        self.met_before = None if self.name == RESOLVED else self.met_before or self.met_at
        self.met_at, self.escalations, self.is_backlog = None, 0, False
        self.start(now, dt.timedelta(minutes=self.minutes))

    def start(self, now: dt.datetime, length: dt.timedelta) -> None:
        """Start its clock now, with this length of time."""
        self.due_at = self.escalate_at = _due(self.clock, now, length)
        self.stopped_at = None


MILESTONES = TypeAdapter(list[Milestone])


def milestones_of(obj: ServiceRequest) -> list[Milestone]:
    """Return a request's milestones, in order."""
    return MILESTONES.validate_python(obj.milestones)


def labels_of(obj: ServiceRequest) -> dict[str, str]:
    """Return the labels of a request's milestones by their names."""
    return {milestone["name"]: milestone["label"] for milestone in obj.milestones}


def store_milestones(obj: ServiceRequest, milestones: list[Milestone]) -> None:
    """Write milestones onto their request, with what the database finds it by."""
    obj.milestones = MILESTONES.dump_python(milestones, mode="json")
    running = [milestone for milestone in milestones if milestone.is_running]
    obj.respond_by, obj.resolve_by = (
        milestones[end].due_at if milestones else None for end in (0, -1)
    )
    obj.due_at = min((milestone.due_at for milestone in running), default=None)
    reminded = [] if is_held(obj) else running
    obj.escalate_at = min(
        (milestone.escalate_at for milestone in reminded if milestone.escalate_at), default=None
    )
    obj.is_breached = any(
        milestone.breached or (not milestone.is_running and milestone.is_breached(milestone.due_at))
        for milestone in milestones
    )


def is_held(obj: ServiceRequest) -> bool:
    """Return whether the clocks of a request are paused; those of an emergency never pause."""
    return obj.status == Status.ON_HOLD and not obj.is_pressing


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
    for before, status, at in rows.values_list("previous_status", "status", "history_date"):
        if before == Status.RESOLVED and status in OPEN:
            reopened_at = at
        if status in (Status.PENDING, Status.IN_PROGRESS):
            pauses += [(since, at)] if since else []
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
    if before.met_at is not None:
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


def round_of(obj: ServiceRequest) -> tuple[int, dt.datetime]:
    """Return the history row that began the current round of a request, and its time.

    A round begins when a request is filed, becomes an emergency, or is reopened.
    """
    begins = (
        Q(event=Event.CREATED)
        | Q(previous_status=Status.RESOLVED, status__in=OPEN_STATUSES)
        | Q(changed__contains="priority", priority=Priority.EMERGENCY)
    )
    rows = (
        RequestUpdate.objects.filter(begins, id=obj.pk)
        .order_by("-history_id")
        .values_list("history_id", Coalesce("occurred_at", "history_date"))
    )
    return rows.first() or (0, obj.began_at)


def _begin(limit: Mapping[str, Any], request_type: RequestType, now: dt.datetime) -> Milestone:
    by_calendar = limit["in_business_hours"] and request_type.calendar is not None
    clock: Clock = (
        request_type.calendar.clock if by_calendar and request_type.calendar else ROUND_THE_CLOCK
    )
    due = _due(clock, now, dt.timedelta(minutes=limit["minutes"]))
    return Milestone(
        name=limit["name"],
        label=limit["label"],
        minutes=limit["minutes"],
        calendar=request_type.calendar_id if by_calendar else None,
        due_at=due,
        escalate_at=due,
    )


def _due(clock: Clock, now: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Return the end of a length of time.

    Round the clock if working time never reaches it, so that no report fails for a limit.
    """
    try:
        return clock.add(now, length)
    except OverflowError:
        return ROUND_THE_CLOCK.add(now, length)


def sync_clocks(obj: ServiceRequest, *, before: str, acknowledged: bool, now: dt.datetime) -> None:
    """Update the clocks of a request after a change; `before` is its former status.

    An emergency's never pause while it is open, and one that is reopened is a new emergency. What
    was late before a pause is late during it, but no one is reminded of it until work goes on.
    """
    milestones = milestones_of(obj)
    if acknowledged and not OPEN.isdisjoint(
        (before, obj.status)
    ):  # a message on what was closed long ago is no late answer
        mark_met(milestones, ACKNOWLEDGED, now)
    if obj.status == Status.RESOLVED:
        mark_met(milestones, RESOLVED, now)
    elif before == Status.RESOLVED:
        for name in EMERGENCY_LIMITS if obj.is_pressing else (RESOLVED,):
            for milestone in _named(milestones, name):
                milestone.restart(now)
    is_open, held = obj.status in OPEN, is_held(obj)
    for milestone in milestones:
        if milestone.is_running and (not is_open or (held and milestone.due_at > now)):
            milestone.stop(now)
        elif milestone.met_at is None and is_open and not held:
            milestone.resume(now)
    if before == Status.ON_HOLD and not held:
        _remind_later(obj, milestones, now)
    store_milestones(obj, milestones)


def _remind_later(obj: ServiceRequest, milestones: Iterable[Milestone], now: dt.datetime) -> None:
    """Put off the reminders that fell into a pause."""
    for milestone in milestones:
        if (
            milestone.is_running
            and milestone.escalations
            and milestone.escalate_at is not None
            and milestone.escalate_at < now
        ):
            milestone.escalate_at = next_escalation(obj, milestone, now)


def mark_met(milestones: Iterable[Milestone], name: str, now: dt.datetime) -> None:
    """Record that a milestone has been reached, where it is there and has not been.

    A pause was none of its time.
    """
    for milestone in _named(milestones, name):
        if milestone.met_at is None:
            milestone.resume(now)
            milestone.met_at, milestone.escalate_at = now, None


def _named(milestones: Iterable[Milestone], name: str) -> list[Milestone]:
    return [milestone for milestone in milestones if milestone.name == name]


def next_escalation(obj: ServiceRequest, milestone: Milestone, now: dt.datetime) -> dt.datetime:
    """Return the next time to remind supervisors of a missed milestone.

    For an emergency this is at any time, otherwise in the hours of the milestone.
    """
    if obj.is_pressing:
        return now + (
            BACKLOG_AGAIN
            if milestone.is_backlog
            else dt.timedelta(minutes=settings.ESCALATE_AGAIN_EMERGENCY)
        )
    return _due(milestone.clock, now, dt.timedelta(minutes=settings.ESCALATE_AGAIN))


def serialize(obj: ServiceRequest, now: dt.datetime | None = None) -> list[dict[str, Any]]:
    """Return the milestones of a request as the API has them."""
    now = now or timezone.now()
    return [
        {
            "name": milestone.name,
            "due_at": milestone.due_at,
            "met_at": milestone.met_at,
            "is_breached": milestone.is_breached(now),
        }
        for milestone in milestones_of(obj)
    ]


def is_overdue(row: Mapping[str, Any], now: dt.datetime | None = None) -> bool:
    """Return whether a request (its columns by name) is open and its next milestone is late."""
    due = row["due_at"]
    return due is not None and row["status"] in OPEN_STATUSES and due < (now or timezone.now())


def next_milestone(row: Mapping[str, Any]) -> str | None:
    """Return the name of the milestone of a request (its columns by name) that is due next."""
    running = [
        milestone
        for milestone in row["milestones"]
        if milestone["met_at"] is None and milestone["stopped_at"] is None
    ]
    return min(running, key=_due_at)["name"] if running else None


def _due_at(stored: Mapping[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(stored["due_at"])


def only_overdue(
    rows: "QuerySet[ServiceRequest]", wanted: bool, now: dt.datetime | None = None
) -> "QuerySet[ServiceRequest]":
    """Keep the requests that are overdue, or those that are not."""
    late = {"is_open": True, "due_at__lt": now or timezone.now()}
    return rows.filter(**late) if wanted else rows.exclude(**late)


def of_priority(
    rows: "QuerySet[ServiceRequest]", wanted: Collection[str]
) -> "QuerySet[ServiceRequest]":
    """Keep the requests of some priorities; whether one is an emergency is its own fact."""
    if not wanted:
        return rows
    others = ~EMERGENCIES & Q(
        priority__in=[priority for priority in wanted if priority != Priority.EMERGENCY]
    )
    return rows.filter(others | EMERGENCIES if Priority.EMERGENCY in wanted else others)
