"""The view of a call: it gives the verb what the client sent, and the client what the verb returned."""

import inspect
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from gasutil.api import idempotency
from gasutil.api.answers import etag, respond
from gasutil.api.auth import caller, offered
from gasutil.api.errors import PREFIX
from gasutil.api.inputs import NO_QUERY, Input
from gasutil.api.reading import View
from gasutil.api.resource import Call, Resource, Shape
from gasutil.api.uploads import fingerprints, read_files


def call_view(call: Call, resource: Resource | None) -> View:
    """Return the view of a call."""
    named = inspect.signature(call.verb).parameters

    def view(
        request: HttpRequest,
        *,
        query: Input = NO_QUERY,
        body: Input | None = None,
        if_match: str = "",
        idempotency_key: str = "",
        **path: int,
    ) -> HttpResponse:
        actor = caller(request)
        sent = query.asked(request) | (body.given() if body else {})
        given = sent | {name: value for name, value in {**offered(request), "pk": path.get("id")}.items() if name in named}
        if call.files:
            files = read_files(request, call.files)
            given |= files
            sent = {**sent, **fingerprints(files)}
        if if_match:
            given["versions"] = read_if_match(if_match)
        if idempotency_key:
            return idempotency.once(actor, idempotency_key, request.path, sent, lambda keep: perform(given, keep))
        return _answer(call, resource, call.verb(**given))

    def perform(given: dict[str, Any], keep: idempotency.Keep) -> HttpResponse:
        return _answer(call, resource, call.verb(**given, and_then=lambda result: keep(_answer(call, resource, result))))

    return view


def read_if_match(header: str) -> tuple[int, ...]:
    """Return the versions that a client will have changed: empty for `*`, which is any; one that never was for nonsense."""
    tags = parse_etags(header)
    if "*" in tags:
        return ()
    return tuple(int(tag.strip('"')) for tag in tags if tag.strip('"').isdecimal()) or (-1,)


def is_found_at(call: Call, resource: Resource | None) -> bool:
    """Return whether what a call makes has an address of its own."""
    return call.status == 201 and resource is not None and resource.has_detail and call.answers is resource.shape


def _answer(call: Call, resource: Resource | None, result: Any) -> HttpResponse:
    if call.is_download:
        return result  # type: ignore[no-any-return]  # its verb has made the answer
    if call.answers is None:
        return HttpResponse(status=call.status)
    if not isinstance(call.answers, Shape):
        return respond(result, call.status)
    headers = etag(result)
    if resource and is_found_at(call, resource):
        headers["Location"] = f"{PREFIX}{resource.path}{result.pk}/"
    return respond(call.answers.of(result), call.status, headers)
