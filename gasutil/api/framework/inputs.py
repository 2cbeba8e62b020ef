"""Bodies and queries: pydantic models, made from declarations.

They reject unknown fields and report all errors at once.
"""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from functools import cache, partial
from typing import Annotated, Any, ClassVar, Literal, get_origin

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from gasutil.api.framework import expansion
from gasutil.api.framework.auth import caller
from gasutil.api.framework.fields import MAX_CHOICES, Id, column, filter_type, input_type, many
from gasutil.api.framework.further_errors import unknown_objects
from gasutil.api.framework.pagination import cursor_errors
from gasutil.api.framework.resource import Body, Filter, Resource
from gasutil.errors import FieldError, Invalid
from gasutil.models import User
from gasutil.models.fields import SeveralField
from gasutil.validation import NO_NUL
from gasutil.validation_messages import message_of, pydantic_params

FurtherErrors = Callable[[HttpRequest, Mapping[str, Any]], list[FieldError]]


class Input(BaseModel):
    """A client's input: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")
    further_errors: ClassVar[FurtherErrors | None] = None
    tolerates: ClassVar[Callable[[HttpRequest, Mapping[str, Any], Sequence[Any]], bool] | None] = (
        None
    )
    absent_if_null: ClassVar[frozenset[str]] = frozenset()
    empty_if_null: ClassVar[Mapping[str, Any]] = {}
    unknown_objects: ClassVar[Callable[[Mapping[str, Any]], list[FieldError]]] = lambda sound: []
    _sent: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def gather_all_errors(
        cls, data: Any, handler: ModelWrapValidatorHandler["Input"], info: ValidationInfo
    ) -> "Input":
        """Validate the other fields too if a field is invalid.

        Raise one `ValidationError` with all errors.
        """
        data = cls.without_nulls(data) if isinstance(data, dict) else data
        try:
            model = handler(data)
        except ValidationError as error:
            if cls.further_errors is None:
                raise
            request, data = (info.context or {})["request"], data if isinstance(data, dict) else {}
            if cls.tolerates and cls.tolerates(request, data, error.errors()):
                given = {name: value for name, value in data.items() if value is not None}
                return cls.model_construct(set(given), **given)
            problems = [
                problem
                for problem in error.errors()
                if not (cls.tolerates and cls.tolerates(request, data, [problem]))
            ]
            faulty = {problem["loc"][0] for problem in problems if problem["loc"]}
            request.invalid_fields = faulty
            sound = {
                name: value
                for name, value in data.items()
                if name in cls.model_fields and name not in faulty
            }
            more = [
                problem
                for problem in [*cls.further_errors(request, sound), *cls.unknown_objects(sound)]
                if problem.field not in faulty
            ]
            errors = [
                _line(*_explained(problem), problem["loc"], problem["input"])
                for problem in problems
            ]
            errors += [
                _line(
                    problem.code,
                    problem.message,
                    problem.params,
                    tuple(problem.field.split(".")),
                    sound.get(problem.field),
                )
                for problem in more
            ]
            raise ValidationError.from_exception_data(cls.__name__, errors) from error
        model._sent = data if isinstance(data, dict) else {}
        return model

    @classmethod
    def without_nulls(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body with its nulls resolved.

        Fields that null omits are left out, and fields that null clears have their empty value.
        """
        absent = {name for name in cls.absent_if_null if data.get(name, ...) is None}
        empty = {
            name: value for name, value in cls.empty_if_null.items() if data.get(name, ...) is None
        }
        return {name: value for name, value in data.items() if name not in absent} | empty

    def as_sent(self) -> Mapping[str, Any]:
        """Return the fields as they were sent, before their types were applied."""
        return self._sent

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent, with enums as plain values."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields_set}

    def asked(self, request: HttpRequest) -> dict[str, Any]:
        """Return the parameters of a query, including omitted ones.

        Raise `Invalid` for errors that types can't express.
        """
        values, further = self.model_dump(), type(self).further_errors
        errors = further(request, values) if further else []
        if errors:
            raise Invalid(errors)
        return values


def _explained(error: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """Return the code, the message and the params of one of pydantic's errors.

    Only text that is not UTF-8 is still bytes here.
    """
    if isinstance(error["input"], bytes):
        return "not_utf8", _("This text is not UTF-8. Send it as UTF-8."), {}
    return error["type"], message_of(error), pydantic_params(error)


def _line(
    code: str,
    message: str,
    params: Mapping[str, Any],
    location: tuple[int | str, ...],
    value: Any,
) -> InitErrorDetails:
    context = {"reason": message, "params": dict(params)}
    return InitErrorDetails(
        type=PydanticCustomError(code, "{reason}", context), loc=location, input=value
    )


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


@cache
def _optional() -> Any:
    """Return an optional field: its schema has no default, because none is filled in."""
    return Field(default_factory=lambda: None)


def body_schema(body: Body, further: FurtherErrors, *, creates: bool) -> type[Input]:
    """Return the type of a body; `further` returns the other errors of a body that is invalid.

    Null for an optional field omits it when a call creates an object; when a call changes one, it
    clears a field that can be empty.
    """
    fields: dict[str, Any] = {}
    empty: dict[str, Any] = {}
    for word in body.fields.split():
        name, required = word.removesuffix("?"), not word.endswith("?")
        kind = body.extra.get(name) or input_type(_column_of(body.models, name), required=required)
        if not required and name not in body.extra and not creates:
            empty |= _empty_value(_column_of(body.models, name))
        is_nullable = not required and (creates or name in empty)
        fields[name] = (
            (kind, ...) if required else (kind | None if is_nullable else kind, _optional())
        )
    model = create_model(body.name, __base__=Input, **fields)
    model.absent_if_null = frozenset(
        word.removesuffix("?") for word in body.fields.split() if creates and word.endswith("?")
    )
    model.empty_if_null = empty
    model.further_errors = further
    model.tolerates = partial(_tolerates, body.tolerates) if body.tolerates else None
    if body.examples:
        model.model_config = ConfigDict(
            extra="forbid",
            json_schema_extra={"examples": [dict(example) for example in body.examples]},
        )
        model.model_rebuild(force=True)
    return model


def _empty_value(field: "models.Field[Any, Any]") -> dict[str, Any]:
    """Return the empty value of a field by its name.

    No entry if it can't be empty or stores null itself.
    """
    if (
        field.null
        or not field.blank
        or not isinstance(field, models.CharField | models.TextField | SeveralField)
    ):
        return {}
    return {field.name: [] if isinstance(field, SeveralField) else ""}


def _tolerates(
    tolerates: Callable[..., bool],
    request: HttpRequest,
    data: Mapping[str, Any],
    errors: Sequence[Any],
) -> bool:
    """Return whether the verb accepts a body that does not validate."""
    given = {"actor": caller(request), "data": data, "errors": errors}
    named = inspect.signature(tolerates).parameters
    return tolerates(**{name: value for name, value in given.items() if name in named})


def _column_of(tables: Any, name: str) -> "models.Field[Any, Any]":
    owner = next(
        model for model in tables if name in {field.name for field in model._meta.get_fields()}
    )
    return column(owner, name)


def query_schema(resource: Resource) -> type[Input]:
    """Return the type of a list's query: its filters, `q`, `ordering` and the page."""
    fields: dict[str, Any] = {
        filter_.name: _parameter(resource, filter_) for filter_ in resource.filters
    }
    if resource.search:
        fields["q"] = (
            Annotated[str, Field(max_length=200), NO_NUL],
            Field(""),
        )
    if resource.expandable:
        fields["expand"] = expansion.parameter(list(resource.expandable))
    orderings = tuple(sign + name for name in resource.ordering for sign in ("", "-"))
    fields["ordering"] = (
        Literal[orderings],
        Field(resource.default_ordering, description="The prefix `-` reverses the order."),
    )
    model = query_model(
        f"{resource.noun.title().replace(' ', '')}Query",
        fields | page_fields(),
        resource.default_ordering,
        [filter_.name for filter_ in resource.filters if filter_.order],
    )
    model.unknown_objects = partial(unknown_objects, resource)
    return model


def page_fields() -> dict[str, Any]:
    """Return the parameters for the pagination of a list."""
    return {
        "cursor": (
            str,
            Field(
                "", max_length=500, description="From the `next` or `previous` URL of another page."
            ),
        ),
        "page_size": (int, Field(settings.API_PAGE_SIZE, ge=1, le=settings.API_PAGE_SIZE_LIMIT)),
    }


def query_model(
    name: str, fields: Mapping[str, Any], ordering: str, orders: Collection[str] = ()
) -> type[Input]:
    """Return the type of a query with exactly these parameters.

    `ordering` is the default ordering that a cursor belongs to, and `orders` are the parameters
    with which a list has an order of their own.
    """
    model = create_model(name, __base__=Input, **fields)
    model.further_errors = partial(_query_errors, model, ordering, orders)
    return model


def _query_errors(
    query: type[Input],
    ordering: str,
    orders: Collection[str],
    request: HttpRequest,
    sound: Mapping[str, Any],
) -> list[FieldError]:
    """Return the errors of a query that its types don't cover."""
    fixed = next((name for name in orders if sound.get(name) is not None), "")
    cursor = cursor_errors(sound.get("cursor", ""), fixed or sound.get("ordering", ordering))
    errors = unknown_parameters(request, query.model_fields) + repeated_parameters(request, query)
    if fixed and request.GET.get("ordering", "id") != "id":
        text = _("With `%(name)s`, the order is that of the log.") % {"name": fixed}
        errors.append(FieldError("ordering", "fixed_ordering", text, {"parameter": fixed}))
    return errors + cursor


def unknown_parameters(request: HttpRequest, known: Collection[str]) -> list[FieldError]:
    """Return the errors for unknown parameters: a misspelt filter must not be ignored."""
    return [
        FieldError(name, "extra_forbidden", _("Unknown parameter."))
        for name in request.GET
        if name not in known
    ]


def repeated_parameters(request: HttpRequest, query: type[Input]) -> list[FieldError]:
    """Return the errors for parameters of one value that are sent more than once."""
    single = {
        name
        for name, field in query.model_fields.items()
        if get_origin(field.annotation) is not list
    }
    return repetitions(request, single)


def repetitions(request: HttpRequest, single: Collection[str]) -> list[FieldError]:
    """Return the errors for these parameters that are sent more than once."""
    return [
        FieldError(name, "repeated", _("Send this parameter once. It takes one value."))
        for name, values in request.GET.lists()
        if name in single and len(values) > 1
    ]


NO_QUERY = query_model("NoQuery", {}, "")()


def is_optional_person(resource: Resource, filter_: Filter) -> bool:
    """Return whether a filter is on an optional reference to a user.

    Such a filter accepts `me` and `none`.
    """
    if filter_.type is not None or filter_.lookup or filter_.apply:
        return False
    field = column(resource.representation.model, filter_.name)
    return isinstance(field, models.ForeignKey) and field.null and field.related_model is User


def _parameter(resource: Resource, filter_: Filter) -> Any:
    if filter_.type is not None:
        return filter_.type, Field(None)
    field = column(resource.representation.model, filter_.name)
    if is_optional_person(resource, filter_):
        return Id | Literal["none", "me"], Field(None)
    if field.choices:
        return many(filter_type(field)), Field([], max_length=MAX_CHOICES)
    return filter_type(field), Field(None, max_length=field.max_length)
