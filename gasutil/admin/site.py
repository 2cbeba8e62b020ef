"""The console's admin site: login, permissions, error pages and search."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from gasutil.access import Role
from gasutil.admin.accounts import (
    access_list_page,
    ended_session,
    own_sessions,
    preferences,
    second_factor_pages,
    who_may_page,
)
from gasutil.admin.accounts.login import LoginForm
from gasutil.admin.accounts.passwords import OwnPasswordForm
from gasutil.admin.base.autocomplete import FilterAutocomplete
from gasutil.admin.base.formatting import in_words
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.operations.banners import banners
from gasutil.admin.reports import pages as report_pages
from gasutil.admin.requests.search import search
from gasutil.errors import DeskError
from gasutil.http_status import status_of
from gasutil.identity import second_factor, security_log
from gasutil.models import User

AdminView = Callable[..., HttpResponseBase]


MAX_URL_CHARACTERS = 4_000
# Pages for users who should have set up a second factor.
WITHOUT_SECOND_FACTOR = frozenset(
    {"second_factor", "password_change", "password_change_done", "logout", "session", "jsi18n"}
)
MAX_SEARCH_WORDS = 100  # that are looked for at once; SQLite takes no thousand conditions


class ConsoleSite(UnfoldAdminSite):
    """The console's site, for approved support staff only."""

    login_form = LoginForm
    index_title = _("Overview")

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may use the console."""
        return super().has_permission(request) and actor_of(request).role is Role.SUPPORT

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return the context of every page, with the banners."""
        shown: dict[str, Any] = super().each_context(request)
        return shown | ({"banners": banners(request)} if self.has_permission(request) else {})

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the user's own account, of reports and of rights to Unfold's."""
        own = [
            path("session/", self.admin_view(ended_session.check_session), name="session"),
            path("my-notices/", self.admin_view(preferences.my_notices), name="my_notices"),
            path("login/code/", second_factor_pages.login_code, name="login_code"),
            path("login/passkey/", second_factor_pages.passkey_options, name="passkey_options"),
            path(
                "second-factor/",
                self.admin_view(second_factor_pages.own_second_factor),
                name="second_factor",
            ),
            path("my-sessions/", self.admin_view(own_sessions.my_sessions), name="my_sessions"),
        ]
        rights = [
            path("who-may/", self.admin_view(who_may_page.who_may), name="who_may"),
            path("access-list/", self.admin_view(access_list_page.access_list), name="access_list"),
            path(
                "access-list/export/",
                self.admin_view(access_list_page.export_access_list),
                name="access_list_export",
            ),
        ]
        return [*own, *rights, *report_pages.urls(self.admin_view), *super().get_urls()]

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Search for customers, requests and incidents.

        This replaces Unfold's search for apps and models.
        """
        request.current_app = self.name
        return search(request, self.each_context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Log in.

        A user who is logged in already goes on to the page that the link leads to, as after a
        login.
        """
        page = request.GET.get(REDIRECT_FIELD_NAME, "")
        is_safe = url_has_allowed_host_and_scheme(
            page, {request.get_host()}, require_https=request.is_secure()
        )
        if request.method == "GET" and is_safe and self.has_permission(request):
            return HttpResponseRedirect(page)
        request.session.pop(second_factor_pages.PENDING, None)
        response = super().login(request, extra_context)
        if second_factor_pages.PENDING in request.session and request.method == "POST":
            return second_factor_pages.code_page(request)
        return response  # type: ignore[no-any-return]

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Show Django's page with a form that limits wrong old passwords.

        Unfold lets no setting choose the form.
        """
        request.current_app = self.name  # Django's templates read it
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            template_name=self.password_change_template or "registration/password_change_form.html",
            success_url=reverse(f"{self.name}:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return the choices of a filter."""
        return FilterAutocomplete.as_view(admin_site=self)(request)

    def admin_view(
        self, view: AdminView, cacheable: bool = False
    ) -> AdminView:  # Django's own signature
        """Guard a view as Django does, reject invalid URLs, and show errors as a page."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _require_sound(request)
            if ended := ended_session.response_to_ended(request, self.has_permission):
                return ended
            if _must_enrol(request):
                return HttpResponseRedirect(reverse("admin:second_factor"))
            if timeout := getattr(request, "session_timeout", ""):
                messages.info(request, ended_session.timeout_message(timeout))
            try:
                return guarded(request, *args, **kwargs)  # type: ignore[no-any-return]
            except PermissionDenied:
                _record_denial(request)
                raise
            except DeskError as error:
                security_log.record_denial(request, error, request.user)
                return refusal(request, error)
            except (
                IncorrectLookupParameters,
                InvalidPage,
            ) as error:  # Django's lists say this themselves, other pages don't
                raise Http404 from error

        return guarded_view


def _must_enrol(request: HttpRequest) -> bool:
    """Return whether the user may open no other page than that of the second factor."""
    match = request.resolver_match
    if not isinstance(request.user, User) or (match and match.url_name in WITHOUT_SECOND_FACTOR):
        return False
    return second_factor.is_enrolment_overdue(request.user)


def _record_denial(request: HttpRequest) -> None:
    """Record that a user lacks a permission.

    What not even superusers can do is no matter of permissions.
    """
    user = actor_of(request).user
    if user is not None and not user.is_superuser:
        security_log.deny(request, user)


def _require_sound(request: HttpRequest) -> None:
    """Raise `Http404` for values that no database can be asked for.

    They are in the address, or in the rows ticked in a list.
    """
    asked = request.META.get("QUERY_STRING", "")
    if len(asked) > MAX_URL_CHARACTERS or "%00" in asked or "\0" in request.path:
        raise Http404
    if any(
        len(value.split()) > MAX_SEARCH_WORDS
        for _name, values in request.GET.lists()
        for value in values
    ):
        raise Http404
    for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME):
        pk_of(ticked)


def refusal(request: HttpRequest, error: DeskError) -> HttpResponse:
    """Return the page for an error."""
    return render(
        request,
        "gasutil/refusal.html",
        {"title": error.title, "message": in_words(error.message)},
        status=status_of(error),
    )
