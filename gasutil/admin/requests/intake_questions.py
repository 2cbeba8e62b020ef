"""The questions of a type on the page for callers: chips for choices, fields for the rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from gasutil.dynamic_forms import Question
from gasutil.models import AnswerKind, RequestType

CHIP_KEYS = "123456789abcdefghijklmnopqrstuvwxyz"  # of the chips of a group, in order
NO_ANSWER_KEY = "0"
INPUTS: Mapping[str, str] = {
    AnswerKind.WHOLE_NUMBER: "number",
    AnswerKind.DATE: "date",
    AnswerKind.DATE_TIME: "datetime-local",
    AnswerKind.PHONE: "tel",
    AnswerKind.EMAIL: "email",
}
YES_NO_CHOICES: list[tuple[str, Any]] = [
    ("true", gettext_lazy("Yes")),
    ("false", gettext_lazy("No")),
]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One choice of a group, with the key that chooses it."""

    value: str
    label: Any
    key: str
    is_chosen: bool = False
    is_danger: bool = False


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """A question with its field, and chips if its answers are choices."""

    question: Question
    field: Any
    chips: Sequence[Chip] = ()

    @property
    def is_multiple(self) -> bool:
        """Return whether several answers can be chosen."""
        return self.question.kind == AnswerKind.SEVERAL_OF


def chips(choices: Iterable[tuple[Any, Any]], chosen: str) -> list[Chip]:
    """Return the chips of choices of which one is chosen."""
    return [
        Chip(value=str(value), label=label, key=key, is_chosen=str(value) == chosen)
        for (value, label), key in zip(choices, CHIP_KEYS, strict=False)
    ]


def danger_answers(request_type: RequestType | None) -> set[tuple[str, str]]:
    """Return the answers that mean danger, each with the name of its question."""
    rows = request_type.fields.all() if request_type else []
    return {
        (row.name, value.strip())
        for row in rows
        for value in row.danger_answers.splitlines()
        if value.strip()
    }


def question_chips(question: Question, field: Any, dangers: set[tuple[str, str]]) -> Iterator[Chip]:
    """Yield the chips of a question; one answer can be taken back."""
    if question.kind not in (AnswerKind.YES_NO, AnswerKind.ONE_OF, AnswerKind.SEVERAL_OF):
        return
    value = field.value() or ""
    chosen = [value] if isinstance(value, str) else [str(item) for item in value]
    for (option, label), key in zip(_choices(question), CHIP_KEYS, strict=False):
        yield Chip(
            value=option,
            label=label,
            key=key,
            is_chosen=option in chosen,
            is_danger=(question.name, option) in dangers,
        )
    if question.kind != AnswerKind.SEVERAL_OF:
        yield Chip(value="", label=_("No answer"), key=NO_ANSWER_KEY, is_chosen=not value)


def _choices(question: Question) -> list[tuple[str, Any]]:
    if question.kind == AnswerKind.YES_NO:
        return YES_NO_CHOICES
    return [(value, label) for value, label in question.choices]  # from JSON, where pairs are lists


class AnyChoiceField(forms.ChoiceField):
    """A choice that is passed on even if the type has changed since the form was shown."""

    def valid_value(self, value: Any) -> bool:
        """Accept any value: the verb validates it."""
        return True


class AnyChoicesField(forms.MultipleChoiceField):
    """Several choices that are passed on even if the type has changed since the form was shown."""

    def valid_value(self, value: Any) -> bool:
        """Accept any value: the verb validates it."""
        return True


def question_field(question: Question, *, is_strict: bool) -> forms.Field:
    """Return the form field of a question; the validator of answers checks the value."""
    one_of, several_of = (
        (forms.ChoiceField, forms.MultipleChoiceField)
        if is_strict
        else (AnyChoiceField, AnyChoicesField)
    )
    about: dict[str, Any] = {"label": question.label, "help_text": question.help, "required": False}
    if question.unit:
        about["label"] = f"{question.label} ({question.unit})"
    if question.kind == AnswerKind.SEVERAL_OF:
        return several_of(
            choices=_choices(question), widget=UnfoldAdminCheckboxSelectMultipleWidget(), **about
        )
    if question.kind in (AnswerKind.ONE_OF, AnswerKind.YES_NO):
        return one_of(
            choices=[("", ""), *_choices(question)], widget=UnfoldAdminSelectWidget(), **about
        )
    if question.kind == AnswerKind.LONG_TEXT:
        return forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **about)
    shown = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    shown.input_type = INPUTS.get(question.kind, "text")
    return forms.CharField(widget=shown, **about)
