"""The report on milestones: how many were met in time, by request type and milestone."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gasutil.reports.rounds import RoundMilestone, milestones_in
from gasutil.reports.tables import STATISTICS, Durations, ReportQuery, count, share

COLUMNS_OF_MILESTONES = (
    *("request_type", "milestone", "n", "met", "late", "missed", "unverified", "share"),
    *STATISTICS,
)


def read_milestones(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each request type and milestone."""
    groups: dict[tuple[str, str], list[RoundMilestone]] = defaultdict(list)
    for item in milestones_in(question):
        groups[item.request_type, item.name].append(item)
    return [
        {"request_type": request_type, "milestone": name, **_figures(groups[request_type, name])}
        for request_type, name in sorted(groups)
    ]


def _figures(items: Sequence[RoundMilestone]) -> dict[str, Any]:
    verified = [item for item in items if not item.is_unverified]
    total = count(item.update for item in verified)
    met = count(item.update for item in verified if item.is_met)
    return {
        "n": total,
        "met": met,
        "late": count(item.update for item in verified if item.is_late),
        "missed": count(item.update for item in verified if item.met_at is None),
        "unverified": count(item.update for item in items if item.is_unverified),
        "share": share(met.value, total.value),
        **Durations([item.length for item in verified if item.length is not None]).statistics(),
    }
