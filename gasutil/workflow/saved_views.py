"""The verbs of saved views: save, change and delete."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound
from gasutil.models.saved_views import MAX_VIEWS, SavedView, SavedViewPage

SHARING = "gasutil.share_savedview"
# What a page needs besides the role.
PAGE_PERMISSIONS: Mapping[str, str] = {SavedViewPage.HISTORY: "gasutil.view_requestupdate"}


def keep_view(
    *,
    actor: Actor,
    name: str,
    query: str,
    page: str = SavedViewPage.REQUESTS,
    is_shared: bool = False,
) -> SavedView:
    """Keep a way to look at a list under a name.

    Raise `Invalid` for one that the list does not know, `Conflict` beyond the limit, and
    `PermissionRequired` without the permission of the page.
    """
    _require_page(actor, page)
    own = SavedView.objects.filter(owner=actor.id)
    if own.count() >= MAX_VIEWS:
        message = ngettext(
            "You have %(number)d view. Delete it first.",
            "You have %(number)d views. Delete one of them first.",
            MAX_VIEWS,
        )
        raise Conflict(message % {"number": MAX_VIEWS})
    last = own.filter(page=page).order_by("-position").values_list("position", flat=True).first()
    position = 0 if last is None else last + 1
    view = SavedView(owner=actor.person, page=page, query=query, position=position)
    return _save(view, actor, name=name, is_shared=is_shared)


def change_view(pk: int, *, actor: Actor, name: str, is_shared: bool, position: int) -> SavedView:
    """Rename, move or share one of the actor's own views; raise `NotFound` for another's."""
    return _save(_own(pk, actor), actor, name=name, is_shared=is_shared, position=position)


def delete_view(pk: int, *, actor: Actor) -> None:
    """Delete one of the actor's own views; raise `NotFound` for another's."""
    _own(pk, actor).delete()


def may_use(actor: Actor, page: str) -> bool:
    """Return whether the actor may open a page that has saved views."""
    permission = PAGE_PERMISSIONS.get(page, "")
    return actor.is_staff and (not permission or actor.person.has_perm(permission))


def may_share(actor: Actor) -> bool:
    """Return whether the actor may share a view with everyone."""
    return actor.person.has_perm(SHARING)


def _own(pk: int, actor: Actor) -> SavedView:
    access.require(actor, STAFF)
    view = SavedView.objects.filter(owner=actor.id, pk=pk).first()
    if view is None:
        raise NotFound
    _require_page(actor, view.page)
    return view


def _require_page(actor: Actor, page: str) -> None:
    access.require(actor, STAFF)
    if permission := PAGE_PERMISSIONS.get(page, ""):
        access.require_permission(actor, permission)


def _save(view: SavedView, actor: Actor, **given: Any) -> SavedView:
    if given["is_shared"] and not view.is_shared and not may_share(actor):
        raise NotAllowed(_("Only a manager can share a view."))
    for name, value in given.items():
        setattr(view, name, value)
    try:
        view.full_clean()
    except ValidationError as error:
        raise Invalid(_view_errors(view, error)) from error
    view.save()
    return view


def _view_errors(view: SavedView, error: ValidationError) -> list[FieldError]:
    """Return the validation errors of a view; a duplicate is an error of the name."""
    result = []
    for name, errors in error.error_dict.items():
        if name == "__all__":
            result += FieldError.of("name", _duplicate(view) or ValidationError(errors))
        else:
            result += FieldError.of(name, ValidationError(errors))
    return result


def _duplicate(view: SavedView) -> ValidationError | None:
    """Return the error of a name that a view of another page has, which this page doesn't show."""
    others = SavedView.objects.filter(owner=view.owner, name=view.name).exclude(page=view.page)
    other = others.first()
    if other is None:
        return None
    message = _("You already have a view with this name on the page “%(page)s”.")
    return ValidationError(message, "unique", {"page": other.get_page_display()})
