"""Clocks: what is due when, and what is late.

A request has its own milestones, copied from its type when it was filed; `clock_starts` does that.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from pydantic import TypeAdapter

from gasutil.models import (
    EMERGENCIES,
    OPEN_STATUSES,
    Calendar,
    Event,
    Priority,
    RequestUpdate,
    ServiceRequest,
    Status,
)
from gasutil.models.type_texts import milestone_path, translated
from gasutil.working_time import Clock, RoundTheClock

RowsT = TypeVar("RowsT", bound="QuerySet[Any]")
ACKNOWLEDGED, ON_SITE, MADE_SAFE, RESOLVED = "acknowledged", "on_site", "made_safe", "resolved"
EMERGENCY_LIMITS: Mapping[str, tuple[str, int]] = {
    ACKNOWLEDGED: (gettext_noop("Acknowledged"), 5),
    ON_SITE: (gettext_noop("On site"), 60),
    MADE_SAFE: (gettext_noop("Made safe"), 120),
    RESOLVED: (gettext_noop("Resolved"), 720),
}  # the label and the minutes of each milestone that every emergency has
ROUND_THE_CLOCK = RoundTheClock()
# Until supervisors are reminded of emergencies whose clocks an upgrade has started.
BACKLOG_AGAIN = dt.timedelta(hours=1)
OPEN = frozenset(OPEN_STATUSES)
HAPPENED_AT = Coalesce("occurred_at", "history_date")  # of a history row


@dataclass(kw_only=True)
class PastRound:
    """A milestone in an earlier round of a request, and when the next round began."""

    due_at: dt.datetime
    met_at: dt.datetime | None
    stopped_at: dt.datetime
    next_began_at: dt.datetime


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
    past: list[PastRound] = field(default_factory=list)  # for reports; empty in older rows

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
        """Return whether it was met late, or is late and not met, in any round."""
        return self.breached or self.is_late(now)

    def is_late(self, now: dt.datetime) -> bool:
        """Return whether it was met late, or is late and not met, in this round."""
        return (self.met_at or self.stopped_at or now) > self.due_at

    def stop(self, now: dt.datetime) -> None:
        """Stop its clock."""
        self.stopped_at, self.escalate_at = now, None

    def resume(self, now: dt.datetime) -> None:
        """Start its clock again with the time that was left; a late milestone stays late.

        A time before it stopped is none of the pause.
        """
        if self.stopped_at is not None and self.stopped_at < self.due_at:
            left = self.clock.between(self.stopped_at, self.due_at)
            self.start(max(now, self.stopped_at), left)

    def restart(self, now: dt.datetime) -> None:
        """Start its time again; what is on record of the time before stays."""
        self.past = [*self.past, self.end_round(now)]
        self.breached = self.is_breached(now)
        self.met_before = None if self.name == RESOLVED else self.met_before or self.met_at
        self.met_at, self.escalations, self.is_backlog = None, 0, False
        self.start(now, dt.timedelta(minutes=self.minutes))

    def end_round(self, now: dt.datetime) -> PastRound:
        """Return the state at the end of a round, when the next one begins."""
        return PastRound(
            due_at=self.due_at,
            met_at=self.met_at,
            stopped_at=self.stopped_at or now,
            next_began_at=now,
        )

    def start(self, now: dt.datetime, length: dt.timedelta) -> None:
        """Start its clock now, with this length of time."""
        self.due_at = self.escalate_at = due_after(self.clock, now, length)
        self.stopped_at = None


MILESTONES = TypeAdapter(list[Milestone])


def milestones_of(obj: ServiceRequest) -> list[Milestone]:
    """Return a request's milestones, in order."""
    return MILESTONES.validate_python(obj.milestones)


def labels_of(obj: ServiceRequest) -> dict[str, str]:
    """Return the labels of a request's milestones by their names, in the language in use."""
    return {
        milestone["name"]: localised_label(obj, milestone["name"], milestone["label"])
        for milestone in obj.milestones
    }


def localised_label(obj: ServiceRequest, name: str, label: str) -> str:
    """Return the label of a milestone of a request in the language in use."""
    return translated(obj.request_type.translations, milestone_path(name), "") or gettext(label)


def awaits_acknowledgement(obj: ServiceRequest) -> bool:
    """Return whether no support representative has looked at a request in its current round."""
    return any(
        milestone.name == ACKNOWLEDGED and milestone.is_running for milestone in milestones_of(obj)
    )


def unacknowledged_emergencies(rows: RowsT) -> RowsT:
    """Keep the open emergencies that no support representative has looked at.

    `acknowledged` is always the first milestone.
    """
    waits = Q(milestones__0__name=ACKNOWLEDGED, milestones__0__met_at=None)
    return rows.filter(EMERGENCIES, waits, is_open=True)


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
        .values_list("history_id", HAPPENED_AT)
    )
    return rows.first() or (0, obj.began_at)


def due_after(clock: Clock, now: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Return the end of a length of time.

    It is round the clock if working time never reaches it, so that no report fails for a limit.
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
    return due_after(milestone.clock, now, dt.timedelta(minutes=settings.ESCALATE_AGAIN))


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
    return rows.filter(overdue(wanted, now or timezone.now()))


def overdue(wanted: bool, now: Any) -> Q:
    """Return the condition that a request is overdue, or that it is not."""
    late = Q(is_open=True, due_at__lt=now)
    return late if wanted else ~late


def of_priority(wanted: Collection[str]) -> Q:
    """Return the condition that a request has one of some priorities, or any if there are none.

    Whether one is an emergency is its own fact.
    """
    if not wanted:
        return Q()
    others = ~EMERGENCIES & Q(
        priority__in=[priority for priority in wanted if priority != Priority.EMERGENCY]
    )
    return others | EMERGENCIES if Priority.EMERGENCY in wanted else others
