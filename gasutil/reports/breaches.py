"""The report on missed deadlines: which, and for which reason."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from gasutil.models import Event
from gasutil.reports.rounds import RoundMilestone, rounds_in, updates_in
from gasutil.reports.tables import STATISTICS, Durations, ReportQuery, count

EXPLAINED = Q(event=Event.BREACH_EXPLAINED)
COLUMNS_OF_BREACHES = ("milestone", "reason", "n", "late", "missed", "unverified", *STATISTICS)


def read_breaches(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each milestone and reason; the reason is null if nobody gave one.

    The statistics are of how late the milestones were met.
    """
    groups: dict[tuple[str, str], list[RoundMilestone]] = defaultdict(list)
    for item, reason in breaches_in(question):
        if question.includes(item.request_type, item.met_at or item.due_at):
            groups[item.name, reason].append(item)
    return [
        {"milestone": name, "reason": reason or None, **_figures(groups[name, reason])}
        for name, reason in sorted(groups)
    ]


def breaches_in(question: ReportQuery) -> list[tuple[RoundMilestone, str]]:
    """Return the milestones that were met late or missed, each with the last reason given.

    A reason is that of the last round which was late when it was given.
    """
    starts, reasons = updates_in(question, EXPLAINED, ("subject", "reason_code"))
    late: dict[tuple[int, str], list[RoundMilestone]] = defaultdict(list)
    for item in rounds_in(question, starts):
        if item.is_counted(question.now) and not item.is_met:
            late[item.request, item.name].append(item)
    given: dict[RoundMilestone, str] = {}
    for request, _update, at, name, reason in reasons:
        before = [item for item in late[request, name] if item.due_at <= at]
        if before:
            given[before[-1]] = reason
    return [(item, given.get(item, "")) for items in late.values() for item in items]


def _figures(items: Sequence[RoundMilestone]) -> dict[str, Any]:
    verified = [item for item in items if not item.is_unverified]
    late = [item for item in verified if item.is_late]
    return {
        "n": count(item.update for item in verified),
        "late": count(item.update for item in late),
        "missed": count(item.update for item in verified if item.met_at is None),
        "unverified": count(item.update for item in items if item.is_unverified),
        **Durations([item.met_at - item.due_at for item in late if item.met_at]).statistics(),
    }
