"""A report beside that of the period of the same length before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gasutil.reports.tables import DAY, Count, ReportDefinition, ReportQuery

ReportRow = Mapping[str, Any]


class Total(NamedTuple):
    """A count that adds up over the rows, in the period and in the one before."""

    column: str
    now: int
    before: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The rows of a report, and those of the previous period, which are empty without one."""

    report: ReportDefinition
    question: ReportQuery
    rows: Sequence[ReportRow]
    earlier: Sequence[ReportRow]

    def pairs(self) -> list[tuple[ReportRow, ReportRow | None]]:
        """Return each row with its counterpart; that of a day is as far from the beginning."""
        shift = self.question.end - self.question.start
        known = {tuple(self._key(row, shift)): row for row in self.earlier}
        return [(row, known.get(tuple(self._key(row)))) for row in self.rows]

    def totals(self) -> list[Total]:
        """Return the sums of the counts that add up."""
        return [
            Total(column, _sum(self.rows, column), _sum(self.earlier, column))
            for column in totals_of(self.report, self.rows or self.earlier)
        ]

    def _key(self, row: ReportRow, shift: dt.timedelta = dt.timedelta()) -> list[Any]:
        return [
            dt.date.fromisoformat(row[name]) + shift if name == DAY else row[name]
            for name in self.report.keys
        ]


def compare(
    report: ReportDefinition, question: ReportQuery, *, with_previous: bool = True
) -> Comparison:
    """Read a report for a period, and for the one before."""
    return Comparison(
        report=report,
        question=question,
        rows=report.read(question),
        earlier=report.read(question.previous) if with_previous else [],
    )


def totals_of(report: ReportDefinition, rows: Sequence[ReportRow]) -> list[str]:
    """Return the counts that add up; a report that names none has its first one."""
    counts = [name for name, value in rows[0].items() if isinstance(value, Count)] if rows else []
    return [name for name in report.totals if name in counts] or counts[:1]


def _sum(rows: Sequence[ReportRow], column: str) -> int:
    return sum(row[column].value for row in rows)
