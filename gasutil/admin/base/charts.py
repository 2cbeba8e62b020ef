"""Charts, as Chart.js takes them.

`charts.js` gives them the colours of the theme.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO_LINE: Mapping[str, Any] = {"grid": {"display": False}, "border": {"display": False}}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart: its data, its options, and its text for screen readers."""

    data: str
    options: str
    summary: str
    height: int = 0  # pixels; 0: that of the page


def bars(label: str, values: Sequence[int], token: str) -> dict[str, Any]:
    """Return bars of one colour; `token` is the CSS variable of the colour."""
    return {"label": label, "data": list(values), "token": token}


def make_chart(
    labels: Sequence[str],
    datasets: list[dict[str, Any]],
    *,
    most: int,
    summary: str,
    is_horizontal: bool = False,
) -> Chart:
    """Return a chart. Options replace Unfold's, so all of them are given.

    Bars lie, and those of one label are in one line, if it is horizontal.
    """
    names: Mapping[str, Any] = {
        **NO_LINE,
        "stacked": is_horizontal,
        "ticks": {"maxRotation": 0, "autoSkip": not is_horizontal, "autoSkipPadding": 12},
    }
    numbers: Mapping[str, Any] = {
        "border": {"display": False},
        "grid": {},
        "min": 0,
        "stacked": is_horizontal,
        "suggestedMax": max(most, 4),
        "ticks": {"precision": 0, "maxTicksLimit": 5},
    }
    options = {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "maxBarThickness": 14,
        "indexAxis": "y" if is_horizontal else "x",
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
        "scales": {"x": numbers, "y": names} if is_horizontal else {"x": names, "y": numbers},
    }
    return Chart(
        data=json.dumps({"labels": list(labels), "datasets": datasets}),
        options=json.dumps(options),
        summary=summary,
        height=64 + 28 * len(labels) if is_horizontal else 0,
    )
