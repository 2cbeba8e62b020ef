"""The classes that declare the API: resources, calls, bodies and representations.

`build.py` makes routes from them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, create_model

from gasutil import access
from gasutil.access import CUSTOMERS_AND_STAFF, STAFF, Actor, Role
from gasutil.api.framework.fields import column, response_type
from gasutil.api.framework.uploads import Files
from gasutil.errors import DeskError, FieldError
from gasutil.identity.throttling import RateLimit
from gasutil.models import MachineScope
from gasutil.workflow import limits


@dataclass(frozen=True)
class Computed:
    """A field of a response that is calculated from other fields."""

    type: Any
    of: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Representation:
    """The form of one row of a model in a response: its fields in order, all read with one query.

    `renamed` maps a field to its column, `computed` to the function that calculates it from the
    other fields and from columns that are `hidden` in the response. `types` gives the type of a
    JSON column. `annotated` gives the expression of a column that the rows get for a role. `added`
    gives the types of the fields that `complete` adds to rows: it gets the
    actor and a page of them, with the hidden columns. `optional` fields are only in the response to
    a call that changes an object, and only if they are not empty.
    """

    name: str
    model: type[Model]
    fields: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, Computed] = field(default_factory=dict)
    hidden: str = ""
    types: Mapping[str, Any] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    annotated: Mapping[str, Callable[[Role], Any]] = field(default_factory=dict)
    added: Mapping[str, Any] = field(default_factory=dict)
    complete: Callable[[Actor, Sequence[dict[str, Any]]], None] | None = None
    omittable: str = ""  # what `complete` leaves out for some actors
    optional: Sequence["Detail"] = ()

    @cached_property
    def names(self) -> list[str]:
        """Return the names of the fields in their order."""
        return self.fields.split()

    @cached_property
    def stored(self) -> dict[str, str]:
        """Return the column of each field that has one."""
        return {
            name: self.renamed.get(name, name)
            for name in [*self.names, *self.hidden.split()]
            if name not in self.computed and name not in self.added
        }

    @cached_property
    def schema(self) -> type[Schema]:
        """Return the type of a response."""
        fields: dict[str, Any] = {}
        for name in self.names:  # a name that pydantic reserves becomes an alias
            attribute = f"{name}_" if hasattr(Schema, name) else name
            about: dict[str, Any] = {
                "alias": name,
                "examples": self._examples(name),
                "description": self._help_text(name),
            }
            is_omittable = name in self.omittable.split()
            fields[attribute] = (
                self._type(name),
                Field(default_factory=lambda: None, **about)
                if is_omittable
                else Field(..., **about),
            )
        for detail in self.optional:
            fields[detail.name] = (
                detail.type,
                Field(default_factory=lambda: None, examples=list(detail.examples)),
            )
        return create_model(self.name, __base__=Schema, **fields)

    @property
    def has_version(self) -> bool:
        """Return whether a row has a version, which is then the response's `ETag`."""
        return hasattr(self.model, "version")

    def rows(self, actor: Actor, rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return the responses for rows, from the values of their columns."""
        read = [dict(zip(self.stored, values, strict=True)) for values in rows]
        for row in read:
            for name, computed in self.computed.items():
                row[name] = computed.of(row)
        if self.complete:
            self.complete(actor, read)
        is_plain = not self.computed and not self.hidden
        return (
            read
            if is_plain
            else [{name: row[name] for name in self.names if name in row} for row in read]
        )

    def of(self, actor: Actor, obj: Model) -> dict[str, Any]:
        """Return the response for an object."""
        return self.rows(actor, [[self._value(obj, path) for path in self.stored.values()]])[0]

    def read(self, actor: Actor, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """Read rows as responses, with one query."""
        return self.rows(actor, self.columns(self.annotate(rows, actor.role)))

    def annotate(self, rows: QuerySet[Any], role: Role) -> QuerySet[Any]:
        """Return the query for rows with their annotated columns."""
        result: QuerySet[Any] = rows.annotate(
            **{name: of(role) for name, of in self.annotated.items()}
        )
        return result

    def columns(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the query for the columns of rows, as `rows` takes them."""
        return rows.values_list(*self.stored.values())

    def _value(self, obj: Model, path: str) -> Any:
        """Return the value of a column of an object, or of one that it refers to.

        An object that was read without an annotated column has None.
        """
        if path in self.annotated:
            return getattr(obj, path, None)
        relation, _, name = path.rpartition("__")
        holder = getattr(obj, relation) if relation else obj
        return holder and getattr(holder, column(type(holder), name).attname)

    def _type(self, name: str) -> Any:
        if name in self.computed:
            return self.computed[name].type
        if name in self.added:
            return self.added[name]
        return self.types.get(name) or response_type(column(self.model, self.stored[name]))

    def _help_text(self, name: str) -> str | None:
        """Return the help text of a column that is shown as it is stored."""
        if name not in self.stored or name in self.types:
            return None
        holder, _, stored = self.stored[name].rpartition("__")
        return None if holder else str(column(self.model, stored).help_text) or None

    def _examples(self, name: str) -> list[Any] | None:
        return [self.example[name]] if name in self.example else None


@dataclass(frozen=True, kw_only=True)
class Body:
    """The body of a call: fields of models by name, and `extra` ones with their types.

    A name that ends in `?` is optional. `find_errors` returns the errors that types can't express;
    it is called when any error was found, so that the client gets all at once. It gets the valid
    fields as `data`, and the other arguments that it names, as verbs do. If the `verb_lists_all` of
    its errors itself, these are not looked for again when it has raised some. `tolerates` gets the
    `data` and `errors` of a body that does not validate, and returns whether the verb accepts it as
    it is, without the fields that are null.
    """

    name: str
    fields: str = ""
    models: Sequence[type[Model]] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    find_errors: Callable[..., list[FieldError]] | None = None
    verb_lists_all: bool = False
    tolerates: Callable[..., bool] | None = None
    examples: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Paged:
    """Pages of rows that are no resource: the verb gets `cursor` and `page_size`.

    The name is that of the type.
    """

    name: str
    row: type[Schema]
    ordering: str


@dataclass(frozen=True)
class Call:
    """One operation: its verb, its body, its response and the roles that may call it.

    The verb gets the fields of the body that were sent, and of `actor`, `request`, `pk` and
    `address_of_caller` those that it names; its docstring describes the call. `answers` is a
    representation, pages, a schema, or None for a response without a body. `allowed` names the
    roles that may make the call, if they differ from the resource's. `by` names the roles towards
    the object that may see the errors of a body; the verb checks the rest. A `public` call needs no
    token. `is_versioned` honours `If-Match`: its verb takes `versions`. `is_tagged` honours it for
    an object without versions, which is current if its `ETag` is. Every POST and PATCH by an
    account honours `Idempotency-Key`, unless `is_idempotent` is false; a verb with slow work before
    its transaction takes `and_then` and calls it with its result, in that transaction. `files` are
    the files that it accepts in a form. If `is_download`, the response has the bytes that the verb
    returns. `limit` is the rate limit of an account for a call that changes something (None: no
    limit); it never rejects a call about an emergency. `query` maps query parameters to their
    types; the verb gets them by name. An image is a download with a fixed `content_type`.
    `status_if_new` is the status if the result of the verb says that it `is_new`. `creates_at` is
    the path of the resource where the new object is found, if it is another one. A public call that
    `is_keyed_by_body` honours keys that are UUIDs: a key belongs to the IP address and the body.
    A response that `has_secret` is stored encrypted. `scope` is what a machine account needs;
    without one, the call is closed to machine accounts.
    `permission` is what a representative needs, where it is not that of all calls which work on
    requests: the verb checks it, and the framework before it lists the errors of a body.
    `errors` are those that the rest of the declaration does not tell.
    """

    method: str
    path: str
    name: str
    verb: Callable[..., Any]
    takes: Body | None = None
    answers: Representation | Paged | type[Schema] | None = None
    status: int = 200
    allowed: frozenset[Role] | None = None
    by: frozenset[Role] = STAFF
    public: bool = False
    errors: Sequence[type[DeskError]] = ()
    is_idempotent: bool = True
    is_versioned: bool = False
    is_tagged: bool = False
    files: Files | None = None
    is_download: bool = False
    query: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = ""
    creates_at: str = ""
    status_if_new: int = 0
    is_keyed_by_body: bool = False
    has_secret: bool = False
    limit: RateLimit | None = limits.UPDATES
    scope: MachineScope | None = None
    permission: str = ""

    @property
    def permission_needed(self) -> str:
        """Return the permission that a representative needs for the call, if any."""
        is_work = self.method != "GET" and self.scope == MachineScope.REQUESTS_WORK
        return self.permission or (access.WORK if is_work else "")

    @property
    def takes_key(self) -> bool:
        """Return whether the call honours `Idempotency-Key`: every POST and PATCH by an account."""
        is_by_account = self.method in ("POST", "PATCH") and self.is_idempotent and not self.public
        return is_by_account or self.is_keyed_by_body

    @property
    def takes_match(self) -> bool:
        """Return whether the call honours `If-Match`."""
        return self.is_versioned or self.is_tagged

    @property
    def is_read_as_object(self) -> bool:
        """Return whether the call reads a single object, whose `ETag` shows what has changed."""
        return self.method == "GET" and isinstance(self.answers, Representation)

    @property
    def is_limited(self) -> bool:
        """Return whether `limit` applies.

        A public call has no account; its verb has its own limits.
        """
        return self.method != "GET" and not self.public and self.limit is not None


@dataclass(frozen=True)
class Filter:
    """A query parameter that filters a list: by a column, by a `lookup`, or by a function.

    `where` returns the condition for a value and the current time; the list of each value is
    written once, so there should be few. `apply` is for other queries: they are written each time.
    `must_exist` is the error code for a value that names no object, where any caller may know which
    exist. With an `order`, the list is in ascending order of that column when the filter is given.
    """

    name: str
    type: Any = None
    lookup: str = ""
    where: Callable[[Any, Any], Q] | None = None
    apply: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None
    must_exist: str = ""
    order: str = ""


@dataclass(frozen=True)
class Detail:
    """A field that the response for one object has in addition to those of a list."""

    name: str
    type: Any
    of: Callable[[Actor, Any], Any]
    examples: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The list and detail of one model, and the calls that change it.

    `access.visible_to` decides which rows an actor sees; `allowed` only names the roles that see
    any, and `detail_allowed` those that see one by its ID. A `public` resource needs no token.
    `ordering` maps a client's options to an indexed column, and after a space a yes/no column that
    orders rows with the same value; a leading `-` reverses the order.
    `permission` is what a representative needs to read it, if not all can. `among` narrows the rows
    of the model to those of the resource. `on_read` is called with the IDs that a call returns.
    `expandable` has the resource of each field whose ID a client can have replaced by the object.
    `scope` is what a machine account needs to read it; without one, it is closed to machine
    accounts. `details_from` adds what details need to the query for one object. `heading`
    replaces the plural of the noun in the document.
    """

    path: str
    noun: str
    representation: Representation
    lookup: str = "id"
    details: Sequence[Detail] = ()
    filters: Sequence[Filter] = ()
    ordering: Mapping[str, str] = field(default_factory=lambda: {"id": "pk"})
    default_ordering: str = "-id"
    search: Callable[[Actor, QuerySet[Any], str], QuerySet[Any]] | None = None
    allowed: frozenset[Role] = CUSTOMERS_AND_STAFF
    detail_allowed: frozenset[Role] | None = None
    public: bool = False
    permission: str = ""
    has_list: bool = True
    has_detail: bool = True
    among: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    on_read: Callable[[Actor, HttpRequest, Sequence[int]], None] | None = None
    expandable: Mapping[str, "Resource"] = field(default_factory=dict)
    calls: Sequence[Call] = ()
    scope: MachineScope | None = None
    details_from: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    heading: str = ""

    @property
    def tag(self) -> str:
        """Return the heading in the document under which its calls are."""
        return self.heading or f"{self.noun.capitalize()}s"

    def parts(self, actor: Actor) -> list[QuerySet[Any]]:
        """Return the rows that the actor may see, in the parts that they are read in."""
        parts = access.visible_parts(actor, self.representation.model)
        return [self.among(rows) if self.among else rows for rows in parts]

    def single(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the resource among rows, with what its details need."""
        rows = self.among(rows) if self.among else rows
        return self.details_from(rows) if self.details_from else rows

    @property
    def is_versioned(self) -> bool:
        """Return whether responses have an `ETag` that can come back as `If-Match`."""
        return any(call.is_versioned for call in self.calls)
