"""The pages beside the console: those that mailed links lead to, and the choice of a language."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
)
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from gasutil.access import Actor
from gasutil.errors import DeskError, Invalid
from gasutil.models import Channel, User
from gasutil.notify import links
from gasutil.workflow import email_changes, email_confirmations, passwords, privacy, profiles


@method_decorator(never_cache, name="dispatch")
class ConfirmEmail(View):
    """Confirm an address.

    Opening the link changes nothing, since mail scanners open links as well.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the button."""
        return render(
            request,
            "gasutil/confirm_email.html",
            {"needs_password": email_confirmations.needs_password(token)},
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take the token as proof."""
        try:
            user = email_confirmations.confirm_email(
                token, password=request.POST.get("password", "")
            )
        except DeskError as error:
            return render(
                request, "gasutil/confirm_email.html", {"errors": sentences(error)}, status=400
            )
        return render(request, "gasutil/confirm_email.html", {"confirmed": user.email})


@method_decorator(never_cache, name="dispatch")
class UndoEmailChange(View):
    """Undo a change of address.

    Opening the link changes nothing, since mail scanners open links as well.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the button."""
        return render(request, "gasutil/undo_email.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Restore the old address."""
        try:
            email_changes.undo(token)
        except DeskError as error:
            return render(
                request, "gasutil/undo_email.html", {"errors": sentences(error)}, status=400
            )
        return render(request, "gasutil/undo_email.html", {"done": True})


@method_decorator(never_cache, name="dispatch")
class UndoErasure(View):
    """Take back the erasure of one's data.

    Opening the link changes nothing, since mail scanners open links as well.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the button."""
        return render(request, "gasutil/undo_erasure.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Keep the account."""
        try:
            privacy.undo_erasure(token)
        except DeskError as error:
            about = {"errors": sentences(error)}
            return render(request, "gasutil/undo_erasure.html", about, status=400)
        return render(request, "gasutil/undo_erasure.html", {"done": True})


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # generic in its types alone
    """A new password, logged as the API logs it."""

    def __init__(self, *args: Any, token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = token

    def save(self, commit: bool = True) -> User:  # Django's own signature
        """Save the password with a row of the account's history that says how it came about."""
        user: User = self.user
        passwords.use_reset(user, self.token, self.cleaned_data["new_password1"])
        return user


class NewPassword(PasswordResetConfirmView):
    """Set a new password with what was mailed."""

    form_class = NewPasswordForm
    template_name = "gasutil/new_password.html"
    success_url = reverse_lazy("password_reset_complete")
    token_generator = default_token_generator

    def get_user(self, uidb64: str) -> User | None:
        """Return the user of a link; None for a deactivated account."""
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def get_form_kwargs(self) -> dict[str, Any]:
        """Pass the token to the form; Django keeps it in the session."""
        return super().get_form_kwargs() | {
            "token": self.request.session.get(INTERNAL_RESET_SESSION_TOKEN, "")
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the password.

        If the server is busy, or the link has been used, show it in the form.
        """
        try:
            return super().form_valid(form)
        except DeskError as error:
            form.add_error(None, sentences(error))
            return self.form_invalid(form)


class NewPasswordDone(PasswordResetCompleteView):
    """Show that the new password is set."""

    template_name = "gasutil/new_password_done.html"


def sentences(error: DeskError) -> list[str]:
    """Return everything that an error has to say."""
    return (
        [problem.message for problem in error.errors]
        if isinstance(error, Invalid)
        else [error.message]
    )


@method_decorator(
    [never_cache, csrf_exempt], name="dispatch"
)  # mail programs post without a page of ours; the token is the proof
class Unsubscribe(View):
    """Turn one kind of mail off.

    Opening the link changes nothing, since mail scanners open links as well.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the button."""
        return self._page(request, links.read_unsubscription(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Turn it off."""
        wanted = links.read_unsubscription(token)
        user = None if wanted is None else profiles.mute(wanted.user_id, wanted.notice)
        return self._page(request, wanted if user else None, is_done=True)

    def _page(
        self, request: HttpRequest, wanted: links.Unsubscription | None, *, is_done: bool = False
    ) -> HttpResponse:
        about = {"notice": wanted and wanted.notice.label, "is_done": is_done}
        return render(request, "gasutil/unsubscribe.html", about, status=200 if wanted else 400)


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Speak a language to this browser, and to its user's mails and other browsers from now on."""
    chosen = request.POST.get("language")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        profiles.update_profile(actor=Actor(request.user, Channel.CONSOLE), language=chosen)
    return set_language(request)
