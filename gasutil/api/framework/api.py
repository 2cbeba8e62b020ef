"""The API class, built on ninja's.

Its errors are problems, and its OpenAPI document follows the request types.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cached_property
from hashlib import sha256
from typing import Any, cast

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from gasutil.api.framework import errors
from gasutil.api.framework.openapi import finish_document
from gasutil.api.framework.resource import Resource
from gasutil.api.framework.texts import NO_DOCUMENT_TEXTS, DocumentTexts, describe
from gasutil.api.framework.type_components import TypeComponent, add_type_components
from gasutil.models import RequestType


def type_components() -> list[TypeComponent]:
    """Return the active request types, for the OpenAPI document."""
    rows = RequestType.objects.filter(is_active=True).order_by("code")
    return [
        TypeComponent(*row)
        for row in rows.values_list(
            "code", "version", "name", "description", "form", "is_emergency"
        )
    ]


class Api(NinjaAPI):
    """A ninja API whose errors are RFC 9457 problems, in its responses and in its document."""

    typed: tuple[str, Any] = ("", None)

    def __init__(
        self,
        *,
        resources: Iterable[Resource] = (),
        components: Mapping[str, Any] | None = None,
        texts: DocumentTexts = NO_DOCUMENT_TEXTS,
        **kwargs: Any,
    ) -> None:
        """Take what the document has besides ninja's: further components, and descriptions."""
        super().__init__(**kwargs)
        self.components, self.texts = components or {}, texts
        self.calls = {call.name: call for resource in resources for call in resource.calls}

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Return the response for an exception: a problem."""
        return errors.error_response(request, exc)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the current OpenAPI document.

        It is built again after any process has saved a request type.
        """
        request_types = type_components()
        with translation.override(settings.LANGUAGE_CODE):  # the document has one language
            return self._document(request_types)

    def _document(self, request_types: list[TypeComponent]) -> OpenAPISchema:
        tag = self.tag(request_types)
        if self.typed[0] != tag:
            self.typed = (tag, add_type_components(self.untyped[1], request_types))
        return cast("OpenAPISchema", self.typed[1])

    @cached_property
    def untyped(self) -> tuple[bytes, OpenAPISchema]:
        """Return the part of the document that does not depend on the request types, with its hash.

        Cached, because it is slow to build.
        """
        document = super().get_openapi_schema()
        document["components"]["schemas"].update(deepcopy(dict(self.components)))
        finish_document(document, self.calls)
        describe(document, self.texts)
        return (
            sha256(orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)).digest(),
            document,
        )

    def tag(self, request_types: list[TypeComponent]) -> str:
        """Return a document's identifying hash, from the hash of the code and the request types."""
        return sha256(self.untyped[0] + orjson.dumps(request_types)).hexdigest()[:32]
