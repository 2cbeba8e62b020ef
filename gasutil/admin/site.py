"""The console's site: who gets in, where it starts, and what it says when something is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from gasutil.access import Actor, Role
from gasutil.admin.banners import banners
from gasutil.admin.login import LoginForm
from gasutil.admin.wording import in_words
from gasutil.errors import DeskError
from gasutil.http_status import status_of
from gasutil.models import Channel, User

View = Callable[..., HttpResponseBase]
LONGEST_ID = 18  # digits, which any database holds
LONGEST_ADDRESS = 4_000  # characters of what a page is asked for
MOST_WORDS = 100  # that are looked for at once; SQLite takes no thousand conditions


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in the console; nobody in particular before the login."""
    user = request.user
    return Actor(user if isinstance(user, User) else None, Channel.CONSOLE)


def pk_of(text: str | int) -> int:
    """Return the id that an address names; raise `Http404` for what is none."""
    written = str(text)
    if not (written.isascii() and written.isdecimal() and len(written) <= LONGEST_ID):
        raise Http404
    return int(written)


class ConsoleSite(UnfoldAdminSite):
    """Let approved support staff in, and nobody else."""

    login_form = LoginForm
    index_title = _("Overview")

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may use the console at all."""
        return super().has_permission(request) and actor_of(request).role is Role.SUPPORT

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page shows, with what is wrong with the desk itself."""
        shown: dict[str, Any] = super().each_context(request)
        return shown | ({"banners": banners(request)} if self.has_permission(request) else {})

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # Django's own signature
        """Guard a view as Django does, refuse addresses that none of its pages leads to, and tell of a refusal in a page."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _require_sound(request)
            try:
                return guarded(request, *args, **kwargs)  # type: ignore[no-any-return]
            except DeskError as error:
                return refusal(request, error)
            except (IncorrectLookupParameters, InvalidPage) as error:  # Django's lists say this themselves, other pages don't
                raise Http404 from error

        return told


def _require_sound(request: HttpRequest) -> None:
    """Raise `Http404` for an address, or for rows ticked in a list, that no database can be asked for."""
    asked = request.META.get("QUERY_STRING", "")
    if len(asked) > LONGEST_ADDRESS or "%00" in asked or "\0" in request.path:
        raise Http404
    if any(len(value.split()) > MOST_WORDS for _name, values in request.GET.lists() for value in values):
        raise Http404
    for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME):
        pk_of(ticked)


def refusal(request: HttpRequest, error: DeskError) -> HttpResponse:
    """Return the page that says why something can't be done."""
    return render(request, "gasutil/refusal.html", {"title": error.title, "message": in_words(error.message)}, status=status_of(error))
