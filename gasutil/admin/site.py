"""The console's site: who gets in, where it starts, and what it says when something is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
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


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in the console; nobody in particular before the login."""
    user = request.user
    return Actor(user if isinstance(user, User) else None, Channel.CONSOLE)


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
        """Guard a view as Django does, and tell of whatever the service desk refuses in a page instead of a 500."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return guarded(request, *args, **kwargs)  # type: ignore[no-any-return]
            except DeskError as error:
                return refusal(request, error)

        return told


def refusal(request: HttpRequest, error: DeskError) -> HttpResponse:
    """Return the page that says why something can't be done."""
    return render(request, "gasutil/refusal.html", {"title": error.title, "message": in_words(error.message)}, status=status_of(error))
