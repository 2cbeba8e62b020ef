"""What a type asks: its form as data, and the one validator that API, console and import go by.

A form is the list of questions that a type was published with. From it come the pydantic model that checks answers, the
JSON Schema that the catalogue shows, and the labels that the console shows them under.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from types import GenericAlias
from typing import Annotated, Any, Literal

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import ProhibitNullCharactersValidator, validate_email
from django.utils import timezone
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints, TypeAdapter, ValidationError, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError, SchemaError

from gasutil.errors import Fault
from gasutil.models import Kind, RequestField
from gasutil.models.fields import PhoneField

SHORT = 200  # characters of a short text, where the field says nothing else
LARGEST = 2**53 - 1  # what every JSON reader can hold
LARGEST_READING = 99_999_999
NO_MOMENT = "Write a time with its zone, as 2026-11-23T14:30:00Z."
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing that a type asks.

    `minimum` and `maximum` bound a number; of texts the characters, of several choices their number, and of dates the
    days from today. `choices` are pairs of a value and its label. The question is asked only where the one called
    `shown_if` has the answer `shown_if_value`.
    """

    name: str
    label: str
    kind: str
    help: str = ""
    is_required: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    choices: Sequence[Sequence[str]] = ()
    shown_if: str = ""
    shown_if_value: str = ""

    @classmethod
    def of(cls, row: RequestField) -> "Question":
        """Return what a row of the type's fields asks."""
        return cls(
            **{name: getattr(row, name) for name in cls.__dataclass_fields__ if name != "choices"}, choices=read_choices(row.choices)
        )

    @property
    def values(self) -> tuple[str, ...]:
        """Return the values that may be chosen."""
        return tuple(value for value, _ in self.choices)

    @property
    def labels(self) -> dict[str, str]:
        """Return the label of each value that may be chosen."""
        return {value: label for value, label in self.choices}  # noqa: C416  # from JSON, where pairs are lists

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Return whether the question is asked, given the answers to those before it."""
        return not self.shown_if or self.shown_if_value in said(answers.get(self.shown_if))

    def in_words(self, answer: Any) -> str:
        """Return an answer as people say it."""
        labels = self.labels
        if isinstance(answer, bool):
            return "Yes" if answer else "No"
        if isinstance(answer, list):
            return ", ".join(labels.get(one, str(one)) for one in answer)
        unit = self.unit or ("m³" if self.kind == Kind.METER_READING else "")
        number = f"{answer:g}" if isinstance(answer, float) and abs(answer) < 1e6 else str(answer)
        return labels.get(number, f"{number} {unit}".rstrip())


def read_choices(text: str) -> list[list[str]]:
    """Return the choices of a field, written one a line as `value: Label`; a line without a colon is both."""
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    return [[value.strip(), label.strip() or value.strip()] for value, _, label in pairs]


def form_of(rows: Iterable[RequestField]) -> list[dict[str, Any]]:
    """Return the form that a type's fields come to, without what is left empty."""
    empty = {"help": "", "is_required": False, "unit": "", "minimum": None, "maximum": None, "pattern": "", "choices": []}
    empty |= {"shown_if": "", "shown_if_value": ""}
    return [{name: value for name, value in asdict(Question.of(row)).items() if name not in empty or value != empty[name]} for row in rows]


def questions(form: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions of a form."""
    return [Question(**one) for one in form]


def said(answer: Any) -> tuple[str, ...]:
    """Return an answer as `shown_if_value` names it: several choices are several values."""
    if isinstance(answer, list):
        return tuple(str(one) for one in answer)
    return (str(answer).lower() if isinstance(answer, bool) else str(answer),)


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
        faults.append(Fault("name", "unique", "Another field has this name."))
    if question.name in RESERVED:
        faults.append(Fault("name", "reserved", "This name means something else to programs; take another."))
    if chosen and len(question.choices) < 2:
        faults.append(Fault("choices", "required", "Give at least two choices, one a line: value: Label."))
    if len(set(question.values)) < len(question.values):
        faults.append(Fault("choices", "unique", "Two choices have the same value."))
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        faults.append(Fault("maximum", "less_than_minimum", "The maximum is less than the minimum."))
    if not faults:
        try:
            TypeAdapter(_answer_type(question))
        except SchemaError as error:  # pydantic's word on what it can't read
            why = re.sub(r"\s+", " ", str(error).rpartition("error: ")[2] or str(error))
            faults.append(Fault("pattern" if question.pattern else "minimum", "invalid", f"This does not work: {why}"))
    return faults + _condition_faults(question, before)


def _condition_faults(question: Question, before: Mapping[str, Question]) -> list[Fault]:
    if not question.shown_if:
        return []
    other = before.get(question.shown_if)
    if other is None:
        return [Fault("shown_if", "unknown_field", "Name a field that stands before this one.")]
    values = ("true", "false") if other.kind == Kind.YES_NO else other.values
    if question.shown_if_value not in values:
        return [Fault("shown_if_value", "unknown_value", f"{other.label} can be: {', '.join(values) or 'nothing that can be named here'}.")]
    return []


# --- The validator ------------------------------------------------------------------------------------------------


class Details(BaseModel):
    """The answers to what a type asks."""

    model_config = ConfigDict(extra="forbid")


RESERVED = frozenset({*dir(BaseModel), "self"})


def check(form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the answers to a form as they are kept, and everything that is wrong with them, each by its field's name."""
    faults = [
        Fault(question.name, "not_asked", f"This is asked only where {question.shown_if} is {question.shown_if_value}.")
        for question in questions(form)
        if question.name in answers and not question.is_asked(answers)
    ]
    faults += [
        Fault(question.name, "missing", "Field required")
        for question in questions(form)
        if question.is_required and question.shown_if and question.name not in answers and question.is_asked(answers)
    ]
    try:
        kept = _model(orjson.dumps(form)).model_validate(dict(answers)).model_dump(exclude_unset=True)
    except ValidationError as error:
        told = {str(fault["loc"][0]): Fault(str(fault["loc"][0]), fault["type"], fault["msg"]) for fault in reversed(error.errors())}
        return {}, [*(fault for fault in faults if fault.field not in told), *reversed(told.values())]
    return kept, faults


def schema(form: Sequence[Mapping[str, Any]], title: str = "Details") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answers to a form; it is made once, and nobody's to change."""
    return _schema(orjson.dumps(form), title)


@lru_cache(maxsize=512)
def _schema(kept: bytes, title: str) -> dict[str, Any]:
    form, found = orjson.loads(kept), _model(kept).model_json_schema()
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


@lru_cache(maxsize=512)
def _model(form: bytes) -> type[Details]:
    """Return the model of a form, made once in a process: another version is another form."""
    fields: dict[str, Any] = {}
    for question in questions(orjson.loads(form)):
        needed = question.is_required and not question.shown_if
        fields[question.name] = (_answer_type(question), ... if needed else None)
    return create_model("Details", __base__=Details, __doc__="", **fields)


def _answer_type(question: Question) -> Any:
    match question.kind:
        case Kind.SHORT_TEXT | Kind.LONG_TEXT:
            return _text(question)
        case Kind.WHOLE_NUMBER:
            return Annotated[int, Strict(), Field(ge=_whole(question.minimum, -LARGEST), le=_whole(question.maximum, LARGEST))]
        case Kind.DECIMAL:
            return Annotated[float, Strict(), Field(ge=question.minimum, le=question.maximum, allow_inf_nan=False)]
        case Kind.METER_READING:
            lowest, highest = question.minimum or 0, LARGEST_READING if question.maximum is None else question.maximum
            return Annotated[float, Strict(), Field(ge=lowest, le=highest, allow_inf_nan=False)]
        case Kind.YES_NO:
            return Annotated[bool, Strict()]
        case Kind.ONE_OF:
            return Literal[question.values]
        case Kind.SEVERAL_OF:
            return _several(question)
        case Kind.DATE | Kind.DATE_TIME:
            return _day(question)
    return _checked(*CHECKED[Kind(question.kind)])


def _whole(bound: float | None, otherwise: int) -> int:
    return otherwise if bound is None else int(bound)


def _text(question: Question) -> Any:
    longest = SHORT if question.kind == Kind.SHORT_TEXT else settings.TEXT_LIMIT
    bounds = StringConstraints(
        strip_whitespace=True,
        min_length=_whole(question.minimum, 1 if question.is_required else 0) or None,
        max_length=_whole(question.maximum, longest),
        pattern=rf"^(?:{question.pattern})$" if question.pattern else None,
    )
    return Annotated[str, bounds, AfterValidator(_no_nul)]


def _several(question: Question) -> Any:
    least = _whole(question.minimum, 1 if question.is_required else 0) or None
    bounds = Field(min_length=least, max_length=_whole(question.maximum, len(question.choices)))
    return Annotated[GenericAlias(list, (Literal[question.values],)), bounds, AfterValidator(_each_once)]


def _each_once(value: list[str]) -> list[str]:
    if len(set(value)) < len(value):
        raise PydanticCustomError("unique", "Name each choice once.")
    return value


def _day(question: Question) -> Any:
    is_date = question.kind == Kind.DATE

    def read(value: str) -> str:
        day, kept = (_read_date if is_date else _read_moment)(value)
        today = timezone.localdate()
        if question.minimum is not None and (day - today).days < question.minimum:
            raise PydanticCustomError("too_early", "This is too early.")
        if question.maximum is not None and (day - today).days > question.maximum:
            raise PydanticCustomError("too_late", "This is too late.")
        return kept

    return _checked("date" if is_date else "date-time", read)


def _read_date(value: str) -> tuple[dt.date, str]:
    try:
        day = dt.datetime.strptime(value, "%Y-%m-%d").date()  # a day has no zone; `fromisoformat` reads 20261123 too
    except ValueError as error:
        raise PydanticCustomError("invalid_date", "Write a date as 2026-11-23.") from error
    return day, day.isoformat()


def _read_moment(value: str) -> tuple[dt.date, str]:
    try:
        moment = dt.datetime.fromisoformat(value)
        in_utc = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("invalid_time", NO_MOMENT) from error
    if moment.tzinfo is None:
        raise PydanticCustomError("invalid_time", NO_MOMENT)
    return timezone.localdate(in_utc), in_utc.isoformat().replace("+00:00", "Z")


def _no_nul(value: str) -> str:
    return str(_as_pydantic(lambda: ProhibitNullCharactersValidator()(value)) or value)


def _read_phone(value: str) -> str:
    return str(_as_pydantic(lambda: PhoneField().clean(value, None)))


def _read_email(value: str) -> str:
    return str(_as_pydantic(lambda: validate_email(value)) or value)


def _as_pydantic(validate: Any) -> Any:
    try:
        return validate()
    except DjangoValidationError as error:
        first = error.error_list[0]
        raise PydanticCustomError(first.code or "invalid", "{reason}", {"reason": " ".join(error.messages)}) from error


def _checked(name: str, read: Any) -> Any:
    """Return the type of a text in a format of JSON Schema's that our own function reads."""
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=254),
        AfterValidator(_no_nul),
        AfterValidator(read),
        WithJsonSchema({"type": "string", "format": name, "minLength": 1, "maxLength": 254}),
    ]


CHECKED: Mapping[Kind, tuple[str, Any]] = {Kind.PHONE: ("phone", _read_phone), Kind.EMAIL: ("email", _read_email)}


# --- The answers --------------------------------------------------------------------------------------------------


def in_words(form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the answers to a form in its order, each with its label; what the form never asked comes last, by its name."""
    asked = questions(form)
    told = [(question.label, question.in_words(answers[question.name])) for question in asked if question.name in answers]
    unasked = answers.keys() - {question.name for question in asked}
    return told + [(name.replace("_", " ").capitalize(), str(answers[name])) for name in sorted(unasked)]
