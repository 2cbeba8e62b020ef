"""What answers say beyond themselves: someone needs special care, or is in danger.

Managers mark the questions: for special care any answer but “no”, for danger certain answers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from gasutil.dynamic_forms.definition import Question, condition_values, questions
from gasutil.models import RequestField, ServiceRequest

YES, NO = gettext_lazy("Yes"), gettext_lazy("No")
NO_ANSWERS = ("no", "none", "")
MARKED = Q(marks_care=True) | ~Q(danger_answers="")
Find = Callable[[RequestField, Any], Any]  # the part of an answer that counts, None for nothing


def marked_fields(code: str, answers: Mapping[str, Any]) -> Sequence[RequestField]:
    """Return the marked questions of a type; none are read if there are no answers.

    The current marks count: marking a question also marks requests that were filed before.
    """
    if not answers:
        return []
    return list(RequestField.objects.filter(MARKED, request_type__code=code))


def special_care(
    form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], marked: Iterable[RequestField]
) -> list[str]:
    """Return the labels of what needs special care; `form` is the version that was answered."""
    rows = _found(form, answers, marked, _care)
    return [
        label if answer is True else _display(question, answer) for question, label, answer in rows
    ]


def danger_texts(
    form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], marked: Iterable[RequestField]
) -> list[str]:
    """Return the answers that mean danger, each as it was asked."""
    rows = _found(form, answers, marked, _danger)
    return [
        f"{label} {YES if answer else NO}"
        if isinstance(answer, bool)
        else _display(question, answer)
        for question, label, answer in rows
    ]


def has_danger(answers: Mapping[str, Any], marked: Iterable[RequestField]) -> bool:
    """Return whether one of the answers means danger."""
    return any(_danger(row, answers.get(row.name)) is not None for row in marked)


def dangers(obj: ServiceRequest) -> list[str]:
    """Return the dangers that the answers of a request name.

    Only a request with `has_danger` needs queries.
    """
    if not obj.has_danger:
        return []
    return danger_texts(obj.questions, obj.details, marked_fields(obj.answers_type, obj.details))


def danger_values(row: RequestField) -> tuple[str, ...]:
    """Return the answers to a question that mean danger, as conditions name them."""
    return tuple(value for line in row.danger_answers.splitlines() if (value := line.strip()))


def _care(row: RequestField, answer: Any) -> Any:
    is_no = not answer or str(answer).strip().lower() in NO_ANSWERS
    return answer if row.marks_care and not is_no else None


def _danger(row: RequestField, answer: Any) -> Any:
    """Return the answer if it means danger; of several choices those that do."""
    values = danger_values(row)
    if answer is None or not values:
        return None
    if isinstance(answer, list):
        return [choice for choice in answer if choice in values] or None
    return answer if condition_values(answer)[0] in values else None


def _found(
    form: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    marked: Iterable[RequestField],
    find: Find,
) -> list[tuple[Question | None, str, Any]]:
    """Return the answers that count, each with its question and the label of that."""
    asked = {question.name: question for question in questions(form)}
    rows = [(row, find(row, answers.get(row.name))) for row in marked]
    return [
        (asked.get(row.name), asked.get(row.name, row).label, answer)
        for row, answer in rows
        if answer is not None
    ]


def _display(question: Question | None, answer: Any) -> str:
    return question.display(answer) if question else str(answer)
