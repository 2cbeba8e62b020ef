"""Who needs special care, by the answers to those questions that managers have marked so."""

from collections.abc import Mapping
from typing import Any

from gasutil.details.forms import Question
from gasutil.models import RequestField

NO = ("no", "none", "")


def needs_care(code: str, answers: Mapping[str, Any]) -> list[str]:
    """Return who or what needs special care, in words; `code` is the type that the answers are of.

    The marks count as they stand now: marking a question marks what was filed before as well.
    """
    marked = RequestField.objects.filter(request_type__code=code, marks_care=True) if answers else []
    return [_said(Question.of(row), answers[row.name]) for row in marked if _says_so(answers.get(row.name))]


def _says_so(answer: Any) -> bool:
    return bool(answer) and str(answer).strip().lower() not in NO


def _said(question: Question, answer: Any) -> str:
    try:
        return question.label if answer is True else question.in_words(answer)
    except ValueError:  # a date that was text when it was asked
        return str(answer)
