"""Everybody's own choice of which mails to get, and in which language."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from gasutil.admin.site import actor_of
from gasutil.models import FOR_STAFF, User
from gasutil.workflow import accounts


class NoticesForm(forms.Form):
    """Which mails somebody of the staff gets, and their language."""

    language = forms.ChoiceField(label=gettext_lazy("Language of the mails"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget())
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Mail me when"),
        choices=[(one.value, one.label) for one in FOR_STAFF],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    @classmethod
    def of(cls, user: User, data: Any = None) -> "NoticesForm":
        """Return the form as somebody has left it."""
        return cls(data, initial={"language": user.language, "wanted": [one.value for one in FOR_STAFF if one not in user.muted_notices]})

    def chosen(self, user: User) -> dict[str, Any]:
        """Return what was chosen as the profile keeps it; choices that are not on this form stay."""
        elsewhere = [one for one in user.muted_notices if one not in FOR_STAFF]
        muted = [one.value for one in FOR_STAFF if one.value not in self.cleaned_data["wanted"]]
        return {"language": self.cleaned_data["language"], "muted_notices": elsewhere + muted}


@require_http_methods(["GET", "HEAD", "POST"])
def my_notices(request: HttpRequest) -> HttpResponse:
    """Show one's own choices, or take them."""
    actor = actor_of(request)
    user = accounts.profile(actor=actor)
    form = NoticesForm.of(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        accounts.update_profile(actor=actor, **form.chosen(user))
        messages.success(request, _("Your choice is kept."))
        return redirect("admin:my_notices")
    told = user.has_perm("gasutil.receive_escalations")
    shown = {**admin.site.each_context(request), "form": form, "is_supervisor": told, "title": _("My notices")}
    return render(request, "gasutil/my_notices.html", shown)


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the links of the menu behind one's own name."""
    user = actor_of(request).user
    if user is None:
        return []  # the page of the login
    links = [{"title": _("My notices"), "link": reverse("admin:my_notices")}]
    if user.has_usable_password():
        links.append({"title": _("Change password"), "link": reverse("admin:password_change")})
    return links
