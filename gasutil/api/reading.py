"""The views that read: a list in one statement, and one object with its details."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from gasutil import access
from gasutil.access import Actor
from gasutil.api.answers import etag, respond
from gasutil.api.auth import caller
from gasutil.api.inputs import NO_QUERY, Input
from gasutil.api.pages import Key, read_page
from gasutil.api.resource import Filter, Resource

View = Callable[..., HttpResponse]


def list_view(resource: Resource) -> View:
    """Return the view of a list: one statement, whatever the number of rows."""
    shape = resource.shape

    def view(request: HttpRequest, query: Input) -> HttpResponse:
        actor, asked = caller(request), query.asked(request)
        page = read_page(
            _narrow(resource, actor, query),
            list(shape.stored.values()),
            key=_key(resource, actor, asked["ordering"]),
            ordering=asked["ordering"],
            cursor=asked["cursor"],
            size=asked["page_size"],
        )
        rows = [shape.row(row) for row in page.rows]
        return respond({"results": rows, **page.links(request)})

    return view


def detail_view(resource: Resource) -> View:
    """Return the view of one object, with the details that a list leaves out."""
    shape = resource.shape

    def view(request: HttpRequest, **key: Any) -> HttpResponse:
        NO_QUERY.asked(request)
        actor = caller(request)
        obj = access.find(actor, shape.model, key[resource.lookup], by=resource.lookup)
        details = {detail.name: detail.of(actor, obj) for detail in resource.details}
        return respond(shape.of(obj) | details, headers=etag(obj) if resource.is_versioned else {})

    return view


def _key(resource: Resource, actor: Actor, ordering: str) -> Key:
    """Return what a list is paged by: for the id, the path that has the index for this actor."""
    id_path = access.id_path(actor, resource.shape.model)
    path = resource.ordering[ordering.removeprefix("-")]
    return Key(id_path if path == "pk" else path, id_path, ordering.startswith("-"))


def _narrow(resource: Resource, actor: Actor, query: Input) -> "QuerySet[Any]":
    """Return the rows that the actor may see and asked for."""
    rows, asked = access.visible_to(actor, resource.shape.model), query.given()
    for one in resource.filters:
        if one.name in asked:
            value = asked[one.name]
            rows = one.apply(rows, value) if one.apply else rows.filter(_condition(one, value, actor))
    return resource.search(actor, rows, asked["q"]) if resource.search and asked.get("q") else rows


def _condition(one: Filter, value: Any, actor: Actor) -> Q:
    match value:
        case "none" if not one.lookup:
            return Q(**{f"{one.name}__isnull": True})
        case "me" if not one.lookup:
            return Q(**{one.name: actor.id})
        case list():
            return Q(**{f"{one.name}__in": value})
    return Q(**{one.lookup or one.name: value})
