"""Dynamic forms.

The validator, JSON Schema and labels of a type come from the definition that it has as data.
"""

from gasutil.dynamic_forms.answers import check
from gasutil.dynamic_forms.coerce import coerce
from gasutil.dynamic_forms.definition import Question, display, form_of, questions
from gasutil.dynamic_forms.definition_errors import (
    danger_errors,
    definition_errors,
    row_danger_errors,
)
from gasutil.dynamic_forms.marks import (
    danger_texts,
    danger_values,
    dangers,
    has_danger,
    marked_fields,
    special_care,
)
from gasutil.dynamic_forms.schemas import component, schema

__all__ = [
    "Question",
    "check",
    "coerce",
    "component",
    "danger_errors",
    "danger_texts",
    "danger_values",
    "dangers",
    "definition_errors",
    "display",
    "form_of",
    "has_danger",
    "marked_fields",
    "questions",
    "row_danger_errors",
    "schema",
    "special_care",
]
