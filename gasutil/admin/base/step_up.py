"""Step-up authentication: before what matters most, users confirm again who they are.

A stolen session alone approves no one, exports nothing and makes no key. A login confirms as well,
so users are asked only if it was more than `STEP_UP_MINUTES` ago. The form that they were sending
is sent again together with the code or the passkey, or with the password of those without a second
factor.
"""

import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from gasutil.admin.base.http import actor_of
from gasutil.errors import DeskError, Invalid
from gasutil.identity import passkeys, second_factor
from gasutil.identity.security_log import record_event
from gasutil.identity.sessions import CONFIRMED_AT, remember_confirmation
from gasutil.models import SecurityEventType, User
from gasutil.workflow import passwords

ANSWER = "_step_up"  # the field with the code or the password
PASSKEY = "_step_up_passkey"  # the field with what a passkey has signed
CSRF = "csrfmiddlewaretoken"
STEP_UP = "step-up"  # in the security log
View = TypeVar("View", bound=Callable[..., Any])


def step_up(view: View) -> View:
    """Ask users to confirm who they are before a method of an admin class does what was sent."""

    @wraps(view)
    def confirmed(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return prompt_for(request) or view(self, request, *args, **kwargs)

    return cast("View", confirmed)


def step_up_to_open(view: View) -> View:
    """Ask users to confirm who they are before a page opens whose form leads to a file.

    The file would leave the prompt on the screen.
    """

    @wraps(view)
    def confirmed(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        prompt = prompt_for(request, methods=("GET", "POST"))
        return prompt or view(self, request, *args, **kwargs)

    return cast("View", confirmed)


class StepUpForms:
    """Ask users to confirm who they are before each change that the pages of a model make."""

    def needs_step_up(self, request: HttpRequest) -> bool:
        """Return whether the changes of this user need it."""
        return True

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change an object."""
        return self._confirmed(super().changeform_view, request, *args, **kwargs)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete an object."""
        return self._confirmed(super().delete_view, request, *args, **kwargs)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or do what was chosen for the ticked rows."""
        return self._confirmed(super().changelist_view, request, *args, **kwargs)  # type: ignore[misc]

    def _confirmed(
        self, view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        prompt = prompt_for(request) if self.needs_step_up(request) else None
        return prompt or view(request, *args, **kwargs)


def prompt_for(request: HttpRequest, methods: Collection[str] = ("POST",)) -> HttpResponse | None:
    """Return the prompt, or nothing if the user has confirmed who they are.

    A confirmation with which nothing else was sent leads to the page.
    """
    if request.method not in methods or is_recent(request):
        return None
    user = actor_of(request).person
    error = ""
    if ANSWER in request.POST or PASSKEY in request.POST:
        try:
            _confirm_sent(request, user)
        except Invalid as wrong:
            error = " ".join(problem.message for problem in wrong.errors)
        except DeskError as refused:
            error = refused.message
        else:
            request.session.cycle_key()
            remember_confirmation(request.session)
            return None if _carried(request) else HttpResponseRedirect(request.get_full_path())
    return _prompt(request, user, error)


def is_recent(request: HttpRequest) -> bool:
    """Return whether the user has confirmed in this session who they are, not long ago."""
    age: float = time.time() - request.session.get(CONFIRMED_AT, 0)
    return age < settings.STEP_UP_MINUTES * 60


def _confirm_sent(request: HttpRequest, user: User) -> None:
    """Check the passkey, the code or the password that was sent."""
    if user.has_second_factor and request.POST.get(PASSKEY):
        passkeys.require_passkey(request.session, user, request.POST[PASSKEY])
        record_event(SecurityEventType.SECOND_FACTOR, user=user, reason=STEP_UP)
    else:
        confirm(user, request.POST.get(ANSWER, ""))


def confirm(user: User, answer: str) -> None:
    """Check the code of a user, or the password of one without a second factor.

    Raises `SecondFactorRequired`, `Invalid` for a wrong password, and `TooManyAttempts`.
    """
    if user.has_second_factor:
        second_factor.require_code(user, answer)
        event = SecurityEventType.SECOND_FACTOR
    else:
        passwords.require_password(user, answer)
        event = SecurityEventType.PASSWORD_CHECK
    record_event(event, user=user, reason=STEP_UP)


def _prompt(request: HttpRequest, user: User, error: str) -> HttpResponse:
    """Return the page that asks, or its fields for the dialog that was sent."""
    shown: dict[str, Any] = {
        "title": _("Confirm that it's you"),
        "with_code": user.has_second_factor,
        **accepted_factors(user),
        "error": error,
        "carried": _carried(request),
    }
    if "HX-Request" in request.headers:
        return render(request, "gasutil/step_up_dialog.html", shown)
    page = {**admin.site.each_context(request), **shown}
    response = render(request, "gasutil/step_up.html", page, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


def accepted_factors(user: User) -> dict[str, bool]:
    """Return which of the factors a page asks a user for."""
    return {
        "with_app": second_factor.has_app(user),
        "with_passkey": passkeys.is_offered() and user.passkeys.exists(),
    }


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields that were sent, for the page to send them again; passwords are not."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in (ANSWER, PASSKEY, CSRF) and "password" not in name
        for value in values
    ]
