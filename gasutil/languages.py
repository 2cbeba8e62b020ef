"""The language of each response: the user's in the console and on pages, English in the API."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

ENGLISH = ("/api/", "/health/")  # read by programs and their developers


class LanguageMiddleware(LocaleMiddleware):
    """Speak the language of the user.

    It is the one chosen in this browser, else that of the account, else what the browser asks for.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of one request."""
        chosen = (
            settings.LANGUAGE_CODE if request.path_info.startswith(ENGLISH) else _preferred(request)
        )
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
            if request.path_info.startswith(ENGLISH)
            else super().process_response(request, response)
        )


def _preferred(request: HttpRequest) -> str:
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return ""  # Django's own reads it
    language: str = getattr(request.user, "language", "")
    return language if language in dict(settings.LANGUAGES) else ""
