"""The display of numbers in an XLSX file.

It is a date, time, duration, number with leading zeros, or number.
"""

import datetime as dt
import re
from typing import Any

from openpyxl.utils.datetime import from_excel

from gasutil.tables.grid import plain

LITERALS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DURATION_CODE = re.compile(r"\[[hms]+\]")
LEADING_ZEROS = re.compile("0{2,30}")
MAX_CHARACTERS = 255


def displayed(value: float, code: str, epoch: dt.datetime) -> Any:
    """Return a number as its format shows it.

    A date without a time is a `date`, whatever its fraction.
    """
    section = LITERALS.sub("", code[:MAX_CHARACTERS].split(";")[0]).lower()
    number = plain(value)
    if LEADING_ZEROS.fullmatch(section) and isinstance(number, int) and number >= 0:
        return str(number).zfill(len(section))
    if "general" in section or not any(letter in section for letter in "ymdhs"):
        return number
    try:
        return _moment(value, section, epoch)
    except (OverflowError, ValueError):  # no day has this number
        return number


def _moment(value: float, section: str, epoch: dt.datetime) -> dt.date | dt.time | dt.timedelta:
    if DURATION_CODE.search(section):
        moment: dt.date | dt.time | dt.timedelta = from_excel(value, epoch, timedelta=True)
        return moment
    has_time = any(letter in section for letter in "hs")
    has_date = any(letter in section for letter in "yd") or not has_time
    moment = from_excel(value, epoch)
    if isinstance(moment, dt.datetime) and not has_time:
        return moment.date()
    return moment.time() if isinstance(moment, dt.datetime) and not has_date else moment
