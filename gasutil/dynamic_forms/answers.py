"""The one validator of answers, for API, console and import: a pydantic model made of a form."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil, floor
from types import GenericAlias
from typing import Annotated, Any, Literal

import orjson
from django.conf import settings
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from gasutil.datetimes import parse_datetime
from gasutil.dynamic_forms.definition import Question, questions
from gasutil.errors import FieldError
from gasutil.models import AnswerKind
from gasutil.models.fields import PhoneField
from gasutil.validation import LINE_FEEDS, NO_NUL, fail_as_pydantic
from gasutil.validation_messages import (
    DATE_MESSAGE,
    MESSAGES,
    TIME_MESSAGE,
    message_of,
    pydantic_params,
)
from gasutil.visible_text import is_displayed

MAX_SHORT_TEXT_CHARACTERS = 200  # where the field has no limit of its own
MAX_WHOLE_NUMBER = 2**53 - 1  # what every JSON reader can hold
MAX_METER_READING = 99_999_999
# For other programs, in the regular expressions of JSON Schema; the server reads more forms.
PHONE_PATTERN = r"^[+(]*(?:[0-9][ ().\-/]*){4,20}$"


class Details(BaseModel):
    """The answers to what a type asks."""

    model_config = ConfigDict(extra="forbid")


RESERVED = frozenset({*dir(BaseModel), "self"})


def check(
    form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the answers to a form as they are stored, and all errors in them.

    Each error has its field's name.
    """
    answers = {
        name: answer for name, answer in answers.items() if answer is not None
    }  # null is no answer
    errors = [
        FieldError(
            question.name,
            "not_asked",
            _condition_message(form, question),
            {"question": question.shown_if, "answer": question.shown_if_value},
        )
        for question in questions(form)
        if question.name in answers and not question.is_asked(answers)
    ]
    errors += [
        FieldError(question.name, "missing", _(MESSAGES["missing"]))
        for question in questions(form)
        if question.is_required
        and question.shown_if
        and question.name not in answers
        and question.is_asked(answers)
    ]
    try:
        stored = (
            model_of(orjson.dumps(form))
            .model_validate(dict(answers))
            .model_dump(exclude_unset=True)
        )
    except ValidationError as error:
        by_field = {
            str(problem["loc"][0]): FieldError(
                str(problem["loc"][0]),
                problem["type"],
                message_of(problem),
                pydantic_params(problem),
            )
            for problem in reversed(error.errors())
        }
        return {}, [
            *(problem for problem in errors if problem.field not in by_field),
            *reversed(by_field.values()),
        ]
    return stored, errors


def _condition_message(form: Sequence[Mapping[str, Any]], question: Question) -> str:
    """Return when a question is asked, in the texts of the form."""
    other = next(item for item in questions(form) if item.name == question.shown_if)
    value = question.shown_if_value
    answer = value == "true" if other.kind == AnswerKind.YES_NO else value
    text = _("Answer this only if the answer to “%(question)s” is “%(answer)s”.")
    return text % {
        "question": other.label,
        "answer": other.labels.get(value) or other.display(answer),
    }


@lru_cache(maxsize=512)
def model_of(form: bytes) -> type[Details]:
    """Return the model of a form, made once in a process: another version is another form."""
    fields: dict[str, Any] = {}
    for question in questions(orjson.loads(form)):
        needed = question.is_required and not question.shown_if
        fields[question.name] = (answer_type(question), ... if needed else None)
    return create_model("Details", __base__=Details, __doc__="", **fields)


def answer_type(question: Question) -> Any:
    """Return the type of the answer to a question, with its bounds."""
    least, most = bounds(question)
    match question.kind:
        case AnswerKind.SHORT_TEXT | AnswerKind.LONG_TEXT:
            return _text(question)
        case AnswerKind.WHOLE_NUMBER:
            return Annotated[int, Strict(), Field(ge=least, le=most)]
        case AnswerKind.DECIMAL | AnswerKind.METER_READING:
            return Annotated[float, Strict(), Field(ge=least, le=most, allow_inf_nan=False)]
        case AnswerKind.YES_NO:
            return Annotated[bool, Strict()]
        case AnswerKind.ONE_OF:
            return Literal[question.values]
        case AnswerKind.SEVERAL_OF:
            return _several(question)
        case AnswerKind.DATE | AnswerKind.DATE_TIME:
            return _day(question)
    return CHECKED[AnswerKind(question.kind)]


def bounds(question: Question) -> tuple[Any, Any]:
    """Return the least and the most that an answer may be.

    Each is a number, or a number of characters or choices; None means no bound.
    """
    least, most = question.minimum, question.maximum
    match question.kind:
        case AnswerKind.WHOLE_NUMBER:
            lowest, highest = -MAX_WHOLE_NUMBER, MAX_WHOLE_NUMBER
        case AnswerKind.SHORT_TEXT:
            lowest, highest = int(question.is_required), MAX_SHORT_TEXT_CHARACTERS
        case AnswerKind.LONG_TEXT:
            lowest, highest = int(question.is_required), settings.TEXT_LIMIT
        case AnswerKind.SEVERAL_OF:
            lowest, highest = int(question.is_required), len(question.choices)
        case AnswerKind.METER_READING:
            return least or 0, MAX_METER_READING if most is None else most
        case _:
            return least, most
    return lowest if least is None else max(lowest, ceil(least)), (
        highest if most is None else floor(most)
    )


def _text(question: Question) -> Any:
    least, most = bounds(question)
    constraints = StringConstraints(
        strip_whitespace=True,
        min_length=least or None,
        max_length=most,
        pattern=rf"^(?:{question.pattern})$" if question.pattern else None,
    )
    return Annotated[str, constraints, NO_NUL, BeforeValidator(_empty_if_invisible), LINE_FEEDS]


def _empty_if_invisible(value: Any) -> Any:
    return "" if isinstance(value, str) and not is_displayed(value) else value


def _several(question: Question) -> Any:
    least, most = bounds(question)
    constraints = Field(min_length=least or None, max_length=most)
    return Annotated[
        GenericAlias(list, (Literal[question.values],)), constraints, AfterValidator(_each_once)
    ]


def _each_once(value: list[str]) -> list[str]:
    if len(set(value)) < len(value):
        raise PydanticCustomError("unique", _("Choose each option only once."))
    return value


def _day(question: Question) -> Any:
    is_date = question.kind == AnswerKind.DATE

    def read(value: str) -> str:
        day, stored = (_read_date if is_date else _read_moment)(value)
        today = timezone.localdate()
        least, most = (_days_after(today, days) for days in (question.minimum, question.maximum))
        if least is not None and day < least:
            params = {"params": {"min": least.isoformat()}}
            raise PydanticCustomError("too_early", _("This is too early."), params)
        if most is not None and day > most:
            params = {"params": {"max": most.isoformat()}}
            raise PydanticCustomError("too_late", _("This is too late."), params)
        return stored

    return _checked(read, format="date" if is_date else "date-time")


def _days_after(today: dt.date, days: float | None) -> dt.date | None:
    """Return the first or last possible day, None without a bound."""
    if days is None:
        return None
    last = (dt.date.max if days > 0 else dt.date.min) - today
    return today + (dt.timedelta(days=days) if abs(days) < abs(last.days) else last)


def _read_date(value: str) -> tuple[dt.date, str]:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("invalid_date", _(DATE_MESSAGE)) from error
    if day.isoformat() != value:  # it reads 20261123 and 2026-W48-1 too
        raise PydanticCustomError("invalid_date", _(DATE_MESSAGE))
    return day, value


def _read_moment(value: str) -> tuple[dt.date, str]:
    try:
        moment = parse_datetime(value)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("invalid_time", _(TIME_MESSAGE)) from error
    if moment.tzinfo is None:
        raise PydanticCustomError("invalid_time", _(TIME_MESSAGE))
    return timezone.localdate(moment), moment.isoformat().replace("+00:00", "Z")


def _read_phone(value: str) -> str:
    return str(fail_as_pydantic(lambda: PhoneField().clean(value, None)))


def _read_email(value: str) -> str:
    return str(fail_as_pydantic(lambda: validate_email(value)) or value)


def _checked(read: Any, **schema: str) -> Any:
    """Return the type of a text that our own function reads; `schema` describes it to others."""
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=254),
        NO_NUL,
        AfterValidator(read),
        WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 254, **schema}),
    ]


CHECKED: Mapping[AnswerKind, Any] = {
    AnswerKind.PHONE: _checked(_read_phone, pattern=PHONE_PATTERN),
    AnswerKind.EMAIL: _checked(_read_email, format="email"),
}
