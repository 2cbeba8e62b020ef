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
def _schema(kept: bytes, title: str) -> dict[str, Any]:
    form, whole = orjson.loads(kept), model_of(kept).model_json_schema()
    properties = {
        question.name: whole["properties"][question.name] | _about(question)
        for question in questions(form)
    }
    for field in properties.values():
        field.pop("default", None)  # what is left out is left out
    conditions = [_condition(question) for question in questions(form) if question.shown_if]
    return {"$schema": DIALECT, **whole, "title": title, "properties": properties} | (
        {"allOf": conditions} if conditions else {}
    )


def component(form: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return the same as a part of an OpenAPI document, in words that generators of clients know.

    They have none for conditions, and they name types by titles: so the label of a question stands
    in its description.
    """
    whole = schema(form, name)
    properties = {key: _described(field) for key, field in whole["properties"].items()}
    return {key: value for key, value in whole.items() if key not in ("$schema", "allOf")} | {
        "properties": properties
    }


def _described(field: Mapping[str, Any]) -> dict[str, Any]:
    text = " ".join(field[key] for key in ("title", "description") if key in field)
    return {key: value for key, value in field.items() if key != "title"} | {"description": text}


def _about(question: Question) -> dict[str, Any]:
    """Return the part of a question's schema that does not depend on the type of its answer."""
    days = _days_text(question) if question.kind in (AnswerKind.DATE, AnswerKind.DATE_TIME) else ""
    asked = (
        f"Only where `{question.shown_if}` is `{question.shown_if_value}`."
        if question.shown_if
        else ""
    )
    keywords = {
        "title": question.label,
        "description": " ".join(part for part in (question.help, days, asked) if part),
        "pattern": r"\S" if _needs_a_letter(question) else "",
        "uniqueItems": question.kind == AnswerKind.SEVERAL_OF,
        "x-unit": question.unit,
        "x-labels": question.labels,
    }
    return {key: value for key, value in keywords.items() if value}


def _needs_a_letter(question: Question) -> bool:
    """Return whether a text may not be blank, which a length alone does not say."""
    return (
        question.kind in (AnswerKind.SHORT_TEXT, AnswerKind.LONG_TEXT)
        and question.is_required
        and not question.pattern
    )


def _days_text(question: Question) -> str:
    bounds = (("Not before", question.minimum), ("Not after", question.maximum))
    return " ".join(
        f"{word} today{f' {days:+g} days' if days else ''}."
        for word, days in bounds
        if days is not None
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
    asked: dict[str, Any] = {"required": [question.name]} if question.is_required else {}
    return {
        "if": {"properties": {question.shown_if: has_it}, "required": [question.shown_if]},
        "then": asked,
        "else": {"properties": {question.name: False}},
    }
