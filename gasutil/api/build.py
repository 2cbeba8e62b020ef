"""Make typed, guarded, paginated and documented routes of the declarations."""

import inspect
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Router, Schema
from ninja.params.functions import Body as InBody
from ninja.params.functions import Header, Path, Query
from pydantic import create_model

from gasutil.access import ANY_ACCOUNT, Role
from gasutil.api.auth import Bearer
from gasutil.api.calling import call_view
from gasutil.api.errors import Problem
from gasutil.api.fields import many
from gasutil.api.inputs import body_schema, query_schema
from gasutil.api.reading import View, detail_view, list_view
from gasutil.api.resource import Call, Resource, Shape


def build(api: NinjaAPI, resources: Iterable[Resource], calls: Mapping[str, Sequence[Call]]) -> None:
    """Add the routes of every resource, and of the calls that belong to none, by the name they are documented under."""
    for tag, group in calls.items():
        router = Router(tags=[tag])
        for call in group:
            add_call(router, call)
        api.add_router("", router)
    for resource in resources:
        api.add_router(resource.path, resource_router(resource))


def resource_router(resource: Resource) -> Router:
    """Return the routes of one resource."""
    router = Router(tags=[f"{resource.noun.capitalize()}s"])
    add_list(router, resource)
    if resource.has_detail:
        add_detail(router, resource)
    for call in resource.calls:
        add_call(router, call, resource)
    return router


def add_list(router: Router, resource: Resource) -> None:
    """Add the route of a list."""
    schema = resource.shape.schema
    fields: dict[str, Any] = {"results": (many(schema), ...), "next": (str | None, ...), "previous": (str | None, ...)}
    page = create_model(f"{resource.shape.name}Page", __base__=Schema, **fields)
    view = _typed(list_view(resource), query=(query_schema(resource), Query(...)))
    name = f"list_{resource.noun.replace(' ', '_')}s"
    _add(
        router,
        "GET",
        "",
        view,
        name,
        {200: page},
        resource.allowed,
        [422],
        f"Return a page of the {resource.noun}s that the caller may see.",
    )


def add_detail(router: Router, resource: Resource) -> None:
    """Add the route of one object."""
    by_id = resource.lookup == "id"
    view = _typed(detail_view(resource), **{resource.lookup: (int if by_id else str, Path(...))})
    extra: dict[str, Any] = {detail.name: (detail.type, ...) for detail in resource.details}
    schema = create_model(f"{resource.shape.name}Detail", __base__=resource.shape.schema, **extra) if extra else resource.shape.schema
    path = "{int:id}/" if by_id else f"{{slug:{resource.lookup}}}/"
    name = f"get_{resource.noun.replace(' ', '_')}"
    _add(router, "GET", path, view, name, {200: schema}, _allowed(resource), [404], f"Return one {resource.noun}.")


def add_call(router: Router, call: Call, resource: Resource | None = None) -> None:
    """Add the route of one call."""
    takes: dict[str, Any] = {}
    errors = set(call.errors)
    if "{int:id}" in call.path:
        takes["id"] = (int, Path(...))
        errors |= {404}
    if call.takes:
        schema = body_schema(call.takes)
        needed = any(field.is_required() for field in schema.model_fields.values())
        takes["body"] = (schema, InBody(...) if needed else InBody(default_factory=schema))
        errors |= {400, 413, 415, 422}
    if call.is_idempotent:
        takes["idempotency_key"] = (str, Header("", alias="Idempotency-Key", max_length=255))
        errors |= {409}
    if call.is_versioned:
        takes["if_match"] = (str, Header("", alias="If-Match", max_length=255))
        errors |= {412}
    allowed = None if call.public else call.allowed or (resource.allowed if resource else ANY_ACCOUNT)
    answer = call.answers.schema if isinstance(call.answers, Shape) else call.answers
    view = _typed(call_view(call, resource), **takes)
    _add(router, call.method, call.path, view, call.name, {call.status: answer}, allowed, errors, inspect.getdoc(call.verb))


def _allowed(resource: Resource) -> frozenset[Role] | None:
    return None if resource.public else resource.allowed


def _typed(view: View, **takes: tuple[Any, Any]) -> View:
    """Return a view with the signature that ninja reads its parameters and their types from."""
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default) for name, (kind, default) in takes.items()
    ]
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return view


def _add(
    router: Router,
    method: str,
    path: str,
    view: View,
    name: str,
    answers: dict[int, Any],
    allowed: frozenset[Role] | None,
    errors: Collection[int],
    description: str | None,
) -> None:
    """Add one operation with every answer it can give."""
    view.__name__ = name
    known = {401, 403} if allowed is not None else set()
    router.add_api_operation(
        path,
        [method],
        view,
        auth=None if allowed is None else Bearer(allowed),
        response=answers | dict.fromkeys(sorted(known.union(errors)), Problem),
        operation_id=name,
        summary=name.replace("_", " ").capitalize(),
        description=description,
    )
