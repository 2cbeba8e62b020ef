"""The table and the chart of a report, from its definition alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from gasutil.admin.base.charts import Chart, bars, make_chart
from gasutil.admin.base.filters import choices
from gasutil.admin.base.formatting import EMPTY_VALUE, duration, step_label
from gasutil.models import BreachReason
from gasutil.reports.catalogue import figure
from gasutil.reports.comparison import Comparison, ReportRow
from gasutil.reports.labels import DAY_CLASS_LABELS, Unit, column_of
from gasutil.reports.tables import DAY, REQUEST_LIST, UPDATE_LIST, Count, ReportQuery

LISTS: Mapping[str, str] = {REQUEST_LIST: "servicerequest", UPDATE_LIST: "requestupdate"}
NAME_SUFFIX = "_name"  # of the column with the name of what a key is the ID of
MAX_BARS = 30
# The colours of counts that are good or bad in themselves; others have the next of the rest.
TOKENS: Mapping[str, str] = {
    "met": "--chart-good",
    "acknowledged": "--chart-good",
    "late": "--chart-warn",
    "missed": "--chart-bad",
    "not_attended": "--chart-bad",
    "within_60": "--chart-good",
    "within_120": "--chart-warn",
    "over_120": "--chart-bad",
    "reopened": "--chart-warn",
    "resolved_in_time": "--chart-good",
    "resolved_late": "--chart-warn",
    "unacknowledged": "--chart-bad",
}
OTHER_TOKENS = tuple(f"--chart-{number}" for number in range(1, 7))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value, that of the period before, and the lists that they open if they are counts."""

    text: str
    url: str = ""
    before: str = ""
    before_url: str = ""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """What the row is about, and its values."""

    keys: Sequence[str]
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class TableView:
    """The table of a report."""

    headings: Sequence[str]
    rows: Sequence[TableRow]
    keys: int  # the first columns, which say what a row is about


def table_of(comparison: Comparison) -> TableView:
    """Return the table of a report."""
    keys = key_columns(comparison)
    first: ReportRow = comparison.rows[0] if comparison.rows else {}
    values = [name for name in first if name not in _about(comparison, first)]
    labels = [_heading(name) for name in (*keys, *values)]
    rows = [
        TableRow(
            keys=[value_label(name, row[name]) for name in keys],
            cells=[_cell(comparison, name, row, earlier) for name in values],
        )
        for row, earlier in comparison.pairs()
    ]
    return TableView(headings=labels, rows=rows, keys=len(keys))


def key_columns(comparison: Comparison) -> list[str]:
    """Return the columns that say what a row is about: the name of an ID instead of the ID."""
    first = (*comparison.rows, *comparison.earlier, {})[0]
    named = {name: name + NAME_SUFFIX for name in comparison.report.keys}
    return [named[name] if named[name] in first else name for name in comparison.report.keys]


def _about(comparison: Comparison, row: ReportRow) -> set[str]:
    return {*comparison.report.keys, *key_columns(comparison)}


def _heading(name: str) -> str:
    return str(column_of(name.removesuffix(NAME_SUFFIX)).label)


def value_label(name: str, value: Any) -> str:
    """Return the value of a key as people read it."""
    if name == "reason":
        return str(BreachReason(value).label if value else _("No reason given"))
    if value is None:
        return EMPTY_VALUE
    if name == DAY:
        return date_format(dt.date.fromisoformat(value), "D j M Y")
    if name == "request_type":
        return str(dict(choices()["type"]).get(value, value))
    if name == "day_class":
        return str(DAY_CLASS_LABELS[value])
    return step_label(value) if name == "milestone" else str(value)


def _cell(comparison: Comparison, name: str, row: ReportRow, earlier: ReportRow | None) -> Cell:
    text = partial(_value_text, column_of(name).unit)
    value, question = row[name], comparison.question
    if earlier is None:
        return Cell(text=text(value), url=_url(comparison, question, row, name))
    return Cell(
        text=text(value),
        url=_url(comparison, question, row, name),
        before=text(earlier[name]),
        before_url=_url(comparison, question.previous, earlier, name),
    )


def _value_text(unit: Unit, value: Any) -> str:
    if isinstance(value, Count):
        return str(intcomma(value.value))
    if value is None:
        return EMPTY_VALUE
    if unit is Unit.MINUTES:
        return duration(60 * value) if value >= 1 else _("under 1 min")
    if unit is Unit.SHARE:
        return f"{number_format(round(100 * value, 1), decimal_pos=1)} %"
    return str(value)


def _url(comparison: Comparison, question: ReportQuery, row: ReportRow, name: str) -> str:
    """Return the URL of the list that a count counts."""
    value = row[name]
    if not isinstance(value, Count):
        return ""
    page = reverse(f"admin:gasutil_{LISTS[value.path]}_changelist")
    return f"{page}?figure={figure(comparison.report, question, row, name)}"


def chart_of(comparison: Comparison, summary: str) -> Chart:
    """Return the chart of the counts that add up: days stand, all else lies."""
    by = comparison.report.chart_by or key_columns(comparison)[0]
    columns = [total.column for total in comparison.totals()]
    sums: dict[Any, dict[str, int]] = {}
    for row in comparison.rows:
        values = sums.setdefault(row[by], dict.fromkeys(columns, 0))
        for name in columns:
            values[name] += row[name].value
    is_horizontal = by != DAY
    shown = _largest(sums) if is_horizontal else sums
    return make_chart(
        [_bar_label(by, key) for key in shown],
        [
            bars(str(column_of(name).label), [values[name] for values in shown.values()], token)
            for name, token in _tokens(columns).items()
        ],
        most=0,
        summary=summary,
        is_horizontal=is_horizontal,
    )


def _largest(sums: Mapping[Any, Mapping[str, int]]) -> dict[Any, Mapping[str, int]]:
    """Return the bars that have room, in their order."""
    largest = sorted(sums, key=lambda key: sum(sums[key].values()), reverse=True)[:MAX_BARS]
    return {key: values for key, values in sums.items() if key in largest}


def _bar_label(name: str, value: Any) -> str:
    if name == DAY:
        return date_format(dt.date.fromisoformat(value), "j M")
    return value_label(name, value)


def _tokens(columns: Sequence[str]) -> dict[str, str]:
    """Return the colour of each column."""
    rest = iter(OTHER_TOKENS)
    return {name: TOKENS.get(name) or next(rest, OTHER_TOKENS[-1]) for name in columns}
