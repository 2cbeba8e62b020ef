"""The view of a call: it passes the client's data to the verb, and returns the verb's result."""

import inspect
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import Actor
from gasutil.api.framework import idempotency
from gasutil.api.framework.auth import caller, injected_arguments
from gasutil.api.framework.errors import PREFIX
from gasutil.api.framework.further_errors import listing_all
from gasutil.api.framework.inputs import NO_QUERY, Input
from gasutil.api.framework.list_views import ViewFunction
from gasutil.api.framework.resource import Call, Representation, Resource
from gasutil.api.framework.responses import etag, found_at, respond, revalidated, tag_of
from gasutil.api.framework.uploads import fingerprints, read_fields, read_files
from gasutil.errors import StaleVersion
from gasutil.models import Attachment, MachineScope, RequestUpdate, ServiceRequest
from gasutil.workflow import limits

# The ETag of a detail goes on after the version.
VERSION = re.compile(r'"(?P<version>[0-9]{1,18})(?:-[^"]*)?"$')
# What a machine account without `requests:read` gets of a request that it changed.
RECEIPT = ("id", "reference", "status", "version")


def call_view(call: Call, resource: Resource | None) -> ViewFunction:
    """Return the view of a call."""
    named = inspect.signature(call.verb).parameters

    def view(
        request: HttpRequest,
        *,
        query: Input = NO_QUERY,
        body: Input | None = None,
        if_match: str = "",
        idempotency_key: str = "",
        **path: Any,
    ) -> HttpResponse:
        actor = caller(request)
        sent = query.asked(request) | (body.given() if body else {})
        given = sent | {
            name: value
            for name, value in {**injected_arguments(request), "pk": path.pop("id", None)}.items()
            if name in named
        }
        given |= path
        if call.files:
            files, fields = read_files(request, call.files), read_fields(request, call.files)
            given |= {**files, **fields}
            sent = {**sent, **fields, **fingerprints(files)}
        if if_match and call.is_versioned:
            given["versions"] = read_if_match(if_match)
        run = _if_current(call, resource, actor, if_match)
        stored = stored_call(call, request, idempotency_key, sent)
        with listing_all(call, resource, request, body.as_sent() if body else None):
            if stored:
                return idempotency.once(
                    stored,
                    lambda keep: perform(run, actor, given, keep),
                    stores_itself="and_then" in named,
                )
            count(actor, given)
            response = _answer(call, resource, actor, run(**given))
        return revalidated(request, response) if call.is_read_as_object else response

    def count(actor: Actor, given: dict[str, Any]) -> None:
        if call.limit and call.is_limited:
            limits.count_call(call.limit, actor, resource and resource.representation.model, given)

    def perform(
        run: Callable[..., Any],
        actor: Actor,
        given: dict[str, Any],
        keep: idempotency.Keep | None,
    ) -> HttpResponse:
        count(actor, given)  # counted here, so that the rate limit never blocks a stored response
        more = (
            {"and_then": lambda result: keep(_answer(call, resource, actor, result))}
            if keep
            else {}
        )
        return _answer(call, resource, actor, run(**given, **more))

    return view


def stored_call(
    call: Call, request: HttpRequest, key: str, sent: dict[str, Any]
) -> idempotency.StoredCall | idempotency.KeyOfReport | None:
    """Return where the response is stored under a key, or None without a key."""
    if not key:
        return None
    if call.is_keyed_by_body:
        read, address = idempotency.read_uuid(key), request.META.get("REMOTE_ADDR", "")
        if read is None:
            return None
        return idempotency.KeyOfReport(
            address, read, path=request.path, body=sent, has_secret=call.has_secret
        )
    return idempotency.StoredCall(
        caller(request),
        key,
        method=call.method,
        path=request.path,
        body=sent,
        has_secret=call.has_secret,
    )


def read_if_match(header: str) -> tuple[int, ...]:
    """Return the versions in `If-Match`: empty for `*`, which accepts any.

    A version that never existed if the header is malformed.
    """
    tags = parse_etags(header)
    if "*" in tags:
        return ()
    return tuple(int(tag["version"]) for tag in map(VERSION.match, tags) if tag) or (-1,)


def _if_current(
    call: Call, resource: Resource | None, actor: Actor, if_match: str
) -> Callable[..., Any]:
    """Return the verb of a call, which does nothing unless the tag of its object is current."""
    tags = parse_etags(if_match)  # none if the header is malformed: then nothing is current
    if resource is None or not call.is_tagged or not if_match or "*" in tags:
        return call.verb

    def verb(*, pk: int, **given: Any) -> Any:
        with transaction.atomic():
            obj = access.find(actor, resource.representation.model, pk, lock=True)
            body = resource.representation.of(actor, obj)
            details = {detail.name: detail.of(actor, obj) for detail in resource.details}
            if tag_of(body | details) not in tags:
                raise StaleVersion(_("This has changed since you read it. Read it again."))
            return call.verb(pk=pk, **given)

    return verb


def found_below(call: Call, resource: Resource | None) -> str:
    """Return the URL below which the object that a call creates has its own, or an empty text."""
    is_detail = (
        call.status == 201
        and resource is not None
        and resource.has_detail
        and call.answers is resource.representation
    )
    path = call.creates_at or (resource.path if resource and is_detail else "")
    return f"{PREFIX}{path}" if path else ""


def request_of(result: Any) -> Any:
    """Return the request that a verb changed, from what the verb returned."""
    match result:
        case RequestUpdate():
            return ServiceRequest.objects.get(pk=result.id)
        case Attachment():
            return result.service_request
    return result


def _answer(call: Call, resource: Resource | None, actor: Actor, result: Any) -> HttpResponse:
    if isinstance(result, HttpResponseBase):
        return result  # type: ignore[return-value]  # a file may be streamed
    if call.answers is None:
        return HttpResponse(status=call.status)
    if call.scope == MachineScope.REQUESTS_WORK and not actor.has_scope(MachineScope.REQUESTS_READ):
        obj = request_of(result)
        if isinstance(obj, Model):
            receipt = {name: getattr(obj, name) for name in RECEIPT if hasattr(obj, name)}
            return respond(receipt, call.status, etag(obj))
    if call.status_if_new:
        is_new = result.pop("is_new")
        return respond(result, call.status_if_new if is_new else call.status)
    if not isinstance(call.answers, Representation):
        return respond(result, call.status)
    headers = etag(result)
    if folder := found_below(call, resource):
        headers |= found_at(f"{folder}{result.pk}/")
    details = {
        detail.name: rows for detail in call.answers.optional if (rows := detail.of(actor, result))
    }
    return respond(call.answers.of(actor, result) | details, call.status, headers)
