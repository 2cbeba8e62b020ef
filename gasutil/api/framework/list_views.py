"""The views that read: a list with one query, and one object with its details."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.db.models import ForeignKey, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import Actor
from gasutil.api.framework.auth import caller
from gasutil.api.framework.expansion import expand
from gasutil.api.framework.fields import column
from gasutil.api.framework.inputs import NO_QUERY, Input, is_optional_person
from gasutil.api.framework.pagination import Key, read_page
from gasutil.api.framework.resource import Filter, Resource
from gasutil.api.framework.responses import etag, respond
from gasutil.errors import FieldError, Invalid

ViewFunction = Callable[..., HttpResponse]


def list_view(resource: Resource) -> ViewFunction:
    """Return the view of a list: one query for any number of rows."""
    representation = resource.representation

    def view(request: HttpRequest, query: Input) -> HttpResponse:
        actor, asked = caller(request), query.asked(request)
        page = read_page(
            _narrow(resource, actor, query),
            list(representation.stored.values()),
            key=_key(resource, actor, asked["ordering"]),
            ordering=asked["ordering"],
            cursor=asked["cursor"],
            size=asked["page_size"],
        )
        if not page.rows:
            _check_objects(resource, query)
        rows = representation.rows(actor, page.rows)
        _read(resource, actor, request, rows, asked.get("expand", ""))
        return respond({"results": rows, **page.links(request)}, headers=caching(resource))

    return view


def _check_objects(resource: Resource, query: Input) -> None:
    """Raise `Invalid` if a filter names an object that does not exist.

    Skip the check if the page has rows.
    """
    given = query.given()
    for filter_ in resource.filters:
        if filter_.must_exist and given.get(filter_.name):
            target = cast(
                "ForeignKey[Any, Any]", column(resource.representation.model, filter_.name)
            ).target_field
            if not target.model._default_manager.filter(
                **{target.name: given[filter_.name]}
            ).exists():
                message = _("No such %(object)s.") % {"object": target.model._meta.verbose_name}
                raise Invalid([FieldError(filter_.name, filter_.must_exist, message)])


def detail_view(resource: Resource) -> ViewFunction:
    """Return the view of one object, with the details that a list omits."""
    representation = resource.representation

    def view(request: HttpRequest, query: Input = NO_QUERY, **key: Any) -> HttpResponse:
        asked, actor = query.asked(request), caller(request)
        obj = access.find(
            actor,
            representation.model,
            key[resource.lookup],
            by=resource.lookup,
            among=resource.among,
        )
        row = representation.of(actor, obj)
        _read(resource, actor, request, [row], asked.get("expand", ""))
        details = {detail.name: detail.of(actor, obj) for detail in resource.details}
        return respond(
            row | details,
            headers=caching(resource) | (etag(obj) if resource.is_versioned else {}),
        )

    return view


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
    """Return the header that lets a client cache a public resource and revalidate it."""
    return {"Cache-Control": "no-cache"} if resource.public else {}


def _key(resource: Resource, actor: Actor, ordering: str) -> Key:
    """Return the pagination key of a list.

    For the id, the key has the lookup path that has an index for this actor.
    """
    id_path = access.id_path(actor, resource.representation.model)
    path = resource.ordering[ordering.removeprefix("-")]
    return Key(id_path if path == "pk" else path, id_path, ordering.startswith("-"))


def _narrow(resource: Resource, actor: Actor, query: Input) -> "QuerySet[Any]":
    """Return the rows that the actor may see and that match the filters."""
    rows, asked = resource.rows(actor), query.given()
    for filter_ in resource.filters:
        if filter_.name in asked:
            value = asked[filter_.name]
            rows = (
                filter_.apply(rows, value)
                if filter_.apply
                else rows.filter(_condition(resource, filter_, value, actor))
            )
    return resource.search(actor, rows, asked["q"]) if resource.search and asked.get("q") else rows


def _condition(resource: Resource, filter_: Filter, value: Any, actor: Actor) -> Q:
    takes_words = is_optional_person(resource, filter_)
    match value:
        case "none" if takes_words:
            return Q(**{f"{filter_.name}__isnull": True})
        case "me" if takes_words:
            return Q(**{filter_.name: actor.id})
        case list():
            return Q(**{f"{filter_.name}__in": value})
    return Q(**{filter_.lookup or filter_.name: value})
