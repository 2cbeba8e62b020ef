"""The front page's charts, as Chart.js takes them.

`charts.js` gives them the colours of the theme.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

NO_LINE: Mapping[str, Any] = {"grid": {"display": False}, "border": {"display": False}}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart: its data, its options, and its text for screen readers."""

    data: str
    options: str
    summary: str


def flow(days: Sequence[Mapping[str, Any]]) -> Chart:
    """Return the chart of requests opened and resolved on each day, side by side."""
    return _chart(
        days,
        [
            _bars(_("Opened"), "opened", days, "--chart-opened"),
            _bars(_("Resolved"), "resolved", days, "--chart-resolved"),
        ],
        most=max((max(day["opened"], day["resolved"]) for day in days), default=0),
        summary=_("%(opened)s opened and %(resolved)s resolved in %(days)s days")
        % {
            "opened": sum(day["opened"] for day in days),
            "resolved": sum(day["resolved"] for day in days),
            "days": len(days),
        },
    )


def kept(days: Sequence[Mapping[str, Any]], share: int | None) -> Chart:
    """Return the chart of the share of resolved requests of each day that met their deadlines."""
    shares = [
        round(100 * day["in_time"] / day["resolved"]) if day["resolved"] else None for day in days
    ]
    line = {
        "label": _("On time, %"),
        "data": shares,
        "token": "--chart-kept",
        "spanGaps": True,
        "tension": 0.3,
    }
    text = (
        _("No requests were resolved in this period")
        if share is None
        else _("%(share)s percent on time") % {"share": share}
    )
    return _chart(days, [line], most=100, summary=text)


def _bars(label: str, name: str, days: Sequence[Mapping[str, Any]], token: str) -> dict[str, Any]:
    return {"label": label, "data": [day[name] for day in days], "token": token}


def _chart(
    days: Sequence[Mapping[str, Any]], datasets: list[dict[str, Any]], *, most: int, summary: str
) -> Chart:
    """Return a chart over days. Options replace Unfold's, so all of them are given."""
    options = {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "maxBarThickness": 14,
        "interaction": {"mode": "index", "intersect": False},
        "datasets": {
            "bar": {"borderRadius": 3, "categoryPercentage": 0.7, "barPercentage": 0.9},
            "line": {"borderWidth": 2, "pointRadius": 2},
        },
        "plugins": {
            "legend": {
                "display": len(datasets) > 1,
                "align": "end",
                "labels": {
                    "boxWidth": 8,
                    "boxHeight": 8,
                    "usePointStyle": True,
                    "pointStyle": "circle",
                },
            }
        },
        "scales": {
            "x": {**NO_LINE, "ticks": {"maxRotation": 0, "autoSkipPadding": 12}},
            "y": {
                "border": {"display": False},
                "grid": {},
                "min": 0,
                "suggestedMax": max(most, 4),
                "ticks": {"precision": 0, "maxTicksLimit": 5},
            },
        },
    }
    labels = [date_format(day["day"], "j M") for day in days]
    return Chart(
        data=json.dumps({"labels": labels, "datasets": datasets}),
        options=json.dumps(options),
        summary=summary,
    )
