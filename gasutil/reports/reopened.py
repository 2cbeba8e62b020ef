"""The report on reopened requests: how many resolutions did not last."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Q

from gasutil.models import OPEN_STATUSES, Status
from gasutil.reports.rounds import facts_of, updates_in
from gasutil.reports.tables import STATISTICS, Durations, ReportQuery, count, share

CHANGES_STATUS = Q(changed__contains="status")
COLUMNS_OF_REOPENED = (
    *("request_type", "resolved", "reopened", "by_customer", "unverified", "share_reopened"),
    *STATISTICS,
)


def read_reopened(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each request type with a resolution.

    The statistics are of the time from the resolution to the reopening. A request that was resolved
    and reopened more than once counts each time.
    """
    facts = facts_of(question)
    columns = ("previous_status", "status", "history_user", "customer")
    _starts, updates = updates_in(question, CHANGES_STATUS, columns)
    groups: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    lengths: dict[str, list[dt.timedelta]] = defaultdict(list)
    resolved_at: dict[int, dt.datetime] = {}
    for request, update, at, before, status, author, customer in updates:
        code, is_unverified = facts[request]
        is_resolution = before in OPEN_STATUSES and status == Status.RESOLVED
        is_reopening = before == Status.RESOLVED and status in OPEN_STATUSES
        if is_resolution:
            resolved_at[request] = at
        if not (is_resolution or is_reopening) or not question.includes(code, at):
            continue
        group = groups[code]
        if is_unverified:
            group["unverified"].add(update)
            continue
        group["resolved" if is_resolution else "reopened"].add(update)
        if is_reopening and author is not None and author == customer:
            group["by_customer"].add(update)
        if is_reopening and request in resolved_at:
            lengths[code].append(at - resolved_at[request])
    return [_row(code, groups[code], lengths[code]) for code in sorted(groups)]


def _row(code: str, group: dict[str, set[int]], lengths: list[dt.timedelta]) -> dict[str, Any]:
    resolved, reopened, by_customer, unverified = (
        count(group[name]) for name in ("resolved", "reopened", "by_customer", "unverified")
    )
    return {
        "request_type": code,
        "resolved": resolved,
        "reopened": reopened,
        "by_customer": by_customer,
        "unverified": unverified,
        "share_reopened": share(reopened.value, resolved.value),
        **Durations(lengths).statistics(),
    }
