"""The JSON Schema of the answers to a form, as the catalogue shows it and as OpenAPI does."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from gasutil.dynamic_forms.answers import model_of
from gasutil.dynamic_forms.definition import Question, questions
from gasutil.models import AnswerKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(form: Sequence[Mapping[str, Any]], title: str = "Details") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answers to a form. It is cached: do not change it."""
    return _schema(orjson.dumps(form), title)


@lru_cache(maxsize=512)
def _schema(form_json: bytes, title: str) -> dict[str, Any]:
    form, whole = orjson.loads(form_json), model_of(form_json).model_json_schema()
    properties = {
        question.name: _property(question, whole["properties"][question.name])
        for question in questions(form)
    }
    conditions = [_condition(question) for question in questions(form) if question.shown_if]
    return {"$schema": DIALECT, **whole, "title": title, "properties": properties} | (
        _all_of(conditions) if conditions else {}
    )


def _all_of(conditions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return keywords for conditions that all hold.

    JSON Forms renders no object that has `allOf` itself; so it is in a branch that always applies.
    """
    return {"if": {}, "then": {"allOf": conditions}}


def component(form: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return the schema as a component of an OpenAPI document.

    Generators of clients support neither conditions nor labels of choices, and they name types by
    titles: so choices are an `enum`, and the description starts with the label.
    """
    whole = schema(form, name)
    properties = {key: _for_generators(field) for key, field in whole["properties"].items()}
    unknown = ("$schema", "if", "then")
    return {key: value for key, value in whole.items() if key not in unknown} | {
        "properties": properties
    }


def _for_generators(field: Mapping[str, Any]) -> dict[str, Any]:
    text = " ".join(field[key] for key in ("title", "description") if key in field)
    result = {key: value for key, value in field.items() if key != "title"}
    if "items" in field:
        result["items"] = _with_enum(field["items"])
    return _with_enum(result) | {"description": text}


def _with_enum(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a field with its choices as an `enum`."""
    result = {key: value for key, value in field.items() if key != "oneOf"}
    if "oneOf" in field:
        result["enum"] = [choice["const"] for choice in field["oneOf"]]
    return result


def _property(question: Question, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of one answer, in standard keywords only."""
    keywords = {
        "title": f"{question.label} ({question.unit})" if question.unit else question.label,
        "description": question.help,
        "pattern": r"\S" if _needs_a_letter(question) else "",
        "uniqueItems": question.kind == AnswerKind.SEVERAL_OF,
    }
    result = {**typed} | {key: value for key, value in keywords.items() if value}
    result.pop("default", None)  # an omitted answer has no default value
    if question.kind == AnswerKind.ONE_OF:
        return _with_labels(result, question)
    if question.kind == AnswerKind.SEVERAL_OF:
        result["items"] = _with_labels(result["items"], question)
    return result


def _with_labels(field: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """Return the schema of a choice with its values and their labels as `oneOf`."""
    others = {key: value for key, value in field.items() if key not in ("enum", "const")}
    choices = [{"const": value, "title": label} for value, label in question.choices]
    return {**others, "oneOf": choices}


def _needs_a_letter(question: Question) -> bool:
    """Return whether a text may not be blank, which a length alone does not say."""
    return (
        question.kind in (AnswerKind.SHORT_TEXT, AnswerKind.LONG_TEXT)
        and question.is_required
        and not question.pattern
    )


def _condition(question: Question) -> dict[str, Any]:
    """Return the JSON Schema of a question that is asked only if another has a certain answer."""
    value = question.shown_if_value
    forms: list[dict[str, Any]] = [
        {"const": value},
        {"type": "array", "contains": {"const": value}},
    ]
    forms += [{"const": value == "true"}] if value in ("true", "false") else []
    has_it = {"anyOf": forms}
    # ajv's strict mode wants what is required to be named next to it.
    required = {"properties": {question.name: {}}, "required": [question.name]}
    asked: dict[str, Any] = required if question.is_required else {}
    return {
        "if": {"properties": {question.shown_if: has_it}, "required": [question.shown_if]},
        "then": asked,
        "else": {"properties": {question.name: False}},
    }
