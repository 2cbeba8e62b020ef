"""The definition of a form: the questions that a type was published with, as data."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from gasutil.models import AnswerKind, RequestField


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing that a type asks.

    `minimum` and `maximum` bound a number; of texts the characters, of several choices their
    number, and of dates the days from today. `choices` are pairs of a value and its label. The
    question is asked only where the one called `shown_if` has the answer `shown_if_value`.
    """

    name: str
    label: str
    kind: str
    help: str = ""
    is_required: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    choices: Sequence[Sequence[str]] = ()
    shown_if: str = ""
    shown_if_value: str = ""

    @classmethod
    def of(cls, row: RequestField) -> "Question":
        """Return the question that a row of the type's fields defines."""
        return cls(
            **{name: getattr(row, name) for name in cls.__dataclass_fields__ if name != "choices"},
            choices=read_choices(row.choices),
        )

    @property
    def values(self) -> tuple[str, ...]:
        """Return the values that may be chosen."""
        return tuple(value for value, _ in self.choices)

    @property
    def labels(self) -> dict[str, str]:
        """Return the label of each value that may be chosen."""
        return {value: label for value, label in self.choices}  # noqa: C416  # from JSON, where pairs are lists

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Return whether the question is asked, given the answers to those before it."""
        return not self.shown_if or self.shown_if_value in condition_values(
            answers.get(self.shown_if)
        )

    def display(self, answer: Any) -> str:
        """Return the display text of an answer."""
        labels = self.labels
        if isinstance(answer, bool):
            return gettext("Yes") if answer else gettext("No")
        if isinstance(answer, list):
            return ", ".join(labels.get(choice, str(choice)) for choice in answer)
        if self.kind == AnswerKind.DATE:
            return f"{dt.date.fromisoformat(answer):%d %b %Y}"
        if self.kind == AnswerKind.DATE_TIME:
            return f"{timezone.localtime(dt.datetime.fromisoformat(answer)):%d %b %Y, %H:%M}"
        unit = self.unit or ("m³" if self.kind == AnswerKind.METER_READING else "")
        number = f"{answer:.15g}" if isinstance(answer, float) else str(answer)
        return labels.get(number, f"{number} {unit}".rstrip())


def read_choices(text: str) -> list[list[str]]:
    """Return the choices of a field, written one a line as `value: Label`.

    A line without a colon is both.
    """
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    return [[value.strip(), label.strip() or value.strip()] for value, _, label in pairs]


def form_of(rows: Iterable[RequestField]) -> list[dict[str, Any]]:
    """Return the form that a type's fields come to, without what is left empty."""
    empty = {
        "help": "",
        "is_required": False,
        "unit": "",
        "minimum": None,
        "maximum": None,
        "pattern": "",
        "choices": [],
    }
    empty |= {"shown_if": "", "shown_if_value": ""}
    return [
        {
            name: value
            for name, value in asdict(Question.of(row)).items()
            if name not in empty or value != empty[name]
        }
        for row in rows
    ]


def questions(form: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions of a form."""
    return [Question(**question) for question in form]


def condition_values(answer: Any) -> tuple[str, ...]:
    """Return the values of an answer that `shown_if_value` can name.

    Several choices are several values.
    """
    if isinstance(answer, list):
        return tuple(str(choice) for choice in answer)
    return (str(answer).lower() if isinstance(answer, bool) else str(answer),)


def display(form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the answers to a form in its order, each with its label.

    What the form never asked comes last, by its name.
    """
    asked = questions(form)
    rows = [
        (question.label, question.display(answers[question.name]))
        for question in asked
        if question.name in answers
    ]
    unasked = answers.keys() - {question.name for question in asked}
    return rows + [
        (name.replace("_", " ").capitalize(), str(answers[name])) for name in sorted(unasked)
    ]
