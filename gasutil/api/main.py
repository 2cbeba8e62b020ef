"""The API itself, made of its declarations."""

from functools import cached_property
from hashlib import sha256
from typing import Any, cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from gasutil.api import errors
from gasutil.api.build import build
from gasutil.api.document import Kind, finish, with_types
from gasutil.api.events import events_router
from gasutil.api.resources import CALLS, RESOURCES
from gasutil.models import RequestType


class StrictParser(Parser):
    """Read JSON as RFC 8259 writes it: no NaN, no lone surrogates, nothing that a database would refuse later."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value that a body stands for; raise `ValueError` for what is no JSON."""
        return orjson.loads(request.body)


def kinds() -> list[Kind]:
    """Return the request types that a request can be filed of."""
    rows = RequestType.objects.filter(is_active=True).order_by("code")
    return [Kind(*row) for row in rows.values_list("code", "version", "name", "description", "form")]


class Api(NinjaAPI):
    """A ninja API that tells of every error as RFC 9457 does, and says so in its document."""

    typed: tuple[str, Any] = ("", None)

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Answer an error as a problem."""
        return errors.answer(request, exc)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the document of now: made anew as soon as a type has been saved, in whatever process."""
        found = kinds()
        tag = self.tag(found)
        if self.typed[0] != tag:
            self.typed = (tag, with_types(self.untyped[1], found))
        return cast("OpenAPISchema", self.typed[1])

    @cached_property
    def untyped(self) -> tuple[bytes, OpenAPISchema]:
        """Return what the document says whatever the types are, with its hash: anybody may ask for it, and making it is dear."""
        document = super().get_openapi_schema()
        finish(document, {call.name: call for resource in RESOURCES for call in resource.calls})
        return sha256(orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)).digest(), document

    def tag(self, found: list[Kind]) -> str:
        """Return what tells one document from another: the code's release and the types."""
        return sha256(self.untyped[0] + orjson.dumps(found)).hexdigest()[:32]


def document_etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """Return the `ETag` of the document and its page."""
    return f'"{api.tag(kinds())}"'


api = Api(
    title="Gas Service Desk",
    version="1",
    description="Service requests of a gas utility's customers.",
    urls_namespace="api",
    parser=StrictParser(),
    docs_decorator=condition(etag_func=document_etag),
)
build(api, RESOURCES, CALLS)
api.add_router("events/", events_router())
