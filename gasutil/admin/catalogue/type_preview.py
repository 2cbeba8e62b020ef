"""A preview of a type as customers see it, from the unsaved content of the editor."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.admin.catalogue.type_forms import FieldFormSet, RowFormSet
from gasutil.dynamic_forms import Question, form_of, questions, schema
from gasutil.models import AnswerKind

YES_NO_LABELS = {"true": gettext_lazy("Yes"), "false": gettext_lazy("No")}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One question of the preview."""

    question: Question
    unit: str
    condition: str


@dataclass(frozen=True, kw_only=True)
class DefinitionProblem:
    """One error that prevents saving the type: its place and its message."""

    where: str
    message: str


def preview_of(form: BaseForm, formsets: Sequence[RowFormSet]) -> dict[str, Any]:
    """Return the context of the preview of some forms.

    It has the valid questions, and the errors of the others.
    """
    fields = next(formset for formset in formsets if isinstance(formset, FieldFormSet))
    problems = [*_problems(form, "")]
    for formset in formsets:
        for number, row in enumerate(formset.remaining(), 1):
            problems += _problems(
                row,
                row.instance.label
                or (_("Field %(number)s") if formset is fields else _("Milestone %(number)s"))
                % {"number": number},
            )
        problems += [
            DefinitionProblem(where="", message=message) for message in formset.non_form_errors()
        ]
    asked = form_of(row.instance for row in fields.remaining() if not row.errors)
    request_type = form.instance  # type: ignore[attr-defined]  # a ModelForm
    written = json.dumps(
        schema(asked, request_type.name or "Details"), indent=2, ensure_ascii=False
    )
    return {
        "request_type": request_type,
        "problems": problems,
        "shown": shown(questions(asked)),
        "schema": written,
    }


def shown(asked: Sequence[Question]) -> list[Shown]:
    """Return the questions of the preview."""
    by_name = {question.name: question for question in asked}
    return [
        Shown(
            question=question,
            unit=question.unit or ("m³" if question.kind == AnswerKind.METER_READING else ""),
            condition=_condition(question, by_name),
        )
        for question in asked
    ]


def _condition(question: Question, by_name: Mapping[str, Question]) -> str:
    if not question.shown_if:
        return ""
    other = by_name.get(question.shown_if)
    labels = (other.labels or YES_NO_LABELS) if other else {}
    label = other.label if other else question.shown_if
    return _("Only if “%(question)s” is “%(answer)s”") % {
        "question": label,
        "answer": labels.get(question.shown_if_value, question.shown_if_value),
    }


def _problems(form: BaseForm, row: str) -> Iterator[DefinitionProblem]:
    for name, messages in form.errors.items():
        field = "" if name == "__all__" else str(form.fields[name].label or name).capitalize()
        yield from (
            DefinitionProblem(
                where=": ".join(part for part in (row, field) if part), message=str(message)
            )
            for message in messages
        )
