"""Make typed, authorised, paginated and documented routes from the declarations."""

import inspect
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import NinjaAPI, Router, Schema
from ninja.params.functions import Header, Path, Query
from pydantic import Field, create_model

from gasutil.access import ANY_ACCOUNT, STAFF, Role
from gasutil.api.framework import expansion
from gasutil.api.framework.auth import Bearer
from gasutil.api.framework.call_views import call_view, found_below
from gasutil.api.framework.errors import PREFIX
from gasutil.api.framework.examples import IF_NONE_MATCH, header_docs, not_modified
from gasutil.api.framework.fields import Text, many
from gasutil.api.framework.further_errors import further_errors
from gasutil.api.framework.inputs import body_schema, page_fields, query_model, query_schema
from gasutil.api.framework.json_bodies import Json
from gasutil.api.framework.list_views import ViewFunction, detail_view, list_view
from gasutil.api.framework.problem_docs import problem_responses
from gasutil.api.framework.problem_schemas import Problem
from gasutil.api.framework.resource import Call, Detail, Paged, Representation, Resource
from gasutil.api.framework.responses import found_at
from gasutil.api.framework.uploads import FormOrJson
from gasutil.errors import (
    ApprovalRequired,
    Busy,
    DeskError,
    EnrolmentRequired,
    FilesUnavailable,
    IdempotencyConflict,
    InsufficientScope,
    Invalid,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PermissionRequired,
    PersonRequired,
    SendWithoutFiles,
    StaleVersion,
    TooLarge,
    TooManyAttempts,
    TooManyPixels,
    Unreadable,
    Unsupported,
)
from gasutil.models import MachineScope

PATH_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
PATH_TYPES: Mapping[str, Any] = {
    "int": int,
    "slug": Annotated[str, Field(max_length=40)],
    "path": Annotated[str, Field(max_length=100)],
}
# Problems of HTTP itself: of a body that a call has no use for, and of one that it reads.
UNREAD_BODY_PROBLEMS = {"request-timeout", "request-entity-too-large"}
BODY_PROBLEMS = UNREAD_BODY_PROBLEMS | {"bad-request", "unsupported-media-type"}
FILE_ERRORS = (
    TooLarge,
    SendWithoutFiles,
    TooManyPixels,
    Unsupported,
    Unreadable,
    FilesUnavailable,
)


def build(
    api: NinjaAPI, resources: Iterable[Resource], calls: Mapping[str, Sequence[Call]]
) -> None:
    """Add the routes of every resource, and of the calls that belong to none.

    Each is under its tag in the document.
    """
    for tag, group in calls.items():
        router = Router(tags=[tag])
        for call in group:
            add_operation(router, call_operation(call))
        api.add_router("", router)
    for resource in resources:
        api.add_router(resource.path, resource_router(resource))


def resource_router(resource: Resource) -> Router:
    """Return the router of one resource."""
    router = Router(tags=[resource.tag])
    if resource.has_list:
        add_operation(router, list_operation(resource))
    if resource.has_detail:
        add_operation(router, detail_operation(resource))
    for call in resource.calls:
        add_operation(router, call_operation(call, resource))
    return router


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One route for ninja: `takes` maps each parameter to its type and source.

    `roles` is None if the call is public.

    `errors` are the codes of the problems that it can return, besides those of every call.
    `headers` are those of a successful response. If it `is_conditional`, `If-None-Match` can return
    304.
    """

    method: str
    path: str
    name: str
    description: str | None
    view: ViewFunction
    takes: Mapping[str, tuple[Any, Any]]
    answers: Mapping[int, Any]
    roles: frozenset[Role] | None
    scope: MachineScope | None = None
    errors: Collection[str] = ()
    headers: Collection[str] = ()
    is_conditional: bool = False


def list_operation(resource: Resource) -> Operation:
    """Return the operation that lists a resource."""
    return Operation(
        method="GET",
        path="",
        name=f"list_{resource.noun.replace(' ', '_')}s",
        description=f"List the {resource.noun}s that the caller can see.",
        view=list_view(resource),
        takes={"query": (query_schema(resource), Query(...))},
        answers={
            200: page_schema(
                f"{resource.representation.name}Page", resource.representation.schema, resource.path
            )
        },
        roles=None if resource.public else resource.allowed,
        scope=resource.scope,
        errors=_read_errors(resource),
        headers=["ETag"] * resource.public,
        is_conditional=resource.public,
    )


def page_schema(name: str, row: type[Schema], path: str) -> type[Schema]:
    """Return the type of one page of a list."""
    further = f"https://desk.example.com{PREFIX}{path}?cursor=WyItaWQiLDIsMixmYWxzZV0"
    fields: dict[str, Any] = {
        "results": (many(row), ...),
        "next": (str | None, Field(..., examples=[further])),
        "previous": (str | None, Field(..., examples=[None])),
    }
    return create_model(name, __base__=Schema, __doc__="One page of a list.", **fields)


def detail_operation(resource: Resource) -> Operation:
    """Return the operation that returns one object of a resource."""
    by_id = resource.lookup == "id"
    schema = _with_details(
        f"{resource.representation.name}Detail", resource.representation, resource.details
    )
    return Operation(
        method="GET",
        path="{int:id}/" if by_id else f"{{slug:{resource.lookup}}}/",
        name=f"get_{resource.noun.replace(' ', '_')}",
        description=f"Return one {resource.noun}.",
        view=detail_view(resource),
        takes={resource.lookup: (int if by_id else str, Path(...))} | _expand_query(resource),
        answers={200: schema},
        roles=None if resource.public else resource.detail_allowed or resource.allowed,
        scope=resource.scope,
        errors=[NotFound.code, *_read_errors(resource)],
        headers=["ETag"],
        is_conditional=True,
    )


def _expand_query(resource: Resource) -> dict[str, Any]:
    """Return the query of a detail whose fields a client can have expanded."""
    if not resource.expandable:
        return {}
    fields = {"expand": expansion.parameter(list(resource.expandable))}
    name = f"{resource.representation.name}Query"
    return {"query": (query_model(name, fields, ""), Query(...))}


def _with_details(
    name: str, representation: Representation, details: Sequence[Detail]
) -> type[Schema]:
    """Return the type of a representation with its details, or the plain type if it has none."""
    extra: dict[str, Any] = {
        detail.name: (detail.type, Field(..., examples=list(detail.examples) or None))
        for detail in details
    }
    return (
        create_model(name, __base__=representation.schema, **extra)
        if extra
        else representation.schema
    )


def call_operation(call: Call, resource: Resource | None = None) -> Operation:
    """Return the operation of one call."""
    takes: dict[str, Any] = {
        name: (PATH_TYPES[kind], Path(...)) for kind, name in PATH_PARAMETER.findall(call.path)
    }
    errors = {error.code for error in call.errors} | _further_errors(call, resource)
    folder = found_below(call, resource)
    if call.takes:
        schema = body_schema(
            call.takes, partial(further_errors, call, resource), creates=call.method == "POST"
        )
        needed = any(field.is_required() for field in schema.model_fields.values())
        source = FormOrJson if call.files else Json
        takes["body"] = (schema, source(...) if needed else source(..., default_factory=schema))
    if call.takes_key:
        takes["idempotency_key"] = (Text, Header("", alias="Idempotency-Key", max_length=255))
    if isinstance(call.answers, Paged):
        takes["query"] = (
            query_model(f"{call.answers.name}Query", page_fields(), call.answers.ordering),
            Query(...),
        )
    if call.query:
        takes["query"] = (
            query_model(f"{call.name.title().replace('_', '')}Query", call.query, ""),
            Query(...),
        )
    if call.takes_match:
        takes["if_match"] = (str, Header("", alias="If-Match", max_length=255))
    return Operation(
        method=call.method,
        path=call.path,
        name=call.name,
        description=(inspect.getdoc(call.verb) or "").partition("\n\n")[
            0
        ],  # the error responses document the rest
        view=call_view(call, resource),
        takes=takes,
        answers=dict.fromkeys(
            {call.status, call.status_if_new or call.status}, answer_schema(call, resource)
        ),
        roles=(
            None if call.public else call.allowed or (resource.allowed if resource else ANY_ACCOUNT)
        ),
        scope=call.scope,
        errors=errors,
        headers=list(found_at(folder) if folder else ())
        + ["ETag"] * (call.is_read_as_object or _is_versioned(call.answers)),
        is_conditional=call.is_read_as_object,
    )


def _read_errors(resource: Resource) -> list[str]:
    """Return the codes of the problems of a list or a detail that only some may read."""
    return [PermissionRequired.code] if resource.permission else []


def _further_errors(call: Call, resource: Resource | None) -> set[str]:
    """Return the codes of the problems that follow from the declaration of a call."""
    allowed = call.allowed or (resource.allowed if resource else ANY_ACCOUNT)
    changes_as_staff = call.method != "GET" and not call.public and bool(allowed & STAFF)
    causes: dict[type[DeskError], bool] = {
        NotFound: "{int:id}" in call.path,
        IdempotencyConflict: call.takes_key and not call.is_keyed_by_body,
        TooManyAttempts: call.is_limited,
        StaleVersion: call.takes_match,
        PermissionRequired: changes_as_staff or bool(resource and resource.permission),
        PersonRequired: call.scope == MachineScope.REQUESTS_WORK,
        **dict.fromkeys(FILE_ERRORS, call.files is not None),
    }
    errors = {error.code for error, applies in causes.items() if applies}
    if call.method == "GET":
        return errors
    return errors | (BODY_PROBLEMS if call.takes or call.files else UNREAD_BODY_PROBLEMS)


def _is_versioned(answers: Any) -> bool:
    return isinstance(answers, Representation) and answers.has_version


def answer_schema(call: Call, resource: Resource | None) -> type[Schema] | None:
    """Return the type of a call's response."""
    match call.answers:
        case Representation():
            return call.answers.schema
        case Paged():
            return page_schema(
                call.answers.name,
                call.answers.row,
                f"{resource.path if resource else ''}{call.path.replace('{int:id}', '1')}",
            )
    return call.answers


def add_operation(router: Router, operation: Operation) -> None:
    """Add one operation with all its possible responses."""
    view = operation.view
    view.__name__ = operation.name
    view.__signature__ = _signature(operation.takes)  # type: ignore[attr-defined]
    # Any query may be invalid, and the database unavailable.
    codes = {Invalid.code, Busy.code, *operation.errors, *_access_errors(operation.roles)}
    problems = problem_responses(codes)
    router.add_api_operation(
        operation.path,
        (
            [operation.method, "HEAD"] if operation.method == "GET" else [operation.method]
        ),  # `openapi` leaves HEAD out
        view,
        auth=None if operation.roles is None else Bearer(operation.roles, operation.scope),
        response={
            **operation.answers,
            **dict.fromkeys(sorted(problems), Problem),
        },
        operation_id=operation.name,
        summary=operation.name.replace("_", " ").capitalize(),
        description=operation.description,
        openapi_extra={
            "responses": problems
            | {status: header_docs(operation.headers) for status in operation.answers}
            | ({304: not_modified()} if operation.is_conditional else {}),
            **({"parameters": [dict(IF_NONE_MATCH)]} if operation.is_conditional else {}),
            **_security(operation),
        },
        by_alias=True,
    )


def _access_errors(roles: frozenset[Role] | None) -> set[str]:
    """Return the codes of the problems of callers who may not make a call; none if it is public."""
    if roles is None:
        return set()
    errors = {
        NotAuthenticated.code,
        NotAllowed.code,
        InsufficientScope.code,
        EnrolmentRequired.code,
    }
    return errors | ({ApprovalRequired.code} if roles & STAFF else set())


def _security(operation: Operation) -> dict[str, Any]:
    """Return what authenticates a call: an access token or, with its scope, a machine's key."""
    if operation.roles is None:
        return {"security": []}
    keys = [{"MachineKey": [operation.scope.value]}] if operation.scope else []
    return {"security": [{"Bearer": []}, *keys]}


def _signature(takes: Mapping[str, tuple[Any, Any]]) -> inspect.Signature:
    """Return the signature from which ninja reads the parameters of a view and their types."""
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest
    )
    others = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=source)
        for name, (kind, source) in takes.items()
    ]
    return inspect.Signature([request, *others])
