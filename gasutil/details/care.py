"""Who needs special care, by the answers to those questions that managers have marked so."""

from collections.abc import Mapping, Sequence
from typing import Any

from gasutil.details.forms import Question, questions
from gasutil.models import RequestField

NO = ("no", "none", "")


def needs_care(code: str, form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[str]:
    """Return who or what needs special care, in words; `code` is the type, and `form` its version, that the answers are of.

    The marks count as they stand now: marking a question marks what was filed before as well. What an answer means,
    the question as it was asked says.
    """
    marked = RequestField.objects.filter(request_type__code=code, marks_care=True) if answers else []
    asked = {question.name: question for question in questions(form)}
    return [_said(asked.get(row.name), row.label, answers[row.name]) for row in marked if _says_so(answers.get(row.name))]


def _says_so(answer: Any) -> bool:
    return bool(answer) and str(answer).strip().lower() not in NO


def _said(question: Question | None, label: str, answer: Any) -> str:
    if answer is True:
        return question.label if question else label
    return question.in_words(answer) if question else str(answer)
