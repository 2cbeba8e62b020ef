"""The report on escalations: missed deadlines, and how long it took to acknowledge each."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from gasutil.deadlines import ACKNOWLEDGED
from gasutil.models import Event
from gasutil.reports.rounds import RoundMilestone, facts_of, rounds_in, updates_in
from gasutil.reports.tables import STATISTICS, Durations, ReportQuery, count

ESCALATED = Q(event=Event.ESCALATED)
COLUMNS_OF_ESCALATIONS = (
    *("milestone", "n", "notifications", "acknowledged", "unacknowledged", "unverified"),
    *STATISTICS,
)
ACKNOWLEDGEMENT = Q(event=Event.MILESTONE, subject=ACKNOWLEDGED)


@dataclass(kw_only=True)
class Escalation:
    """The escalation of a milestone in one round. `updates` are its notification and reminders."""

    milestone: str
    request_type: str
    is_unverified: bool
    began_at: dt.datetime
    updates: list[int] = field(default_factory=list)
    acknowledged_at: dt.datetime | None = None

    @property
    def length(self) -> dt.timedelta | None:
        """Return the time to acknowledgement."""
        return self.acknowledged_at - self.began_at if self.acknowledged_at else None


def read_escalations(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each milestone that was escalated."""
    groups: dict[str, list[Escalation]] = defaultdict(list)
    for item in escalations_in(question):
        if question.includes(item.request_type, item.began_at):
            groups[item.milestone].append(item)
    return [{"milestone": name, **_figures(groups[name])} for name in sorted(groups)]


def escalations_in(question: ReportQuery) -> list[Escalation]:
    """Return the escalations of the requests received in the period, by two queries.

    A request that is an emergency no more has fewer milestones than were escalated.
    """
    facts = facts_of(question)
    rounds: dict[tuple[int, str], list[RoundMilestone]] = defaultdict(list)
    starts, updates = updates_in(question, ESCALATED | ACKNOWLEDGEMENT, ("event", "subject"))
    for item in rounds_in(question, starts):
        rounds[item.request, item.name].append(item)
    acknowledgements: dict[int, list[dt.datetime]] = defaultdict(list)
    result: dict[tuple[int, str, int], Escalation] = {}
    for request, update, at, event, name in updates:
        if event == Event.MILESTONE:
            acknowledgements[request].append(at)
            continue
        number = bisect_right(rounds[request, name], at, key=lambda item: item.began_at)
        first = Escalation(milestone=name, **facts[request]._asdict(), began_at=at)
        result.setdefault((request, name, max(number - 1, 0)), first).updates.append(update)
    for (request, name, index), escalation in result.items():
        [current, following] = [*rounds[request, name][index : index + 2], None, None][:2]
        met = [current.met_at] if current and current.met_at else []
        escalation.acknowledged_at = _acknowledged_at(
            escalation.began_at,
            [*acknowledgements[request], *met],
            following.began_at if following else dt.datetime.max.replace(tzinfo=dt.UTC),
        )
    return list(result.values())


def _acknowledged_at(
    at: dt.datetime, times: Iterable[dt.datetime], end: dt.datetime
) -> dt.datetime | None:
    """Return when an escalation was acknowledged: recorded as such, or ended by the milestone.

    Only what happened in its round counts.
    """
    return min((time for time in times if at <= time < end), default=None)


def _figures(items: Sequence[Escalation]) -> dict[str, Any]:
    verified = [item for item in items if not item.is_unverified]
    acknowledged = [item for item in verified if item.acknowledged_at]
    lengths = [item.length for item in acknowledged if item.length is not None]
    return {
        "n": count(item.updates[0] for item in verified),
        "notifications": count(update for item in verified for update in item.updates),
        "acknowledged": count(item.updates[0] for item in acknowledged),
        "unacknowledged": count(item.updates[0] for item in verified if not item.acknowledged_at),
        "unverified": count(item.updates[0] for item in items if item.is_unverified),
        **Durations(lengths).statistics(),
    }
