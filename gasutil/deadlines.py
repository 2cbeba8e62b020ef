"""Clocks: what is due when, and what is late. A request carries its own, copied from its type when it was filed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from pydantic import TypeAdapter

from gasutil.models import OPEN_STATUSES, Calendar, RequestType, ServiceRequest, Status
from gasutil.working_time import Clock, RoundTheClock

Rows = TypeVar("Rows", bound="QuerySet[Any]")
ACKNOWLEDGED, MADE_SAFE, RESOLVED = "acknowledged", "made_safe", "resolved"
ROUND_THE_CLOCK = RoundTheClock()
OPEN = frozenset(OPEN_STATUSES)


@dataclass(kw_only=True)
class Milestone:
    """One limit of one request, and how it stands with it.

    It runs from the moment that the request was filed for `minutes`, by a calendar's business hours or, where `calendar`
    is None, round the clock. `stopped_at` is when it ceased to run, for a pause or for good. Supervisors have been told
    `escalations` times that it has passed, and are told again at `escalate_at`.
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

    @property
    def clock(self) -> Clock:
        """Return what counts its time."""
        return ROUND_THE_CLOCK if self.calendar is None else Calendar.objects.get(pk=self.calendar).clock

    @property
    def is_running(self) -> bool:
        """Return whether its time runs."""
        return self.met_at is None and self.stopped_at is None

    def is_breached(self, now: dt.datetime) -> bool:
        """Return whether it was met too late, or was not met in time."""
        return (self.met_at or self.stopped_at or now) > self.due_at

    def stop(self, now: dt.datetime) -> None:
        """Let its time stand still."""
        self.stopped_at, self.escalate_at = now, None

    def resume(self, now: dt.datetime) -> None:
        """Let its time run on, as much as was left of it; what was late stays late."""
        if self.stopped_at is not None and self.stopped_at < self.due_at:
            self.start(now, self.clock.between(self.stopped_at, self.due_at))

    def restart(self, now: dt.datetime) -> None:
        """Let its time begin anew."""
        self.met_at, self.escalations = None, 0
        self.start(now, dt.timedelta(minutes=self.minutes))

    def start(self, now: dt.datetime, length: dt.timedelta) -> None:
        """Let its time run from now for a length of it."""
        self.due_at = self.escalate_at = _due(self.clock, now, length)
        self.stopped_at = None


MILESTONES = TypeAdapter(list[Milestone])


def milestones_of(obj: ServiceRequest) -> list[Milestone]:
    """Return a request's milestones, in order."""
    return MILESTONES.validate_python(obj.milestones)


def keep(obj: ServiceRequest, milestones: list[Milestone]) -> None:
    """Write milestones onto their request, with what the database finds it by."""
    obj.milestones = MILESTONES.dump_python(milestones, mode="json")
    running = [one for one in milestones if one.is_running]
    obj.respond_by, obj.resolve_by = (milestones[end].due_at if milestones else None for end in (0, -1))
    obj.due_at = min((one.due_at for one in running), default=None)
    obj.escalate_at = min((one.escalate_at for one in running if one.escalate_at), default=None)


def begin(obj: ServiceRequest, kind: RequestType, now: dt.datetime) -> None:
    """Copy a type's limits onto a request that is filed now, and let its clocks run."""
    milestones = [_begin(limit, kind, now) for limit in kind.limits]
    keep(obj, milestones)


def carry(obj: ServiceRequest, before: Iterable[Milestone]) -> None:
    """Take over what has been recorded under other limits, milestone by milestone."""
    met = {one.name: one.met_at for one in before}
    milestones = milestones_of(obj)
    for one in milestones:
        one.met_at = met.get(one.name)
        one.escalate_at = None if one.met_at else one.escalate_at
    keep(obj, milestones)


def _begin(limit: Mapping[str, Any], kind: RequestType, now: dt.datetime) -> Milestone:
    by_calendar = limit["in_business_hours"] and kind.calendar is not None
    clock: Clock = kind.calendar.clock if by_calendar and kind.calendar else ROUND_THE_CLOCK
    due = _due(clock, now, dt.timedelta(minutes=limit["minutes"]))
    return Milestone(
        name=limit["name"],
        label=limit["label"],
        minutes=limit["minutes"],
        calendar=kind.calendar_id if by_calendar else None,
        due_at=due,
        escalate_at=due,
    )


def _due(clock: Clock, now: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Return when a length of time is over; where working time never comes to it, round the clock: no report fails for a limit."""
    try:
        return clock.add(now, length)
    except OverflowError:
        return ROUND_THE_CLOCK.add(now, length)


def follow(obj: ServiceRequest, *, before: str, acknowledged: bool, now: dt.datetime) -> None:
    """Have a request's clocks follow what has just happened to it; `before` is the status it had.

    An emergency's never stand still while it is open, and one that is reopened has to be made safe anew. What was late
    before a pause is late during it.
    """
    milestones = milestones_of(obj)
    if acknowledged and not OPEN.isdisjoint((before, obj.status)):  # a word on what was closed long ago is no late answer
        meet(milestones, ACKNOWLEDGED, now)
    if obj.status == Status.RESOLVED:
        meet(milestones, RESOLVED, now)
    elif before == Status.RESOLVED:
        for name in (MADE_SAFE, RESOLVED) if obj.is_pressing else (RESOLVED,):
            for one in _named(milestones, name):
                one.restart(now)
    is_open, is_held = obj.status in OPEN, obj.status == Status.ON_HOLD and not obj.is_pressing
    for one in milestones:
        if one.is_running and (not is_open or (is_held and one.due_at > now)):
            one.stop(now)
        elif one.met_at is None and is_open and not is_held:
            one.resume(now)
    keep(obj, milestones)


def meet(milestones: Iterable[Milestone], name: str, now: dt.datetime) -> None:
    """Record that a milestone has been reached, where it is there and has not been; a pause was none of its time."""
    for one in _named(milestones, name):
        if one.met_at is None:
            one.resume(now)
            one.met_at, one.escalate_at = now, None


def reached(obj: ServiceRequest, name: str) -> bool:
    """Return whether a milestone of a request has been recorded."""
    return any(one.met_at is not None for one in _named(milestones_of(obj), name))


def _named(milestones: Iterable[Milestone], name: str) -> list[Milestone]:
    return [one for one in milestones if one.name == name]


def next_escalation(obj: ServiceRequest, now: dt.datetime) -> dt.datetime:
    """Return when supervisors are told again of something that nobody has acknowledged."""
    minutes = settings.ESCALATE_AGAIN_EMERGENCY if obj.is_pressing else settings.ESCALATE_AGAIN
    return now + dt.timedelta(minutes=minutes)


def answer(obj: ServiceRequest, now: dt.datetime | None = None) -> list[dict[str, Any]]:
    """Return a request's milestones as they are told."""
    now = now or timezone.now()
    return [
        {"name": one.name, "due_at": one.due_at, "met_at": one.met_at, "is_breached": one.is_breached(now)} for one in milestones_of(obj)
    ]


def is_overdue(row: Mapping[str, Any], now: dt.datetime | None = None) -> bool:
    """Return whether a request (its columns by name) is open and past the time that its next milestone was due."""
    due = row["due_at"]
    return due is not None and row["status"] in OPEN_STATUSES and due < (now or timezone.now())


def only_overdue(rows: "QuerySet[ServiceRequest]", wanted: bool, now: dt.datetime | None = None) -> "QuerySet[ServiceRequest]":
    """Keep the requests that are overdue, or those that are not."""
    late = {"is_open": True, "due_at__lt": now or timezone.now()}
    return rows.filter(**late) if wanted else rows.exclude(**late)
