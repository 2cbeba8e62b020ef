"""`expand=customer,assigned_to`: the ID in a response is replaced by the object itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from pydantic import Field

from gasutil import access
from gasutil.access import Actor

if TYPE_CHECKING:
    from gasutil.api.framework.resource import Resource

Row = dict[str, Any]


def parameter(names: Sequence[str]) -> tuple[Any, Any]:
    """Return the type of the parameter: names, separated by commas."""
    choice = "|".join(names)
    description = (
        "The fields whose ID is replaced by the object, separated by commas. Only for support."
    )
    return str, Field(
        "",
        pattern=f"^(({choice})(,({choice}))*)?$",
        max_length=200,
        description=description,
    )


def expand(
    expandable: Mapping[str, "Resource"],
    asked: str,
    actor: Actor,
    request: HttpRequest,
    rows: Sequence[Row],
) -> None:
    """Replace IDs in rows by objects, with one query for each field."""
    names = [name for name in expandable if name in asked.split(",")]
    for name in names:
        resource = expandable[name]
        access.require_scope(actor, resource.scope)
        access.require(actor, resource.allowed)
        objects = _objects(resource, actor, {row[name] for row in rows} - {None})
        if resource.on_read:
            resource.on_read(actor, request, sorted(objects))
        for row in rows:
            row[name] = objects.get(row[name], row[name])


def _objects(resource: "Resource", actor: Actor, ids: set[int]) -> dict[int, Row]:
    representation = resource.representation
    rows = access.visible_to(actor, representation.model).filter(pk__in=ids) if ids else None
    return {} if rows is None else {row["id"]: row for row in representation.read(actor, rows)}
