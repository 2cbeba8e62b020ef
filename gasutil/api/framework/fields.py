"""The types of the API, derived from the fields of the models.

This is the only place where a Django field becomes a pydantic one.
"""

import datetime as dt
from collections.abc import Sequence
from enum import Enum
from types import GenericAlias
from typing import Annotated, Any

from django.db import models
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from gasutil.datetimes import parse_start
from gasutil.models import Event
from gasutil.models.fields import SeveralField
from gasutil.validation import LINE_FEEDS, NO_NUL, fail_as_pydantic
from gasutil.validation_messages import DATE_MESSAGE, TIME_MESSAGE

MAX_ID = 2**63 - 1
ENUMS: dict[tuple[str, ...], Any] = {
    tuple(Event.values): Enum("EventName", {value: value for value in Event.values}, type=str)
}
MAX_CHOICES = 20  # values of a filter in one query
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Text = Annotated[str, NO_NUL]
SCALARS: dict[type[models.Field[Any, Any]], Any] = {
    models.BooleanField: bool,
    models.DateTimeField: AwareDatetime,
    models.JSONField: dict[str, Any],
    models.IntegerField: int,
    models.FloatField: float,
    models.CharField: Text,
    models.TextField: Text,
}


def read_moment(value: Any) -> Any:
    """Return a time in UTC; a plain date is the start of that day in the operator's time zone.

    PostgreSQL accepts no offset of more than 16 hours; UTC works with every database.

    Raises:
        PydanticCustomError: The value is no time.
    """
    try:
        return parse_start(value)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise PydanticCustomError("invalid_time", _(TIME_MESSAGE)) from error


Moment = Annotated[
    dt.datetime,
    BeforeValidator(read_moment),
    Field(
        description=(
            "ISO 8601, such as `2026-11-23T14:30:00Z`; a plain date is the start of that day in the"
            " operator's time zone."
        )
    ),
]


def read_day(value: Any) -> Any:
    """Return a date as it is written in full; no number and no time is one.

    Raises:
        PydanticCustomError: The value is no date.
    """
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()  # a day has no zone
    except (TypeError, ValueError) as error:
        raise PydanticCustomError("invalid_date", _(DATE_MESSAGE)) from error


CalendarDay = Annotated[dt.date, BeforeValidator(read_day)]


def column(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    """Return a field of a model by its name; raise `TypeError` if it has no column."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{model.__name__}.{name} is no column.")
    return field


def response_type(field: "models.Field[Any, Any]") -> Any:
    """Return the type of a field in a response."""
    kind = _several(field) or _named(field) or _scalar(field)
    if field.max_length and not field.choices:
        kind = Annotated[kind, Field(max_length=field.max_length)]
    return kind | None if field.null else kind


def input_type(field: "models.Field[Any, Any]", *, required: bool) -> Any:
    """Return the type of a field in a request.

    Its bounds are in the schema; then the field's own validation follows.
    """
    if isinstance(field, models.CharField | models.TextField):
        kind = _named(field) or _text(field, required=required or not field.blank)
    elif isinstance(field, SeveralField):
        kind = Annotated[
            _several(field),
            AfterValidator(lambda chosen: field.clean([choice.value for choice in chosen], None)),
        ]
    else:
        kind = Annotated[_scalar(field), Strict()]  # neither "1" nor 1.0 nor true is the number 1
    if field.help_text:
        kind = Annotated[kind, Field(description=str(field.help_text))]
    return kind | None if field.null else kind


def many(kind: Any) -> Any:
    """Return the type of a list of a type."""
    return GenericAlias(list, (kind,))


def filter_type(field: "models.Field[Any, Any]") -> Any:
    """Return the type of a filter on a field: one of its values."""
    return _named(field) or _scalar(field)


def _several(field: "models.Field[Any, Any]") -> Any:
    """Return the type of a multiple-choice field: a list of one enum."""
    if not isinstance(field, SeveralField):
        return None
    names = [name for name, _label in field.several]
    return Annotated[many(_enum(field, names)), Field(max_length=len(names))]


def _scalar(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.ForeignKey):
        return _scalar(field.target_field)
    if field.primary_key:
        return Id
    return next(kind for base, kind in SCALARS.items() if isinstance(field, base))


def _text(field: "models.Field[Any, Any]", *, required: bool) -> Any:
    bounds = StringConstraints(
        strip_whitespace=True, min_length=1 if required else None, max_length=field.max_length
    )
    schema: dict[str, Any] = {"type": "string", "title": str(field.verbose_name).capitalize()}
    if field.max_length:
        schema["maxLength"] = field.max_length
    if required:
        schema |= {"minLength": 1, "pattern": r"\S"}
    if isinstance(field, models.EmailField):
        schema["format"] = "email"
    if field.help_text:
        schema["description"] = str(field.help_text)
    return Annotated[str, bounds, _cleaned_by(field), NO_NUL, WithJsonSchema(schema), LINE_FEEDS]


def _cleaned_by(field: "models.Field[Any, Any]") -> AfterValidator:
    def clean(value: str) -> Any:
        return fail_as_pydantic(lambda: field.clean(value, None))

    return AfterValidator(clean)


def _named(field: "models.Field[Any, Any]") -> Any:
    """Return one enum for each set of choices.

    So a generated client has one type for the set and not one for each field.
    """
    if not field.choices:
        return None
    return _enum(field, [str(value) for value, _label in field.flatchoices])


def _enum(field: "models.Field[Any, Any]", values: Sequence[str]) -> Any:
    """Return the enum of some values, named by the field, and by its model if that is taken."""
    name = field.name.title().replace("_", "")
    if any(enum.__name__ == name for enum in ENUMS.values()):
        name = f"{field.model.__name__}{name}"
    return ENUMS.setdefault(tuple(values), Enum(name, {value: value for value in values}, type=str))
