"""The JSON Schema of the answers to a form, as the catalogue shows it and as OpenAPI does."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from gasutil.details.answers import model_of
from gasutil.details.forms import Question, questions
from gasutil.models import Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(form: Sequence[Mapping[str, Any]], title: str = "Details") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answers to a form; it is made once, and nobody's to change."""
    return _schema(orjson.dumps(form), title)


@lru_cache(maxsize=512)
def _schema(kept: bytes, title: str) -> dict[str, Any]:
    form, found = orjson.loads(kept), model_of(kept).model_json_schema()
    properties = {question.name: found["properties"][question.name] | _about(question) for question in questions(form)}
    for one in properties.values():
        one.pop("default", None)  # what is left out is left out
    conditions = [_condition(question) for question in questions(form) if question.shown_if]
    return {"$schema": DIALECT, **found, "title": title, "properties": properties} | ({"allOf": conditions} if conditions else {})


def component(form: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return the same as a part of an OpenAPI document, in words that generators of clients know.

    They have none for conditions, and they name types by titles: so the label of a question stands in its description.
    """
    found = schema(form, name)
    properties = {key: _described(one) for key, one in found["properties"].items()}
    return {key: value for key, value in found.items() if key not in ("$schema", "allOf")} | {"properties": properties}


def _described(one: Mapping[str, Any]) -> dict[str, Any]:
    told = " ".join(one[key] for key in ("title", "description") if key in one)
    return {key: value for key, value in one.items() if key != "title"} | {"description": told}


def _about(question: Question) -> dict[str, Any]:
    """Return what the schema says of a question beside the type of its answer."""
    days = _days_in_words(question) if question.kind in (Kind.DATE, Kind.DATE_TIME) else ""
    asked = f"Only where `{question.shown_if}` is `{question.shown_if_value}`." if question.shown_if else ""
    found = {
        "title": question.label,
        "description": " ".join(part for part in (question.help, days, asked) if part),
        "pattern": r"\S" if _needs_a_letter(question) else "",
        "uniqueItems": question.kind == Kind.SEVERAL_OF,
        "x-unit": question.unit,
        "x-labels": question.labels,
    }
    return {key: value for key, value in found.items() if value}


def _needs_a_letter(question: Question) -> bool:
    """Return whether a text may not be blank, which a length alone does not say."""
    return question.kind in (Kind.SHORT_TEXT, Kind.LONG_TEXT) and question.is_required and not question.pattern


def _days_in_words(question: Question) -> str:
    bounds = (("Not before", question.minimum), ("Not after", question.maximum))
    return " ".join(f"{word} today{f' {days:+g} days' if days else ''}." for word, days in bounds if days is not None)


def _condition(question: Question) -> dict[str, Any]:
    """Say in JSON Schema that a question is asked only where another has some answer."""
    value = question.shown_if_value
    forms: list[dict[str, Any]] = [{"const": value}, {"type": "array", "contains": {"const": value}}]
    forms += [{"const": value == "true"}] if value in ("true", "false") else []
    has_it = {"anyOf": forms}
    asked: dict[str, Any] = {"required": [question.name]} if question.is_required else {}
    return {
        "if": {"properties": {question.shown_if: has_it}, "required": [question.shown_if]},
        "then": asked,
        "else": {"properties": {question.name: False}},
    }
