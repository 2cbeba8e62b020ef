"""My notifications: which emails a user receives, and in which language."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from gasutil import access
from gasutil.admin.base.http import actor_of
from gasutil.models import FOR_STAFF, User
from gasutil.workflow import duty, profiles


class NoticesForm(forms.Form):
    """The emails that a staff user receives, and their language."""

    language = forms.ChoiceField(
        label=gettext_lazy("Email language"),
        choices=settings.LANGUAGES,
        widget=UnfoldAdminSelectWidget(),
    )
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Email me when"),
        choices=[(notice.value, notice.label) for notice in FOR_STAFF],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    is_off_duty = forms.BooleanField(
        label=gettext_lazy("I am off duty"),
        help_text=gettext_lazy(
            "“Take next” gives you no requests, and colleagues can't choose you in the console."
            " Your own requests stay yours."
        ),
        required=False,
    )

    @classmethod
    def of(cls, user: User, data: Any = None) -> "NoticesForm":
        """Return the form with the user's choices."""
        return cls(
            data,
            initial={
                "language": user.language,
                "is_off_duty": user.is_off_duty,
                "wanted": [
                    notice.value for notice in FOR_STAFF if notice not in user.muted_notices
                ],
            },
        )

    def chosen(self, user: User) -> dict[str, Any]:
        """Return the choices as the profile stores them, with those that are not on this form."""
        elsewhere = [notice for notice in user.muted_notices if notice not in FOR_STAFF]
        muted = [
            notice.value for notice in FOR_STAFF if notice.value not in self.cleaned_data["wanted"]
        ]
        return {"language": self.cleaned_data["language"], "muted_notices": elsewhere + muted}


@require_http_methods(["GET", "HEAD", "POST"])
def my_notices(request: HttpRequest) -> HttpResponse:
    """Show the user's choices, or save them."""
    actor = actor_of(request)
    user = profiles.profile(actor=actor)
    form = NoticesForm.of(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            profiles.update_profile(actor=actor, **form.chosen(user))
            if access.is_representative(user):
                duty.set_off_duty(actor=actor, is_off_duty=form.cleaned_data["is_off_duty"])
        messages.success(request, _("Preferences saved."))
        return redirect("admin:my_notices")
    is_supervisor = user.has_perm("gasutil.receive_escalations")
    shown = {
        **admin.site.each_context(request),
        "form": form,
        "is_supervisor": is_supervisor,
        "is_representative": access.is_representative(user),
        "title": _("My notifications"),
    }
    return render(request, "gasutil/my_notices.html", shown)


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the links of the account menu."""
    user = actor_of(request).user
    if user is None:
        return []  # the page of the login
    links = [
        {"title": _("My notifications"), "link": reverse("admin:my_notices")},
        {"title": _("Your sessions"), "link": reverse("admin:my_sessions")},
        {"title": _("Second factor"), "link": reverse("admin:second_factor")},
    ]
    if user.has_usable_password():
        links.append({"title": _("Change password"), "link": reverse("admin:password_change")})
    return links
