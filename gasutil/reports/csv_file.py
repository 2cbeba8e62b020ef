"""A report as a CSV file, the same from the API, from the console and in a mail."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from gasutil.reports.tables import Count, ReportDefinition, ReportQuery
from gasutil.tables import formulas

CONTENT_TYPE = "text/csv; charset=utf-8"


def csv_of(report: ReportDefinition, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows of a report as CSV, with the names of the columns first."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(report.columns)
    writer.writerows([_cell(row[name]) for name in report.columns] for row in rows)
    return file.getvalue()


def file_name(report: ReportDefinition, question: ReportQuery) -> str:
    """Return the name of the file."""
    return f"{report.name}-{question.start}-{question.end}.csv"


def _cell(value: Any) -> Any:
    if isinstance(value, Count):
        return value.value
    return formulas.escape(value) if isinstance(value, str) else value
