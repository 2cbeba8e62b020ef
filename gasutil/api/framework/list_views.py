"""The views that read: a list with one query, and one object with its details."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.api.framework.auth import caller, use_language_of_token
from gasutil.api.framework.expansion import expand
from gasutil.api.framework.further_errors import unknown_objects
from gasutil.api.framework.inputs import NO_QUERY, Input, is_optional_person
from gasutil.api.framework.pagination import CursorPosition, Key, page_of, page_query, read_position
from gasutil.api.framework.resource import Filter, Resource
from gasutil.api.framework.responses import respond, revalidated
from gasutil.errors import Invalid
from gasutil.statements import Given, Statement, compiled

ViewFunction = Callable[..., HttpResponse]
Filters = Mapping[str, Any]
Shape = tuple[tuple[str, Any], ...]
ID: Any = Given("cursor_id")
NOW = Given("now", DateTimeField())
AFTER, BEFORE = (
    CursorPosition("", Given("cursor_value"), ID, backwards, Given("cursor_second"))
    for backwards in (False, True)
)  # where a page can start, for any row


def list_view(resource: Resource) -> ViewFunction:
    """Return the view of a list: one query for any number of rows."""
    representation = resource.representation
    columns = list(representation.stored.values())

    @compiled
    def statement(
        role: Role, shape: Shape, ordering: str, start: CursorPosition | None, size: int
    ) -> Statement:
        """Return the statement of the pages that differ in values only."""
        actor = access.anyone(role)
        key = _key(resource, actor, ordering)
        parts = [
            representation.annotate(rows, role)
            for rows in _narrow(resource, actor, dict(shape), NOW)
        ]
        one_index = key.is_id or role in access.STAFF
        return Statement(
            page_query(parts, columns, key=key, position=start, size=size),
            is_fixed=one_index
            and not shape
            and not resource.among
            and access.is_list_fixed(role, representation.model),
        )

    def view(request: HttpRequest, query: Input) -> HttpResponse:
        actor, asked, filters = caller(request), query.asked(request), query.given()
        _prepare(resource, actor, request)
        ordering, size = _ordering(resource, asked), asked["page_size"]
        key = _key(resource, actor, ordering)
        position = read_position(representation.model, key, ordering, asked["cursor"])
        shape = _shape(resource, filters)
        tuples: Sequence[tuple[Any, ...]]
        if shape is None:
            narrowed = [
                representation.annotate(rows, actor.role)
                for rows in _narrow(resource, actor, filters, timezone.now())
            ]
            tuples = list(page_query(narrowed, columns, key=key, position=position, size=size))
        else:
            start = position and (BEFORE if position.backwards else AFTER)
            written = statement(actor.role, shape, ordering, start, size)
            tuples = written.read(**actor.given, **_values(position, filters))
        page = page_of(tuples, key=key, ordering=ordering, position=position, size=size)
        if not page.rows and (errors := unknown_objects(resource, filters)):
            raise Invalid(errors)
        rows = representation.rows(actor, page.rows)
        _read(resource, actor, request, rows, asked.get("expand", ""))
        response = respond({"results": rows, **page.links(request)}, headers=caching(resource))
        return revalidated(request, response) if resource.public else response

    return view


def _shape(resource: Resource, filters: Filters) -> Shape | None:
    """Return the filters of a query, with places for their values.

    None if the query can't be written in advance: it depends on a text.
    """
    given = [filter_ for filter_ in resource.filters if filter_.name in filters]
    if (
        filters.get("q")
        or any(filter_.apply for filter_ in given)
        or access.is_personal(resource.representation.model)
    ):
        return None
    return tuple((filter_.name, _place(resource, filter_, filters)) for filter_ in given)


def _place(resource: Resource, filter_: Filter, filters: Filters) -> Any:
    """Return the place of a filter's value, or the value if the query depends on it."""
    value = filters[filter_.name]
    if isinstance(value, list):
        return tuple(value)
    if filter_.where:
        return value
    is_word = value in ("none", "me") and is_optional_person(resource, filter_)
    return value if is_word else Given(f"filter_{filter_.name}")


def _values(position: CursorPosition | None, filters: Filters) -> dict[str, Any]:
    """Return the values for the places of a statement."""
    values = {f"filter_{name}": value for name, value in filters.items()}
    values["now"] = timezone.now()
    if position is None:
        return values
    value, second = position.value, position.second
    return values | {"cursor_value": value, "cursor_second": second, "cursor_id": position.id}


def detail_view(resource: Resource) -> ViewFunction:
    """Return the view of one object, with the details that a list omits."""
    representation = resource.representation

    @cache
    def among(role: Role) -> Callable[[QuerySet[Any]], QuerySet[Any]] | None:
        """Return what narrows and annotates the rows of the model for a role, if anything does."""
        is_narrowed = bool(resource.among or resource.details_from)
        if not is_narrowed and not representation.annotated:
            return None
        narrow = resource.single if is_narrowed else lambda rows: rows
        return lambda rows: representation.annotate(narrow(rows), role)

    def view(request: HttpRequest, query: Input = NO_QUERY, **key: Any) -> HttpResponse:
        asked, actor = query.asked(request), caller(request)
        _prepare(resource, actor, request)
        obj = access.find(
            actor,
            representation.model,
            key[resource.lookup],
            by=resource.lookup,
            among=among(actor.role),
        )
        row = representation.of(actor, obj)
        _read(resource, actor, request, [row], asked.get("expand", ""))
        details = {detail.name: detail.of(actor, obj) for detail in resource.details}
        response = respond(row | details, headers=caching(resource))
        return revalidated(request, response, obj if resource.is_versioned else None)

    return view


def _prepare(resource: Resource, actor: Actor, request: HttpRequest) -> None:
    """Check the permission, and choose the language of a public resource."""
    if resource.public:
        use_language_of_token(request)
    if resource.permission:
        access.require_permission(actor, resource.permission)


def _read(
    resource: Resource,
    actor: Actor,
    request: HttpRequest,
    rows: Sequence[dict[str, Any]],
    expanded: str,
) -> None:
    """Record which objects a call returns, and add those that the client asked for."""
    if resource.on_read:
        resource.on_read(actor, request, [row["id"] for row in rows])
    expand(resource.expandable, expanded, actor, request, rows)


def caching(resource: Resource) -> dict[str, str]:
    """Return the headers that let a client cache a public resource and revalidate it.

    Its texts are in the language that the client asks for, or else in that of its account.
    """
    vary = "Accept-Language, Authorization"
    return {"Cache-Control": "no-cache", "Vary": vary} if resource.public else {}


def _ordering(resource: Resource, asked: Mapping[str, Any]) -> str:
    """Return the ordering of a list: that of the query, or the name of a filter with an order."""
    orders = (filter_.name for filter_ in resource.filters if filter_.order)
    ordering: str = asked["ordering"]
    return next((name for name in orders if asked[name] is not None), ordering)


def _key(resource: Resource, actor: Actor, ordering: str) -> Key:
    """Return the pagination key of a list.

    For the id, the key has the lookup path that has an index for this actor.
    """
    id_path = access.id_path(actor, resource.representation.model)
    orders = {filter_.name: filter_.order for filter_ in resource.filters if filter_.order}
    path, _, second = {**resource.ordering, **orders}[ordering.removeprefix("-")].partition(" ")
    return Key(id_path if path == "pk" else path, id_path, ordering.startswith("-"), second)


def _narrow(
    resource: Resource, actor: Actor, asked: Filters, now: dt.datetime | Given
) -> list["QuerySet[Any]"]:
    """Return the rows that the actor may see and that match the filters, in their parts."""
    return [_narrowed(resource, rows, actor, asked, now) for rows in resource.parts(actor)]


def _narrowed(
    resource: Resource,
    rows: "QuerySet[Any]",
    actor: Actor,
    asked: Filters,
    now: dt.datetime | Given,
) -> "QuerySet[Any]":
    for filter_ in resource.filters:
        if filter_.name in asked:
            value = asked[filter_.name]
            rows = (
                filter_.apply(rows, value)
                if filter_.apply
                else rows.filter(_condition(resource, filter_, value, actor, now))
            )
    return resource.search(actor, rows, asked["q"]) if resource.search and asked.get("q") else rows


def _condition(resource: Resource, filter_: Filter, value: Any, actor: Actor, now: Any) -> Q:
    if filter_.where:
        return filter_.where(value, now)
    takes_words = is_optional_person(resource, filter_)
    match value:
        case "none" if takes_words:
            return Q(**{f"{filter_.name}__isnull": True})
        case "me" if takes_words:
            return Q(**{filter_.name: actor.id or 0})  # nothing is assigned to a machine account
        case list() | tuple():
            return Q(**{f"{filter_.name}__in": value})
    return Q(**{filter_.lookup or filter_.name: value})
