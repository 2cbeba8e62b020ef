"""The front page's charts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gasutil.admin.base.charts import Chart, bars, make_chart


def flow(days: Sequence[Mapping[str, Any]]) -> Chart:
    """Return the chart of requests opened and resolved on each day, side by side."""
    return make_chart(
        _labels(days),
        [
            bars(_("Opened"), [day["opened"] for day in days], "--chart-opened"),
            bars(_("Resolved"), [day["resolved"] for day in days], "--chart-resolved"),
        ],
        most=max((max(day["opened"], day["resolved"]) for day in days), default=0),
        summary=_("%(opened)s opened and %(resolved)s resolved in %(days)s days")
        % {
            "opened": sum(day["opened"] for day in days),
            "resolved": sum(day["resolved"] for day in days),
            "days": len(days),
        },
    )


def on_time(days: Sequence[Mapping[str, Any]], share: int | None) -> Chart:
    """Return the chart of the share of resolved requests of each day that met their deadlines."""
    shares = [
        round(100 * day["in_time"] / day["resolved"]) if day["resolved"] else None for day in days
    ]
    line = {
        "label": _("On time, %"),
        "data": shares,
        "token": "--chart-on-time",
        "spanGaps": True,
        "tension": 0.3,
    }
    text = (
        _("No requests were resolved in this period")
        if share is None
        else _("%(share)s percent on time") % {"share": share}
    )
    return make_chart(_labels(days), [line], most=100, summary=text)


def _labels(days: Sequence[Mapping[str, Any]]) -> list[str]:
    return [date_format(day["day"], "j M") for day in days]
