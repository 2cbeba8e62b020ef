"""What a type asks: from its form, which is data, come the validator, the JSON Schema and the labels."""

from gasutil.details.answers import check
from gasutil.details.care import needs_care
from gasutil.details.faults import form_faults
from gasutil.details.forms import Question, form_of, in_words, questions
from gasutil.details.schemas import component, schema
from gasutil.details.typed import typed

__all__ = ["Question", "check", "component", "form_faults", "form_of", "in_words", "needs_care", "questions", "schema", "typed"]
