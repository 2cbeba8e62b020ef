"""Dynamic forms.

The validator, JSON Schema and labels of a type come from the definition that it has as data.
"""

from gasutil.dynamic_forms.answers import check
from gasutil.dynamic_forms.coerce import coerce
from gasutil.dynamic_forms.definition import Question, display, form_of, questions
from gasutil.dynamic_forms.definition_errors import definition_errors
from gasutil.dynamic_forms.schemas import component, schema
from gasutil.dynamic_forms.special_care import special_care

__all__ = [
    "Question",
    "check",
    "coerce",
    "component",
    "definition_errors",
    "display",
    "form_of",
    "questions",
    "schema",
    "special_care",
]
