"""The API itself, made of its declarations."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from gasutil.api import errors
from gasutil.api.build import build
from gasutil.api.document import finish
from gasutil.api.resources import CALLS, RESOURCES


class StrictParser(Parser):
    """Read JSON as RFC 8259 writes it: no NaN, no lone surrogates, nothing that a database would refuse later."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value that a body stands for; raise `ValueError` for what is no JSON."""
        return orjson.loads(request.body)


class Api(NinjaAPI):
    """A ninja API that tells of every error as RFC 9457 does, and says so in its document."""

    document: OpenAPISchema | None = None

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Answer an error as a problem."""
        return errors.answer(request, exc)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the document, made once: anybody may ask for it, and making it is dear."""
        if self.document is None:
            self.document = super().get_openapi_schema(**kwargs)
            finish(self.document)
        return self.document


api = Api(
    title="Gas Service Desk",
    version="1",
    description="Service requests of a gas utility's customers.",
    urls_namespace="api",
    parser=StrictParser(),
)
build(api, RESOURCES, CALLS)
