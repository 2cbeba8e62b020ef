"""Saved views in the console, of the queue and of the change history.

They have a menu beside the list and dialogs that save and change one. Those of the queue also have
links in the sidebar.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil.access import Actor
from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.http import actor_of
from gasutil.errors import DeskError
from gasutil.models import SavedView, SavedViewPage
from gasutil.models.saved_views import PARAMETERS
from gasutil.workflow import saved_views

MAX_SIDEBAR_VIEWS = 12
MODELS: Mapping[str, str] = {  # by whose name the addresses begin
    SavedViewPage.REQUESTS: "gasutil_servicerequest",
    SavedViewPage.HISTORY: "gasutil_requestupdate",
}
SHARE_LABELS: Mapping[str, Any] = {
    SavedViewPage.REQUESTS: gettext_lazy("Share with all representatives"),
    SavedViewPage.HISTORY: gettext_lazy("Share with everyone who can view the change history"),
}
DELETE_TEXTS: Mapping[tuple[str, bool], Any] = {  # by the page, and whether the view is shared
    (SavedViewPage.REQUESTS, False): gettext_lazy(
        "This deletes “%(name)s”. Requests are not affected."
    ),
    (SavedViewPage.REQUESTS, True): gettext_lazy(
        "This deletes “%(name)s” for everyone. Requests are not affected."
    ),
    (SavedViewPage.HISTORY, False): gettext_lazy(
        "This deletes “%(name)s”. The change history is not affected."
    ),
    (SavedViewPage.HISTORY, True): gettext_lazy(
        "This deletes “%(name)s” for everyone. The change history is not affected."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Link:
    """A saved view in the sidebar or in the menu of its list."""

    view: SavedView
    url: str
    change_url: str
    delete_url: str
    is_current: bool
    is_own: bool


def urls(site: AdminSite, page: str) -> list[URLPattern]:
    """Return the addresses of the dialogs of a list's saved views."""
    dialogs = (
        ("views/save/", "save_view", save),
        ("views/<int:pk>/change/", "change_view", edit_view),
        ("views/<int:pk>/delete/", "delete_view", delete),
    )
    asked = require_http_methods(["GET", "HEAD", "POST"])
    return [
        path(where, site.admin_view(asked(partial(view, page=page))), name=f"{MODELS[page]}_{name}")
        for where, name, view in dialogs
    ]


def list_context(request: HttpRequest, page: str) -> dict[str, Any]:
    """Return what the template of a list shows of its saved views."""
    query = narrowed(request.GET, page)
    return {
        "saved_views": links(request, page),
        "save_view_url": f"{_address(page, 'save_view')}?{query}",
    }


def narrowed(query: QueryDict, page: str) -> str:
    """Return the filters of a list's URL in a fixed order, without pages and empty values."""
    stored = QueryDict(mutable=True)
    for name in sorted(PARAMETERS[page] & set(query)):
        stored.setlist(name, [value for value in query.getlist(name) if value])
    return stored.urlencode()


def links(request: HttpRequest, page: str = SavedViewPage.REQUESTS) -> list[Link]:
    """Return the user's saved views of a list; all lists together cost one query."""
    known: list[Link] | None = getattr(request, "saved_views", None)
    if known is None:
        known = _links(request, actor_of(request))
        request.saved_views = known  # type: ignore[attr-defined]
    return [link for link in known if link.view.page == page]


def _links(request: HttpRequest, actor: Actor) -> list[Link]:
    usable = [page for page in MODELS if saved_views.may_use(actor, page)]
    looked_at = {
        page: narrowed(request.GET, page) for page in usable if request.path == _address(page)
    }
    return [
        Link(
            view=view,
            url=f"{_address(view.page)}?{view.query}",
            change_url=_address(view.page, "change_view", view.pk),
            delete_url=_address(view.page, "delete_view", view.pk),
            is_current=view.query == looked_at.get(view.page),
            is_own=view.owner_id == actor.id,
        )
        for view in SavedView.objects.shown_to(actor.id).select_related("owner")
        if view.page in usable
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
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )

    def __init__(self, *args: Any, page: str, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_shared"].label = SHARE_LABELS[page]
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


def save(request: HttpRequest, *, page: str) -> HttpResponse:
    """Show the form that saves the current view, or save it."""
    actor, query = _actor(request, page), request.META["QUERY_STRING"]
    may_share = saved_views.may_share(actor)
    form = ViewForm(request=request, data=request.POST or None, page=page, may_share=may_share)

    def done() -> HttpResponse:
        stored = narrowed(QueryDict(query), page)
        view = saved_views.keep_view(actor=actor, query=stored, page=page, **form.given())
        messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
        return _back(request, page, view.query)

    return _ask(request, form, done, title=_("Save view"), button=_("Save view"))


def edit_view(request: HttpRequest, pk: int, *, page: str) -> HttpResponse:
    """Show the form of one of the user's own views, or change it."""
    actor = _actor(request, page)
    view = _own(actor, pk, page)
    initial = {"name": view.name, "is_shared": view.is_shared, "position": view.position}
    form = ChangeForm(
        request=request,
        data=request.POST or None,
        initial=initial,
        page=page,
        may_share=saved_views.may_share(actor) or view.is_shared,
    )

    def done() -> HttpResponse:
        saved_views.change_view(pk, actor=actor, **form.given())
        return _back(request, page, view.query)

    return _ask(request, form, done, title=_("Edit view"), button=_("Save"))


def delete(request: HttpRequest, pk: int, *, page: str) -> HttpResponse:
    """Confirm the deletion of one of the user's own views, or delete it."""
    actor = _actor(request, page)
    view = _own(actor, pk, page)
    form = DeleteForm(request=request, data=request.POST or None)

    def done() -> HttpResponse:
        saved_views.delete_view(pk, actor=actor)
        messages.success(request, _("View “%(name)s” deleted.") % {"name": view.name})
        return _back(request, page, "")

    return _ask(
        request,
        form,
        done,
        title=_("Delete view"),
        button=_("Delete view"),
        description=DELETE_TEXTS[page, view.is_shared] % {"name": view.name},
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


def _actor(request: HttpRequest, page: str) -> Actor:
    """Return the user; raise `PermissionDenied` for one who may not open the list."""
    actor = actor_of(request)
    if not saved_views.may_use(actor, page):
        raise PermissionDenied
    return actor


def _own(actor: Actor, pk: int, page: str) -> SavedView:
    view = SavedView.objects.filter(pk=pk, owner=actor.id, page=page).first()
    if view is None:
        raise Http404
    return view


def _back(request: HttpRequest, page: str, query: str) -> HttpResponse:
    address = _address(page)
    return htmx_redirect(request, f"{address}?{query}" if query else address)


def _address(page: str, name: str = "changelist", *args: int) -> str:
    return reverse(f"admin:{MODELS[page]}_{name}", args=args)
