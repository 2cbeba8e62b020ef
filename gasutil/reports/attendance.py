"""The report on attendance: emergencies attended within one and two hours, as in Great Britain.

The standard there is 97 % within an hour (uncontrolled escapes) and within two (controlled ones).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gasutil.deadlines import ON_SITE
from gasutil.reports.rounds import RoundMilestone, milestones_in
from gasutil.reports.tables import STATISTICS, Durations, ReportQuery, count, share

ONE_HOUR, TWO_HOURS = dt.timedelta(hours=1), dt.timedelta(hours=2)
TOTALS_OF_ATTENDANCE = ("within_60", "within_120", "over_120", "not_attended")
COLUMNS_OF_ATTENDANCE = (
    *("request_type", "n", *TOTALS_OF_ATTENDANCE, "unverified", "share_60", "share_120"),
    *STATISTICS,
)


def read_attendance(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each request type with emergencies."""
    groups: dict[str, list[RoundMilestone]] = defaultdict(list)
    for item in milestones_in(question):
        if item.name == ON_SITE and item.is_emergency:
            groups[item.request_type].append(item)
    return [{"request_type": code, **_figures(groups[code])} for code in sorted(groups)]


def _figures(items: Sequence[RoundMilestone]) -> dict[str, Any]:
    verified = [item for item in items if not item.is_unverified]
    attended = [(item.update, item.length) for item in verified if item.length is not None]
    within = count(update for update, length in attended if length <= ONE_HOUR)
    between = count(update for update, length in attended if ONE_HOUR < length <= TWO_HOURS)
    total = count(item.update for item in verified)
    return {
        "n": total,
        "within_60": within,
        "within_120": between,
        "over_120": count(update for update, length in attended if length > TWO_HOURS),
        "not_attended": count(item.update for item in verified if item.met_at is None),
        "unverified": count(item.update for item in items if item.is_unverified),
        "share_60": share(within.value, total.value),
        "share_120": share(within.value + between.value, total.value),
        **Durations([length for _update, length in attended]).statistics(),
    }
