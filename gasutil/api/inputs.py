"""Bodies and queries: declarations become pydantic models that refuse what they don't know and tell every fault at once."""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from functools import cache, partial
from typing import Annotated, Any, ClassVar, Literal

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, ValidationInfo, create_model, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from gasutil.api.fields import Id, column, filter_type, input_type, many
from gasutil.api.pages import cursor_faults
from gasutil.api.resource import Body, Filter, Resource
from gasutil.errors import Fault, Invalid
from gasutil.validation import NO_NUL

FurtherFaults = Callable[[HttpRequest, Mapping[str, Any]], list[Fault]]


class Input(BaseModel):
    """What a client sends: a field that is not in here is a fault, not silence."""

    model_config = ConfigDict(extra="forbid")
    further_faults: ClassVar[FurtherFaults | None] = None

    @model_validator(mode="wrap")
    @classmethod
    def gather_every_fault(cls, data: Any, handler: ModelWrapValidatorHandler["Input"], info: ValidationInfo) -> "Input":
        """Where a field is faulty, ask what else is wrong with those that are not, and tell it all at once."""
        try:
            return handler(data)
        except ValidationError as error:
            if cls.further_faults is None:
                raise
            request, data = (info.context or {})["request"], data if isinstance(data, dict) else {}
            faulty = {fault["loc"][0] for fault in error.errors() if fault["loc"]}
            sound = {name: value for name, value in data.items() if name in cls.model_fields and name not in faulty}
            more = [fault for fault in cls.further_faults(request, sound) if fault.field not in faulty]
            told = [_line(fault["type"], fault["msg"], fault["loc"], fault["input"]) for fault in error.errors()]
            told += [_line(fault.code, fault.message, tuple(fault.field.split(".")), sound.get(fault.field)) for fault in more]
            raise ValidationError.from_exception_data(cls.__name__, told) from error

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent, enums as their plain values."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields_set}

    def asked(self, request: HttpRequest) -> dict[str, Any]:
        """Return the parameters of a query, those that were left out as well; raise `Invalid` for what types alone can't tell."""
        values, further = self.model_dump(), type(self).further_faults
        faults = further(request, values) if further else []
        if faults:
            raise Invalid(faults)
        return values


def _line(code: str, message: str, location: tuple[int | str, ...], value: Any) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(code, "{reason}", {"reason": message}), loc=location, input=value)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


@cache
def _optional() -> Any:
    """A field that may be left out: no default stands in its schema, because none is filled in."""
    return Field(default_factory=lambda: None)


def body_schema(body: Body, further: FurtherFaults) -> type[Input]:
    """Return the type of a body; `further` tells what else is wrong with it, once anything is."""
    fields: dict[str, Any] = {}
    for word in body.fields.split():
        name, required = word.removesuffix("?"), not word.endswith("?")
        kind = body.extra.get(name) or input_type(_column_of(body.models, name), required=required)
        fields[name] = (kind, ...) if required else (kind, _optional())
    model = create_model(body.name, __base__=Input, **fields)
    model.further_faults = further
    if body.examples:
        model.model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(example) for example in body.examples]})
        model.model_rebuild(force=True)
    return model


def _column_of(tables: Any, name: str) -> "models.Field[Any, Any]":
    owner = next(model for model in tables if name in {field.name for field in model._meta.get_fields()})
    return column(owner, name)


def query_schema(resource: Resource) -> type[Input]:
    """Return the type of a list's query: its filters, `q`, `ordering`, and the page."""
    fields: dict[str, Any] = {one.name: _parameter(resource, one) for one in resource.filters}
    if resource.search:
        fields["q"] = (Annotated[str, Field(max_length=200), NO_NUL], Field("", description="Search."))
    orderings = tuple(sign + name for name in resource.ordering for sign in ("", "-"))
    fields["ordering"] = (Literal[orderings], Field(resource.default_ordering, description="`-` turns the order round."))
    return query_model(f"{resource.noun.title().replace(' ', '')}Query", fields | page_fields(), resource.default_ordering)


def page_fields() -> dict[str, Any]:
    """Return the parameters that name a page of a list."""
    return {
        "cursor": (str, Field("", max_length=500, description="From `next` or `previous` of another page.")),
        "page_size": (int, Field(settings.API_PAGE_SIZE, ge=1, le=settings.API_PAGE_SIZE_LIMIT)),
    }


def query_model(name: str, fields: Mapping[str, Any], ordering: str) -> type[Input]:
    """Return the type of a query that has these parameters and no others; `ordering` is what a cursor is of where none is asked for."""
    model = create_model(name, __base__=Input, **fields)
    model.further_faults = partial(_query_faults, model, ordering)
    return model


def _query_faults(query: type[Input], ordering: str, request: HttpRequest, sound: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a query beyond its values."""
    cursor = cursor_faults(sound.get("cursor", ""), sound.get("ordering", ordering))
    return unknown_parameters(request, query.model_fields) + cursor


def unknown_parameters(request: HttpRequest, known: Collection[str]) -> list[Fault]:
    """Return those parameters that a call does not have: a filter that is misspelt must not silently be none."""
    return [Fault(name, "extra_forbidden", "This call has no such parameter.") for name in request.GET if name not in known]


NO_QUERY = query_model("NoQuery", {}, "")()


def _parameter(resource: Resource, one: Filter) -> Any:
    if one.type is not None:
        return one.type, Field(None)
    field = column(resource.shape.model, one.name)
    if isinstance(field, models.ForeignKey) and field.null:
        return Id | Literal["none", "me"], Field(None, description="An id, `me`, or `none`.")
    if field.choices:
        return many(filter_type(field)), Field([], description="May be given several times.")
    return filter_type(field), Field(None, max_length=field.max_length)
