"""The questions of a request type, with their order and conditions.

They are read from the JSON Schema of the type's details.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")


class Unreadable(ValueError):
    """An answer that is not valid for its question; the message says why."""


@dataclass(frozen=True)
class Question:
    """One property of the details."""

    name: str
    schema: Mapping[str, Any]
    is_required: bool

    @property
    def title(self) -> str:
        """Return the question for people."""
        return str(self.schema.get("title", self.name))

    @property
    def help(self) -> str:
        """Return the help text of the question."""
        return str(self.schema.get("description", ""))

    @property
    def choices(self) -> dict[str, str]:
        """Return the values to choose from, with their labels; none for a free answer."""
        holder = self.schema.get("items", self.schema)
        labelled = holder.get("oneOf") or [{"const": value} for value in holder.get("enum", ())]
        return {str(item["const"]): str(item.get("title", item["const"])) for item in labelled}

    @property
    def is_several(self) -> bool:
        """Return whether more than one value can be chosen."""
        return bool(self.schema.get("type") == "array")

    @property
    def hint(self) -> str:
        """Return the format of the answer."""
        if self.choices:
            return "numbers, separated by commas" if self.is_several else "a number"
        kinds = {"boolean": "yes or no", "integer": "a whole number", "number": "a number"}
        forms = {
            "date": "for example 2026-11-23",
            "date-time": "for example 2026-11-23T14:30:00Z",
        }
        return kinds.get(str(self.schema.get("type"))) or forms.get(
            str(self.schema.get("format")), ""
        )

    def read(self, text: str) -> Any:
        """Return the answer from a text; raise `Unreadable`."""
        text = text.strip()
        if not text:
            raise Unreadable("This question is required.")
        if self.is_several:
            answer: Any = [self._choice(part.strip()) for part in text.split(",") if part.strip()]
        elif self.choices:
            answer = self._choice(text)
        else:
            answer = self._plain(text)
        for error in jsonschema_rs.Draft202012Validator(dict(self.schema)).iter_errors(answer):
            raise Unreadable(_in_words(error.message, self.schema))
        return answer

    def _choice(self, text: str) -> str:
        """Return a choice by its value, or by its number in the list."""
        values = list(self.choices)
        if text in values:
            return text
        if text.isdecimal() and 1 <= int(text) <= len(values):
            return values[int(text) - 1]
        raise Unreadable(f"“{text}” is not one of the choices: {', '.join(values)}.")

    def _plain(self, text: str) -> Any:
        kind = self.schema.get("type")
        if kind == "boolean":
            if text.lower() not in YES + NO:
                raise Unreadable("Answer yes or no.")
            return text.lower() in YES
        try:
            return (
                int(text)
                if kind == "integer"
                else float(text.replace(",", "."))
                if kind == "number"
                else text
            )
        except ValueError as error:
            raise Unreadable(f"“{text}” is not {self.hint}.") from error


def _in_words(message: str, schema: Mapping[str, Any]) -> str:
    """Return the error without the jargon of patterns."""
    return (
        "This is not in the expected format."
        if "pattern" in schema and "match" in message
        else f"{message[:1].upper()}{message[1:]}."
    )


def questions(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions that apply, given the answers so far."""
    for name, item in schema.get("properties", {}).items():
        branches = list(_branches(schema, answers))
        if all(branch.get("properties", {}).get(name) is not False for branch in branches):
            needed = {
                *schema.get("required", ()),
                *(name for branch in branches for name in branch.get("required", ())),
            }
            yield Question(name, item, name in needed)


def _branches(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of a schema that apply to the answers so far."""
    for rule in (schema, *schema.get("allOf", ())):
        if "if" in rule:
            holds = jsonschema_rs.Draft202012Validator(rule["if"]).is_valid(dict(answers))
            branch = rule.get("then" if holds else "else", {})
            yield branch
            yield from _branches(branch, answers)
        for name, needed in rule.get("dependentRequired", {}).items():
            yield {"required": needed if name in answers else []}


def read_all(schema: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers from texts, as `--set name=value` gives them; raise `Unreadable`."""
    properties = schema.get("properties", {})
    for name in given:
        if name not in properties:
            raise Unreadable(f"No such question: {name!r}. Use one of: {', '.join(properties)}.")
    return {
        name: _read(Question(name, properties[name], is_required=False), text)
        for name, text in given.items()
    }


def _read(question: Question, text: str) -> Any:
    try:
        return question.read(text)
    except Unreadable as error:
        raise Unreadable(f"{question.name}: {error}") from error


def field_name(field: str) -> str:
    """Return the name of a question from the field `details.<name>` of a server's error."""
    return re.sub(r"^details\.", "", field)
