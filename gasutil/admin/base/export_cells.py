"""The values of exported files.

A file has codes and times as the API has them (ISO 8601, UTC), so that programs can read it. A cell
that a spreadsheet would take for a formula begins with an apostrophe.
"""

import datetime as dt
import json
import re
from typing import Any

from gasutil.tables import formulas

# Characters that no XML document, and so no XLSX file, can have.
NOT_XML = re.compile("[\0-\b\v\f\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell(value: Any) -> Any:
    """Return a value in the format of an export."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    if not isinstance(value, str):
        return value
    return formulas.escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value))
