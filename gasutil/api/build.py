"""Make typed, guarded, paginated and documented routes of the declarations."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Body as InBody
from ninja import Header, NinjaAPI, Path, Query, Router, Schema
from pydantic import create_model

from gasutil import access
from gasutil.access import Actor
from gasutil.api import idempotency, versions
from gasutil.api.auth import Bearer, caller
from gasutil.api.errors import JSON, PREFIX, Problem
from gasutil.api.inputs import Input, body_schema, query_schema
from gasutil.api.pages import Key, link, read_page
from gasutil.api.resource import Call, Resource, Shape
from gasutil.errors import Fault, Invalid

View = Callable[..., HttpResponse]


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
    router = Router(tags=[resource.path.strip("/").replace("-", " ").capitalize()])
    name = resource.path.strip("/").replace("-", "_")
    page = create_model(f"{resource.shape.name}Page", __base__=Schema, results=(list[resource.shape.schema], ...), next=(str | None, ...), previous=(str | None, ...))  # type: ignore[name-defined]
    _add(router, "GET", "", list_view(resource), f"list_{name}", f"List {name.replace('_', ' ')}", {200: page}, resource.allowed, [422])
    if resource.has_detail:
        key = "{int:pk}/" if resource.lookup == "pk" else f"{{slug:{resource.lookup}}}/"
        _add(
            router,
            "GET",
            key,
            detail_view(resource),
            f"get_{resource.noun.replace(' ', '_')}",
            f"Show one {resource.noun}",
            {200: detail_schema(resource)},
            resource.allowed,
            [404],
        )
    for call in resource.calls:
        add_call(router, call, resource)
    return router


# --- Reading ------------------------------------------------------------------------------------------------------
def list_view(resource: Resource) -> View:
    """Return the view of a list: one statement, whatever the number of rows."""
    shape, model = resource.shape, resource.shape.model
    schema = query_schema(resource)

    def view(request: HttpRequest, query: Input) -> HttpResponse:
        _refuse_unknown(request, schema)
        actor, asked = caller(request), query.model_dump()
        ordering = asked["ordering"]
        id_path = access.id_path(actor, model)
        path = resource.ordering[ordering.removeprefix("-")]
        key = Key(id_path if path == "pk" else path, id_path, ordering.startswith("-"))
        rows = _narrow(resource, access.visible_to(actor, model), actor, query)
        page = read_page(rows, list(shape.stored.values()), key=key, ordering=ordering, cursor=asked["cursor"], size=asked["page_size"])
        return respond({"results": [shape.row(row) for row in page.rows], "next": link(request, page.next), "previous": link(request, page.previous)})

    return _typed(view, query=(schema, Query(...)))


def detail_view(resource: Resource) -> View:
    """Return the view of one object, with the details that a list leaves out."""

    def view(request: HttpRequest, **key: Any) -> HttpResponse:
        actor = caller(request)
        obj = access.find(actor, resource.shape.model, key[resource.lookup], by=resource.lookup)
        return respond(resource.shape.of(obj) | {detail.name: detail.of(actor, obj) for detail in resource.details}, headers=versions.etag(obj))

    return _typed(view, **{resource.lookup: (int if resource.lookup == "pk" else str, Path(...))})


def detail_schema(resource: Resource) -> type[Schema]:
    """Return the type of the answer for one object."""
    if not resource.details:
        return resource.shape.schema
    return create_model(f"{resource.shape.name}Detail", __base__=resource.shape.schema, **{detail.name: (detail.type, ...) for detail in resource.details})


def _narrow(resource: Resource, rows: "QuerySet[Any]", actor: Actor, query: Input) -> "QuerySet[Any]":
    asked = query.given()
    for one in resource.filters:
        value = asked.get(one.name)
        if value is None or value == []:
            continue
        if one.apply:
            rows = one.apply(rows, value)
        elif value == "none":
            rows = rows.filter(**{f"{one.name}__isnull": True})
        else:
            lookup = one.lookup or (f"{one.name}__in" if isinstance(value, list) and len(value) > 1 else one.name)
            rows = rows.filter(**{lookup: actor.id if value == "me" else value[0] if isinstance(value, list) and len(value) == 1 else value})
    return resource.search(rows, asked["q"]) if resource.search and asked.get("q") else rows


def _refuse_unknown(request: HttpRequest, schema: type[Input]) -> None:
    """Raise `Invalid` for parameters that the list does not have: a filter that is misspelt must not be silently none."""
    unknown = [name for name in request.GET if name not in schema.model_fields]
    if unknown:
        raise Invalid([Fault(name, "extra_forbidden", "This list has no such parameter.") for name in unknown])


# --- Acting -------------------------------------------------------------------------------------------------------
def add_call(router: Router, call: Call, resource: Resource | None = None) -> None:
    """Add the route of one call."""
    answer = call.answer.schema if isinstance(call.answer, Shape) else call.answer
    errors = [
        *call.errors,
        *([400, 413, 415, 422] if call.body else []),
        *([404] if "pk" in call.path else []),
        *([409] if call.idempotent else []),
        *([412] if call.is_versioned else []),
    ]
    _add(router, call.method, call.path, call_view(call, resource), call.operation_id, call.summary, {call.status: answer}, call.allowed, errors)


def call_view(call: Call, resource: Resource | None) -> View:
    """Return the view of a call: it gives the verb what the client sent, and the client what the verb returned."""
    named = inspect.signature(call.verb).parameters
    takes: dict[str, Any] = {"pk": (int, Path(...))} if "pk" in call.path else {}
    if call.body:
        schema = body_schema(call.body)
        needed = any(field.is_required() for field in schema.model_fields.values())
        takes["body"] = (schema, InBody(...) if needed else InBody(default_factory=schema))
    if call.idempotent:
        takes["idempotency_key"] = (str, Header("", alias="Idempotency-Key", max_length=255))
    if call.is_versioned:
        takes["if_match"] = (str, Header("", alias="If-Match"))

    def view(request: HttpRequest, *, body: Input | None = None, pk: int | None = None, if_match: str = "", idempotency_key: str = "") -> HttpResponse:
        actor = caller(request)
        sent = body.given() if body else {}
        offered = {"actor": actor, "request": request, "pk": pk, "address_of_caller": request.META["REMOTE_ADDR"]}
        given = sent | {name: value for name, value in offered.items() if name in named}
        if if_match:
            given["versions"] = versions.read_if_match(if_match)
        if idempotency_key:
            return idempotency.once(actor, idempotency_key, request.path, sent, lambda: _answer(call, resource, call.verb(**given)))
        return _answer(call, resource, call.verb(**given))

    return _typed(view, **takes)


def _answer(call: Call, resource: Resource | None, result: Any) -> HttpResponse:
    if call.answer is None:
        return HttpResponse(status=call.status)
    if not isinstance(call.answer, Shape):
        return respond(result, call.status)
    headers = versions.etag(result)
    if call.status == 201 and resource and resource.has_detail:
        headers["Location"] = f"{PREFIX}{resource.path}{result.pk}/"
    return respond(call.answer.of(result), call.status, headers)


# --- Both ---------------------------------------------------------------------------------------------------------
def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a body as JSON, its times in UTC with `Z`."""
    content = orjson.dumps(body, default=_as_dict, option=orjson.OPT_UTC_Z)
    return HttpResponse(content, status=status, content_type=JSON, headers=headers or {})


def _as_dict(value: Any) -> Any:
    return value._asdict()  # a NamedTuple, the one thing that verbs return and orjson does not know


def _typed(view: View, **takes: tuple[Any, Any]) -> View:
    """Return a view with the signature that ninja reads its parameters and their types from."""
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)]
    parameters += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default) for name, (kind, default) in takes.items()]
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return view


def _add(
    router: Router,
    method: str,
    path: str,
    view: View,
    operation_id: str,
    summary: str,
    answers: dict[int, Any],
    allowed: Any,
    errors: Sequence[int],
) -> None:
    """Add one operation with every answer it can give."""
    view.__name__ = operation_id
    known = [401, 403] if allowed is not None else []
    responses = answers | dict.fromkeys(sorted({*known, *errors}), Problem)
    auth = None if allowed is None else Bearer(allowed)
    router.add_api_operation(path, [method], view, auth=auth, response=responses, operation_id=operation_id, summary=summary)
