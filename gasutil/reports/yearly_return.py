"""The yearly return of complaints, as India's regulator asks for it.

The sum of what was resolved in time, resolved late, cancelled and is open is what was received.
PNGRB, Quality of Service regulations 2010, regulation 11.
"""

from collections import defaultdict
from typing import Any

from gasutil.deadlines import RESOLVED
from gasutil.models import Status
from gasutil.reports.rounds import RoundMilestone, requests_in, rounds_in
from gasutil.reports.tables import REQUEST_LIST, ReportQuery, count, share

RETURN_OUTCOMES = ("resolved_in_time", "resolved_late", "cancelled", "open")
COLUMNS_OF_RETURN = (
    *("request_type", "received", *RETURN_OUTCOMES, "open_overdue", "unverified", "share_in_time"),
)


def read_yearly_return(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each request type that was received in the period."""
    last: dict[int, RoundMilestone] = {
        item.request: item for item in rounds_in(question) if item.name == RESOLVED
    }
    groups: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in requests_in(question):
        pk, code = row["pk"], row["request_type"]
        if not question.includes(code, row["began"]):
            continue
        if row["is_unverified"]:
            groups[code]["unverified"].add(pk)
            continue
        clock = last.get(pk)
        groups[code]["received"].add(pk)
        groups[code][_outcome(row["status"], clock)].add(pk)
        is_open = row["status"] not in (Status.RESOLVED, Status.CANCELLED)
        if is_open and clock and clock.met_at is None and clock.due_at < question.now:
            groups[code]["open_overdue"].add(pk)
    return [_row(code, groups[code]) for code in sorted(groups)]


def _outcome(status: str, clock: RoundMilestone | None) -> str:
    """Return what became of a request; without a deadline, nothing is late."""
    if status == Status.CANCELLED:
        return "cancelled"
    if status != Status.RESOLVED:
        return "open"
    return "resolved_late" if clock and clock.is_late else "resolved_in_time"


def _row(code: str, group: dict[str, set[int]]) -> dict[str, Any]:
    counts = {
        name: count(group[name], REQUEST_LIST)
        for name in ("received", *RETURN_OUTCOMES, "open_overdue", "unverified")
    }
    in_time, late = counts["resolved_in_time"].value, counts["resolved_late"].value
    return {"request_type": code, **counts, "share_in_time": share(in_time, in_time + late)}
