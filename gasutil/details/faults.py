"""What is wrong with a form itself, told to whoever edits it."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import StringConstraints, TypeAdapter
from pydantic_core import SchemaError

from gasutil.details.answers import RESERVED, answer_type, bounds
from gasutil.details.forms import Question, questions
from gasutil.errors import Fault
from gasutil.models import Kind

COUNTED = (Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.SEVERAL_OF)  # by their characters or choices


def form_faults(form: Sequence[Mapping[str, Any]]) -> list[tuple[int, Fault]]:
    """Return what is wrong with a form itself, each with the position of its question."""
    asked = questions(form)
    found = []
    for position, question in enumerate(asked):
        before = {one.name: one for one in asked[:position]}
        found += [(position, fault) for fault in _question_faults(question, before)]
    return found


def _question_faults(question: Question, before: Mapping[str, Question]) -> list[Fault]:
    faults = []
    chosen = question.kind in (Kind.ONE_OF, Kind.SEVERAL_OF)
    if question.name in before:
        faults.append(Fault("name", "unique", _("Another field has this name.")))
    if question.name in RESERVED:
        faults.append(Fault("name", "reserved", _("This name means something else to programs; take another.")))
    if chosen and len(question.choices) < 2:
        faults.append(Fault("choices", "required", _("Give at least two choices, one a line: value: Label.")))
    if len(set(question.values)) < len(question.values):
        faults.append(Fault("choices", "unique", _("Two choices have the same value.")))
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        faults.append(Fault("maximum", "less_than_minimum", _("The maximum is less than the minimum.")))
    if question.kind in COUNTED:
        faults += [
            Fault(name, "negative", _("This can't be less than 0."))
            for name in ("minimum", "maximum")
            if (getattr(question, name) or 0) < 0
        ]
    return (faults or _faults_of_answers(question)) + _condition_faults(question, before)


def _faults_of_answers(question: Question) -> list[Fault]:
    """Return why no answer could be right."""
    least, most = bounds(question)
    if least is not None and most is not None and least > most:
        told = _("Nothing could be right: an answer is at least %(least)s and at most %(most)s.")
        return [
            Fault(
                "maximum" if question.minimum is None else "minimum",
                "unreachable",
                told % {"least": f"{least:.16g}", "most": f"{most:.16g}"},
            )
        ]
    try:
        TypeAdapter(Annotated[str, StringConstraints(pattern=question.pattern or None)])  # by itself: `a)|(b` is none, but fits in brackets
        TypeAdapter(answer_type(question))
    except SchemaError as error:  # pydantic's word on what it can't read
        why = re.sub(r"\s+", " ", str(error).rpartition("error: ")[2] or str(error))
        return [Fault("pattern" if question.pattern else "maximum", "invalid", _("This does not work: %(why)s") % {"why": why})]
    return []


def _condition_faults(question: Question, before: Mapping[str, Question]) -> list[Fault]:
    if not question.shown_if:
        return []
    other = before.get(question.shown_if)
    if other is None:
        return [Fault("shown_if", "unknown_field", _("Name a field that stands before this one."))]
    values = ("true", "false") if other.kind == Kind.YES_NO else other.values
    if question.shown_if_value not in values:
        told = {"field": other.label, "values": ", ".join(values) or _("nothing that can be named here")}
        return [Fault("shown_if_value", "unknown_value", _("%(field)s can be: %(values)s.") % told)]
    return []
