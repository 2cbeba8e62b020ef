"""The API itself, made of its declarations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from gasutil.api import errors
from gasutil.api.build import build
from gasutil.api.resources import CALLS, RESOURCES


class Api(NinjaAPI):
    """A ninja API that tells of every error as RFC 9457 does, and says so in its document."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Answer an error as a problem."""
        return errors.answer(request, exc)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the document, in which an error is `application/problem+json`."""
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {errors.PROBLEM: response["content"][errors.JSON]}
        return schema


api = Api(title="Gas Service Desk", version="1", urls_namespace="api", description="Service requests of a gas utility's customers.")
build(api, RESOURCES, CALLS)
