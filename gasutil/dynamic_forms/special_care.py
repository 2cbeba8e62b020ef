"""Who needs special care, by the answers to those questions that managers have marked so."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gasutil.dynamic_forms.definition import Question, questions
from gasutil.models import RequestField

NO_ANSWERS = ("no", "none", "")


def special_care(
    code: str,
    form: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    marked: Iterable[RequestField] | None = None,
) -> list[str]:
    """Return the labels of what needs special care.

    `code` is the type, and `form` the version, of the answers; `marked` are the questions of the
    type that are marked, if they have been read.

    The current marks count: marking a question also marks requests that were filed before. An
    answer is shown as the question was asked.
    """
    if marked is None:
        marked = (
            RequestField.objects.filter(request_type__code=code, marks_care=True) if answers else []
        )
    asked = {question.name: question for question in questions(form)}
    return [
        _display(asked.get(row.name), row.label, answers[row.name])
        for row in marked
        if _says_so(answers.get(row.name))
    ]


def _says_so(answer: Any) -> bool:
    return bool(answer) and str(answer).strip().lower() not in NO_ANSWERS


def _display(question: Question | None, label: str, answer: Any) -> str:
    if answer is True:
        return question.label if question else label
    return question.display(answer) if question else str(answer)
