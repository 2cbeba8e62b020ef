"""The report on emergency response: the time until someone is on site, after 16 NYCRR 255.825."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from gasutil.deadlines import ON_SITE
from gasutil.models.calendars import office_clock
from gasutil.reports.rounds import RoundMilestone, milestones_in
from gasutil.reports.tables import STATISTICS, Durations, ReportQuery, count

BAND_MINUTES = (15, 30, 45, 60)
TOTALS = (
    *(f"up_to_{minutes}" for minutes in BAND_MINUTES),
    f"over_{BAND_MINUTES[-1]}",
    "not_attended",
)
COLUMNS_OF_RESPONSE = ("day_class", "n", *TOTALS, "unverified", *STATISTICS)
WORKING, OTHER, DAYS_OFF = DAY_CLASSES = ("working_hours", "other_hours", "weekends_and_holidays")


def read_emergency_response(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each day class."""
    groups: dict[str, list[RoundMilestone]] = defaultdict(list)
    classify = question.once("day classes", day_classes)
    for item in milestones_in(question):
        if item.name == ON_SITE and item.is_emergency:
            groups[classify(item.began_at)].append(item)
    return [{"day_class": name, **_figures(groups[name])} for name in DAY_CLASSES]


def day_classes() -> Callable[[dt.datetime], str]:
    """Return the function that classifies times by the first calendar."""
    clock = office_clock()

    def classify(at: dt.datetime) -> str:
        local = at.astimezone(clock.zone)
        if not clock.is_working_day(local.date()):
            return DAYS_OFF
        hours = clock.week[local.weekday()]
        minute = local.hour * 60 + local.minute
        return WORKING if any(begin <= minute < end for begin, end in hours) else OTHER

    return classify


def _figures(items: Sequence[RoundMilestone]) -> dict[str, Any]:
    verified = [item for item in items if not item.is_unverified]
    attended = [(item, item.length) for item in verified if item.length is not None]
    limits = [dt.timedelta.min, *(dt.timedelta(minutes=minutes) for minutes in BAND_MINUTES)]
    bands = {
        f"up_to_{minutes}": count(item.update for item, length in attended if low < length <= high)
        for minutes, (low, high) in zip(BAND_MINUTES, pairwise(limits), strict=True)
    }
    over = count(item.update for item, length in attended if length > limits[-1])
    return {
        "n": count(item.update for item in verified),
        **bands,
        f"over_{BAND_MINUTES[-1]}": over,
        "not_attended": count(item.update for item in verified if item.met_at is None),
        "unverified": count(item.update for item in items if item.is_unverified),
        **Durations([length for _item, length in attended]).statistics(),
    }
