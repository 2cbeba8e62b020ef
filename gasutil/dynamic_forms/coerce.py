"""The conversion of answers from text to the types that the validator expects.

The text is as a form or a table has it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from gasutil.dynamic_forms import written
from gasutil.dynamic_forms.definition import Question, questions
from gasutil.models import AnswerKind

YES_WORDS, NO_WORDS = (
    frozenset({"yes", "y", "true", "1", "on"}),
    frozenset({"no", "n", "false", "0", "off"}),
)
SEPARATOR = ";"  # between several choices in one cell


def coerce(form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers as the validator expects them.

    Empty ones are left out; what can't be read stays as it is, for its error.
    """
    asked = {question.name: question for question in questions(form)}
    given = {name: value for name, value in answers.items() if value not in ("", None, [])}
    return {
        name: _coerce(asked[name], value) if name in asked else value
        for name, value in given.items()
    }


def _coerce(question: Question, value: Any) -> Any:
    if question.kind == AnswerKind.SEVERAL_OF:
        choices = (
            value
            if isinstance(value, list)
            else [part.strip() for part in str(value).split(SEPARATOR) if part.strip()]
        )
        return [_choice(question, choice) for choice in choices]
    text = str(value).strip()
    match question.kind:
        case AnswerKind.YES_NO:
            return (
                True if text.lower() in YES_WORDS else False if text.lower() in NO_WORDS else text
            )
        case AnswerKind.ONE_OF:
            return _choice(question, text)
        case AnswerKind.WHOLE_NUMBER:
            return written.whole_number(text)
        case AnswerKind.DECIMAL | AnswerKind.METER_READING:
            return written.decimal(text)
        case AnswerKind.DATE:
            return _date(text)
        case AnswerKind.DATE_TIME:
            moment = written.moment(text)
            return (
                (moment if moment.tzinfo else timezone.make_aware(moment)).isoformat()
                if moment
                else text
            )
    return text


def _date(text: str) -> str:
    """Return the day of a date or a time in the operator's time zone."""
    moment = written.moment(text)
    if moment is None:
        return text
    try:
        return (timezone.localdate(moment) if moment.tzinfo else moment.date()).isoformat()
    except OverflowError:  # the first or the last day that there is
        return text


def _choice(question: Question, text: Any) -> Any:
    """Return the value of a choice that is written in another case, or as its label."""
    if text in question.values:
        return text
    key = str(text).casefold()
    named = {
        value for value, label in question.choices if key in (value.casefold(), label.casefold())
    }
    return named.pop() if len(named) == 1 else text
