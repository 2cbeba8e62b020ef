"""The words that the API is declared in. `resources.py` says what there is; `build.py` makes the routes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field, create_model

from gasutil.access import CUSTOMERS_AND_STAFF, STAFF, Actor, Role
from gasutil.api.fields import answer_type, column
from gasutil.api.uploads import Files
from gasutil.errors import Fault


@dataclass(frozen=True)
class Computed:
    """A field of an answer that is worked out from the others."""

    type: Any
    of: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What one row of a model looks like in an answer: its fields in order, all read in one statement.

    `renamed` maps a field to the column it comes from, `computed` to how it is worked out: from the other fields, and from
    columns that are `hidden` in the answer. `types` names what a column of JSON holds.
    """

    name: str
    model: type[Model]
    fields: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, Computed] = field(default_factory=dict)
    hidden: str = ""
    types: Mapping[str, Any] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def names(self) -> list[str]:
        """Return the fields in their order."""
        return self.fields.split()

    @cached_property
    def stored(self) -> dict[str, str]:
        """Return the column of each field that has one."""
        return {name: self.renamed.get(name, name) for name in [*self.names, *self.hidden.split()] if name not in self.computed}

    @cached_property
    def schema(self) -> type[Schema]:
        """Return the type of an answer."""
        fields: dict[str, Any] = {}
        for name in self.names:  # a name that pydantic has a meaning for is another's alias
            attribute = f"{name}_" if hasattr(Schema, name) else name
            fields[attribute] = (self._type(name), Field(..., alias=name, examples=self._examples(name)))
        return create_model(self.name, __base__=Schema, **fields)

    @property
    def has_version(self) -> bool:
        """Return whether a row tells its version, which an answer then has as its `ETag`."""
        return hasattr(self.model, "version")

    def row(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return one row as it is answered, from the values of its columns."""
        found = dict(zip(self.stored, values, strict=True))
        for name, computed in self.computed.items():
            found[name] = computed.of(found)
        return {name: found[name] for name in self.names} if self.computed else found

    def of(self, obj: Model) -> dict[str, Any]:
        """Return an object as it is answered."""
        return self.row([getattr(obj, column(self.model, path).attname) for path in self.stored.values()])

    def read(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """Read rows as they are answered, in one statement."""
        return [self.row(values) for values in rows.values_list(*self.stored.values())]

    def _type(self, name: str) -> Any:
        if name in self.computed:
            return self.computed[name].type
        return self.types.get(name) or answer_type(column(self.model, self.stored[name]))

    def _examples(self, name: str) -> list[Any] | None:
        return [self.example[name]] if name in self.example else None


@dataclass(frozen=True, kw_only=True)
class Body:
    """What a call takes: fields of models by name, and `extra` ones with their types.

    A name that ends in `?` may be left out. `faults` are those that the types alone can't tell; they are asked for as
    soon as any fault is found, so that a client learns of all of them at once. They get as `data` the fields that are sound,
    and what they name, as verbs do.
    """

    name: str
    fields: str = ""
    models: Sequence[type[Model]] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    faults: Callable[..., list[Fault]] | None = None
    examples: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Paged:
    """Pages of rows that are no resource of their own; its verb is told the `cursor` and the `page_size`. Its name is its type's."""

    name: str
    row: type[Schema]
    ordering: str


@dataclass(frozen=True)
class Call:
    """One operation: the verb behind it, what it takes, what it answers and who may make it.

    The verb gets the fields of the body that were sent, and of `actor`, `request`, `pk` and `address_of_caller` those that
    it names; its docstring describes the call. `answers` is a shape, pages, a schema, or None for an answer without a body.
    `allowed` names the roles that may make it at all, where they are not those of its resource, and `by` what one has to be to
    the object, to be told what is wrong with a body; the verb says the rest.
    A `public` call asks for no token. `is_versioned` honours `If-Match`, `is_idempotent` honours `Idempotency-Key`:
    its verb takes `and_then`, which it calls with what it returns, in the transaction that makes it.
    `files` are those that it takes as a form; what `is_download` answers with bytes, as its verb's answer has them.
    """

    method: str
    path: str
    name: str
    verb: Callable[..., Any]
    takes: Body | None = None
    answers: Shape | Paged | type[Schema] | None = None
    status: int = 200
    allowed: frozenset[Role] | None = None
    by: frozenset[Role] = STAFF
    public: bool = False
    errors: Sequence[int] = ()
    is_idempotent: bool = False
    is_versioned: bool = False
    files: Files | None = None
    is_download: bool = False


@dataclass(frozen=True)
class Filter:
    """A query parameter that narrows a list: on a column as it is, by `lookup`, or in a way of its own."""

    name: str
    type: Any = None
    lookup: str = ""
    apply: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None


@dataclass(frozen=True)
class Detail:
    """What the answer for one object has beside those of a list."""

    name: str
    type: Any
    of: Callable[[Actor, Any], Any]
    examples: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One model's list and detail, and the calls that change it.

    Who sees which rows is `access.visible_to`'s to say; `allowed` only names the roles that see any.
    A `public` one asks for no token.
    `ordering` maps what a client may ask for to an indexed column; `-` before it turns it round.
    """

    path: str
    noun: str
    shape: Shape
    lookup: str = "id"
    details: Sequence[Detail] = ()
    filters: Sequence[Filter] = ()
    ordering: Mapping[str, str] = field(default_factory=lambda: {"id": "pk"})
    default_ordering: str = "-id"
    search: Callable[[Actor, QuerySet[Any], str], QuerySet[Any]] | None = None
    allowed: frozenset[Role] = CUSTOMERS_AND_STAFF
    public: bool = False
    has_detail: bool = True
    calls: Sequence[Call] = ()

    @property
    def is_versioned(self) -> bool:
        """Return whether the `ETag` of an object is there to come back as `If-Match`."""
        return any(call.is_versioned for call in self.calls)
