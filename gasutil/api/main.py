"""The API object, made from its declarations."""

from typing import Any

from django.http import HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from gasutil import __version__
from gasutil.api.events import events_router
from gasutil.api.framework.api import Api, type_components
from gasutil.api.framework.build import build
from gasutil.api.framework.parser import StrictParser
from gasutil.api.introduction import EVENT, EVENT_NAMES, TEXTS, front_page, servers
from gasutil.api.resources import CALLS, RESOURCES


def document_etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """Return the `ETag` of the OpenAPI document and its page."""
    return f'"{api.tag(type_components())}"'


api = Api(
    resources=RESOURCES,
    title="Gas Service Desk",
    version=__version__,
    description=TEXTS["document"]["introduction"],
    servers=servers(),
    openapi_extra=front_page(),
    components={"Event": EVENT, "EventName": EVENT_NAMES},
    texts=TEXTS,
    urls_namespace="api",
    parser=StrictParser(),
    docs_decorator=lambda view: cache_control(no_cache=True)(
        condition(etag_func=document_etag)(view)
    ),
)
build(api, RESOURCES, CALLS)
api.add_router("events/", events_router())
