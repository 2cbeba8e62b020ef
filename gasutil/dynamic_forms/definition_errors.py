"""The validation errors of a form's own definition, for the user who edits it."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import StringConstraints, TypeAdapter
from pydantic_core import SchemaError

from gasutil.dynamic_forms.answers import RESERVED, answer_type, bounds
from gasutil.dynamic_forms.definition import Question, questions
from gasutil.dynamic_forms.marks import danger_values
from gasutil.errors import FieldError
from gasutil.models import AnswerKind, RequestField

# By their characters or choices.
COUNTED_KINDS = (AnswerKind.SHORT_TEXT, AnswerKind.LONG_TEXT, AnswerKind.SEVERAL_OF)


def definition_errors(form: Sequence[Mapping[str, Any]]) -> list[tuple[int, FieldError]]:
    """Return the errors of a form's own definition, each with the position of its question."""
    asked = questions(form)
    errors = []
    for position, question in enumerate(asked):
        before = {other.name: other for other in asked[:position]}
        errors += [(position, error) for error in _question_errors(question, before)]
    return errors


def _question_errors(question: Question, before: Mapping[str, Question]) -> list[FieldError]:
    errors = []
    chosen = question.kind in (AnswerKind.ONE_OF, AnswerKind.SEVERAL_OF)
    if question.name in before:
        errors.append(FieldError("name", "unique", _("Another field already has this name.")))
    if question.name in RESERVED:
        errors.append(
            FieldError("name", "reserved", _("This name is reserved. Choose another one."))
        )
    if chosen and len(question.choices) < 2:
        errors.append(
            FieldError(
                "choices",
                "required",
                _("Enter at least two choices, one per line, as “value: Label”."),
            )
        )
    if len(set(question.values)) < len(question.values):
        errors.append(FieldError("choices", "unique", _("Two choices have the same value.")))
    if (
        question.minimum is not None
        and question.maximum is not None
        and question.minimum > question.maximum
    ):
        errors.append(
            FieldError("maximum", "less_than_minimum", _("The maximum is less than the minimum."))
        )
    if question.kind in COUNTED_KINDS:
        errors += [
            FieldError(name, "negative", _("This can't be less than 0."))
            for name in ("minimum", "maximum")
            if (getattr(question, name) or 0) < 0
        ]
    return (errors or _unreachable_errors(question)) + _condition_errors(question, before)


def _unreachable_errors(question: Question) -> list[FieldError]:
    """Return why no answer could be right."""
    least, most = bounds(question)
    if least is not None and most is not None and least > most:
        text = _("No answer is possible: the minimum is %(least)s and the maximum is %(most)s.")
        return [
            FieldError(
                "maximum" if question.minimum is None else "minimum",
                "unreachable",
                text % {"least": f"{least:.16g}", "most": f"{most:.16g}"},
            )
        ]
    try:
        TypeAdapter(
            Annotated[str, StringConstraints(pattern=question.pattern or None)]
        )  # by itself: `a)|(b` is none, but fits in brackets
        TypeAdapter(answer_type(question))
    except SchemaError as error:  # pydantic's error for a pattern that it can't parse
        why = re.sub(r"\s+", " ", str(error).rpartition("error: ")[2] or str(error))
        return [
            FieldError(
                "pattern" if question.pattern else "maximum",
                "invalid",
                _("This pattern is not valid: %(why)s") % {"why": why},
            )
        ]
    return []


def _condition_errors(question: Question, before: Mapping[str, Question]) -> list[FieldError]:
    if not question.shown_if:
        return []
    other = before.get(question.shown_if)
    if other is None:
        return [
            FieldError("shown_if", "unknown_field", _("Enter the name of a field above this one."))
        ]
    values = _condition_choices(other)
    if question.shown_if_value not in values:
        params = {"field": other.label, "values": ", ".join(values) or _("no fields")}
        return [
            FieldError(
                "shown_if_value", "unknown_value", _("%(field)s can be: %(values)s.") % params
            )
        ]
    return []


def danger_errors(rows: Sequence[RequestField]) -> list[tuple[int, FieldError]]:
    """Return the errors of answers that mean danger, each with the position of its question."""
    result = [(place, row_danger_errors(row)) for place, row in enumerate(rows)]
    return [(place, error) for place, errors in result for error in errors]


def row_danger_errors(row: RequestField) -> list[FieldError]:
    """Return an error for an answer that a question can't have."""
    question = Question.of(row)
    values = _condition_choices(question)
    unknown = [value for value in danger_values(row) if value not in values]
    if not unknown:
        return []
    params = {"field": question.label, "values": ", ".join(values) or _("no answers")}
    text = _("%(field)s can be: %(values)s.") % params
    return [FieldError("danger_answers", "unknown_value", text)]


def _condition_choices(question: Question) -> Sequence[str]:
    """Return the answers to a question that can be named."""
    return ("true", "false") if question.kind == AnswerKind.YES_NO else question.values
