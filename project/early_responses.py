"""Responses that are made before Django gets the request.

They pass the middleware that sets the headers of all responses.
"""

from functools import reduce
from typing import Any

from corsheaders.middleware import CorsMiddleware
from csp.middleware import CSPMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware

from gasutil.api.middleware import CacheMiddleware
from gasutil.languages import ApiLanguageMiddleware
from project.request_ids import RequestIdMiddleware

# The innermost first.
EARLY_MIDDLEWARE: tuple[Any, ...] = (
    CorsMiddleware,
    CacheMiddleware,
    ApiLanguageMiddleware,
    CSPMiddleware,
    SecurityMiddleware,
    RequestIdMiddleware,
)


def with_headers(environ: dict[str, Any], response: HttpResponse) -> HttpResponseBase:
    """Return a response with the headers of Django's own responses.

    The response is to a request that Django does not get.
    """
    handler: Any = reduce(
        lambda inner, middleware: middleware(inner), EARLY_MIDDLEWARE, lambda request: response
    )
    result: HttpResponseBase = handler(WSGIRequest(environ))
    return result
