"""Answers as somebody writes them down, in a form or a table: texts, which the validator takes only as what they mean."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from gasutil.details.forms import Question, questions
from gasutil.models import Kind

YES, NO = frozenset({"yes", "true", "1", "on"}), frozenset({"no", "false", "0", "off"})
SEPARATOR = ";"  # between several choices in one cell


def typed(form: Sequence[Mapping[str, Any]], written: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers as the validator takes them; what is left empty is left out, what can't be read stays as it is."""
    asked = {question.name: question for question in questions(form)}
    given = {name: value for name, value in written.items() if value not in ("", None, [])}
    return {name: _typed(asked[name], value) if name in asked else value for name, value in given.items()}


def _typed(question: Question, value: Any) -> Any:
    kind = question.kind
    if kind == Kind.SEVERAL_OF:
        return value if isinstance(value, list) else [one.strip() for one in str(value).split(SEPARATOR) if one.strip()]
    if isinstance(value, dt.datetime):  # a table's own kind of cell
        return value.date().isoformat() if kind == Kind.DATE else _moment(value.isoformat())
    text = str(value).strip()
    if kind == Kind.YES_NO:
        return True if text.lower() in YES else False if text.lower() in NO else text
    if kind == Kind.WHOLE_NUMBER:
        return int(text) if re.fullmatch(r"[+-]?\d{1,20}", text) else text
    if kind in (Kind.DECIMAL, Kind.METER_READING):
        return float(text) if re.fullmatch(r"[+-]?\d{1,20}(\.\d{1,20})?", text) else text
    return _moment(text) if kind == Kind.DATE_TIME else text


def _moment(text: str) -> str:
    """Return a time with its zone; without one it is the desk's."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else timezone.make_aware(moment)).isoformat()
