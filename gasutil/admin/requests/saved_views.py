"""Saved views in the console.

They have a menu beside the queue, links in the sidebar, and dialogs that save and change one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil.access import Actor
from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests.queue import narrowed
from gasutil.errors import DeskError
from gasutil.models import SavedView
from gasutil.workflow import saved_views

MAX_SIDEBAR_VIEWS = 12


@dataclass(frozen=True, kw_only=True)
class Link:
    """A saved view in the sidebar."""

    view: SavedView
    url: str
    is_current: bool
    is_own: bool


def links(request: HttpRequest) -> list[Link]:
    """Return the user's saved views, with one query per page."""
    known: list[Link] | None = getattr(request, "saved_views", None)
    if known is None:
        known = _links(request, actor_of(request))
        request.saved_views = known  # type: ignore[attr-defined]
    return known


def _links(request: HttpRequest, actor: Actor) -> list[Link]:
    queue = _queue()
    looked_at = narrowed(request.GET) if request.path == queue else None
    return [
        Link(
            view=view,
            url=f"{queue}?{view.query}",
            is_current=view.query == looked_at,
            is_own=view.owner_id == actor.id,
        )
        for view in SavedView.objects.shown_to(actor.id).select_related("owner")
    ]


def sidebar_items(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar's links.

    Unfold trusts a title to be safe, and this is what people have typed.
    """
    return [
        {
            "title": format_html("{}", link.view.name),
            "icon": "groups" if link.view.is_shared else "bookmark",
            "link": link.url,
            "active": link.is_current,
        }
        for link in links(request)[:MAX_SIDEBAR_VIEWS]
    ]


class ViewForm(SafeDialogForm):
    """The name of a saved view, and who sees it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "maxlength": 40}),
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share with all representatives"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            self.fields["is_shared"].widget = forms.HiddenInput()

    def given(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        return {
            name: value for name, value in self.cleaned_data.items() if not name.startswith("_")
        }


class ChangeForm(ViewForm):
    """The form of a saved view, with its position."""

    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("Views with a lower position come first."),
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 0, "max": 999}),
    )


class DeleteForm(SafeDialogForm):
    """An empty form: submitting it confirms the deletion."""


def save(request: HttpRequest) -> HttpResponse:
    """Show the form that saves the current view, or save it."""
    actor, query = actor_of(request), request.META["QUERY_STRING"]
    form = ViewForm(
        request=request, data=request.POST or None, may_share=saved_views.may_share(actor)
    )

    def done() -> HttpResponse:
        view = saved_views.keep_view(actor=actor, query=narrowed(QueryDict(query)), **form.given())
        messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
        return _back(request, view.query)

    return _ask(request, form, done, title=_("Save view"), button=_("Save view"))


def edit_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form of one of the user's own views, or change it."""
    actor = actor_of(request)
    view = _own(actor, pk)
    initial = {"name": view.name, "is_shared": view.is_shared, "position": view.position}
    form = ChangeForm(
        request=request,
        data=request.POST or None,
        initial=initial,
        may_share=saved_views.may_share(actor) or view.is_shared,
    )

    def done() -> HttpResponse:
        saved_views.change_view(pk, actor=actor, **form.given())
        return _back(request, view.query)

    return _ask(request, form, done, title=_("Edit view"), button=_("Save"))


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the deletion of one of the user's own views, or delete it."""
    actor = actor_of(request)
    view = _own(actor, pk)
    form = DeleteForm(request=request, data=request.POST or None)

    def done() -> HttpResponse:
        saved_views.delete_view(pk, actor=actor)
        messages.success(request, _("View “%(name)s” deleted.") % {"name": view.name})
        return _back(request, "")

    text = (
        _("This deletes “%(name)s” for everyone. Requests are not affected.")
        if view.is_shared
        else _("This deletes “%(name)s”. Requests are not affected.")
    )
    return _ask(
        request,
        form,
        done,
        title=_("Delete view"),
        button=_("Delete view"),
        description=text % {"name": view.name},
        is_grave=True,
    )


def _ask(
    request: HttpRequest,
    form: SafeDialogForm,
    done: Callable[[], HttpResponse],
    *,
    title: str,
    button: str,
    **about: Any,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return done()
        except DeskError as error:
            form.refuse(error)
    return render_dialog(request, {"title": title, **about}, form, button)


def _own(actor: Actor, pk: int) -> SavedView:
    view = SavedView.objects.filter(pk=pk, owner=actor.id).first()
    if view is None:
        raise Http404
    return view


def _back(request: HttpRequest, query: str) -> HttpResponse:
    return htmx_redirect(request, f"{_queue()}?{query}" if query else _queue())


def _queue() -> str:
    return reverse("admin:gasutil_servicerequest_changelist")
