"""The language of each response.

In the API: the one of `Accept-Language`, else that of the account, else the default. In the console
and on pages: the one chosen in this browser, else that of the account, else what the browser asks
for.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

API = "/api/"
HEALTH_PATHS = "/health/"  # read by programs, in the default language
TRANSLATED_TYPES = ("application/json", "application/problem+json")


def requested_language(header: str) -> str:
    """Return the first language of an `Accept-Language` header that the service desk has.

    Empty if it names none. `*` and the languages after it mean no choice.
    """
    for name, quality in parse_accept_lang_header(header):
        if name == "*":
            break
        try:
            if quality:
                return translation.get_supported_language_variant(name)
        except LookupError:
            continue
    return ""


def api_language(header: str) -> str:
    """Return the language of a call, as far as its `Accept-Language` says."""
    return requested_language(header) or settings.LANGUAGE_CODE


def stored_language() -> translation.override:
    """Return a context in which texts that are stored are made: they are in one language."""
    return translation.override(settings.LANGUAGE_CODE)


def supported_language(name: str) -> str:
    """Return a language if the service desk has it, else the default."""
    return name if name in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def activate_profile_language(request: HttpRequest, name: str) -> None:
    """Use the language of the caller's account, unless the call asks for another one."""
    if not requested_language(request.headers.get("Accept-Language", "")):
        translation.activate(supported_language(name))


class ApiLanguageMiddleware:
    """Use the language of `Accept-Language` in the API, for its problems and its texts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response, with its language if it has texts."""
        if not request.path_info.startswith(API):
            return self.get_response(request)
        with translation.override(api_language(request.headers.get("Accept-Language", ""))):
            response = self.get_response(request)
            if response.headers.get("Content-Type") in TRANSLATED_TYPES:
                _name_language(response)
        return response


def _name_language(response: HttpResponseBase) -> None:
    """Set `Content-Language` and `Vary`; a document in one language has set the first itself."""
    if "Content-Language" not in response.headers:
        response.headers["Content-Language"] = translation.get_language()
        patch_vary_headers(response, ["Accept-Language"])


class LanguageMiddleware(LocaleMiddleware):
    """Use the language of the user in the console and on pages."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of one request."""
        if request.path_info.startswith(API):
            return
        is_health = request.path_info.startswith(HEALTH_PATHS)
        chosen = settings.LANGUAGE_CODE if is_health else _preferred(request)
        if not chosen:
            super().process_request(request)
            return
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set `Content-Language` if there is a choice."""
        return (
            response
            if request.path_info.startswith((API, HEALTH_PATHS))
            else super().process_response(request, response)
        )


def _preferred(request: HttpRequest) -> str:
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return ""  # Django's own reads it
    language: str = getattr(request.user, "language", "")
    return language if language in dict(settings.LANGUAGES) else ""
