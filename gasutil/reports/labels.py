"""What the columns of reports are called, and what their values are."""

import datetime as dt
from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gasutil.reports.comparison import Total
from gasutil.reports.emergency_response import DAYS_OFF, OTHER, WORKING


class Unit(Enum):
    """What a value is."""

    NUMBER = auto()
    MINUTES = auto()
    SHARE = auto()


class ReportColumn(NamedTuple):
    """The label of a column, and what its values are."""

    label: str | Promise
    unit: Unit = Unit.NUMBER


REPORT_COLUMNS: Mapping[str, ReportColumn] = {
    "request_type": ReportColumn(_("Request type")),
    "milestone": ReportColumn(_("Milestone")),
    "day": ReportColumn(_("Day")),
    "day_class": ReportColumn(_("Time of the report")),
    "n": ReportColumn(_("All")),
    "met": ReportColumn(_("In time")),
    "late": ReportColumn(_("Late")),
    "missed": ReportColumn(_("Missed")),
    "share": ReportColumn(_("Share in time"), Unit.SHARE),
    "median": ReportColumn(_("Median"), Unit.MINUTES),
    "p90": ReportColumn(_("90th percentile"), Unit.MINUTES),
    "worst": ReportColumn(_("Longest"), Unit.MINUTES),
    "up_to_15": ReportColumn(_("Up to 15 min")),
    "up_to_30": ReportColumn(_("15 to 30 min")),
    "up_to_45": ReportColumn(_("30 to 45 min")),
    "up_to_60": ReportColumn(_("45 to 60 min")),
    "over_60": ReportColumn(_("Over 60 min")),
    "not_attended": ReportColumn(_("Not attended")),
    "opened": ReportColumn(_("Opened")),
    "resolved": ReportColumn(_("Resolved")),
    "cancelled": ReportColumn(_("Cancelled")),
    "backlog": ReportColumn(_("Open at the end")),
    "unverified": ReportColumn(_("Unverified")),
    "person": ReportColumn(_("Person")),
    "team": ReportColumn(_("Team")),
    "handled": ReportColumn(_("Worked on")),
    "reopened": ReportColumn(_("Reopened")),
    "milestones_met": ReportColumn(_("Milestones in time")),
    "notifications": ReportColumn(_("Notifications")),
    "acknowledged": ReportColumn(_("Acknowledged")),
    "unacknowledged": ReportColumn(_("Not acknowledged")),
    "reason": ReportColumn(_("Reason")),
    "within_60": ReportColumn(_("Within 1 h")),
    "within_120": ReportColumn(_("1 to 2 h")),
    "over_120": ReportColumn(_("Over 2 h")),
    "share_60": ReportColumn(_("Share within 1 h"), Unit.SHARE),
    "share_120": ReportColumn(_("Share within 2 h"), Unit.SHARE),
    "by_customer": ReportColumn(_("By the customer")),
    "share_reopened": ReportColumn(_("Share reopened"), Unit.SHARE),
    "received": ReportColumn(_("Received")),
    "resolved_in_time": ReportColumn(_("Resolved in time")),
    "resolved_late": ReportColumn(_("Resolved late")),
    "open": ReportColumn(_("Still open")),
    "open_overdue": ReportColumn(_("Open and overdue")),
    "share_in_time": ReportColumn(_("Share in time"), Unit.SHARE),
    "median_age": ReportColumn(_("Median age"), Unit.MINUTES),
    "oldest_age": ReportColumn(_("Age of the oldest"), Unit.MINUTES),
}
DAY_CLASS_LABELS: Mapping[str, str | Promise] = {
    WORKING: _("Working hours"),
    OTHER: _("Other hours"),
    DAYS_OFF: _("Weekends and holidays"),
}


def column_of(name: str) -> ReportColumn:
    """Return the column of a name; one that is not in the table has its name as its label."""
    return REPORT_COLUMNS.get(name) or ReportColumn(name.replace("_", " ").capitalize())


def period_title(start: dt.date, end: dt.date) -> str:
    """Return the first and the last day of a period."""
    last = end - dt.timedelta(days=1)
    days = [date_format(day, "j M Y") for day in (start, last)]
    return days[0] if start == last else " \N{EN DASH} ".join(days)


def total_text(total: Total, *, has_before: bool) -> str:
    """Return a total, and that of the period before."""
    params = {
        "label": column_of(total.column).label,
        "now": intcomma(total.now),
        "before": intcomma(total.before),
    }
    return (
        gettext("%(label)s: %(now)s (%(before)s before)") % params
        if has_before
        else gettext("%(label)s: %(now)s") % params
    )
