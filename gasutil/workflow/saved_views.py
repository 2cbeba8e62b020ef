"""The verbs of saved views: save, change and delete."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound
from gasutil.models.saved_views import MAX_VIEWS, SavedView

SHARING = "gasutil.share_savedview"


def keep_view(*, actor: Actor, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep a way to look at the queue under a name.

    Raise `Invalid` for one that the queue does not know.
    """
    access.require(actor, STAFF)
    own = SavedView.objects.filter(owner=actor.id)
    if own.count() >= MAX_VIEWS:
        message = ngettext(
            "You have %(number)d view. Delete it first.",
            "You have %(number)d views. Delete one of them first.",
            MAX_VIEWS,
        )
        raise Conflict(message % {"number": MAX_VIEWS})
    last = own.order_by("-position").values_list("position", flat=True).first()
    view = SavedView(owner=actor.person, query=query, position=0 if last is None else last + 1)
    return _save(view, actor, name=name, is_shared=is_shared)


def change_view(pk: int, *, actor: Actor, name: str, is_shared: bool, position: int) -> SavedView:
    """Rename, move or share one of the actor's own views; raise `NotFound` for another's."""
    return _save(_own(pk, actor), actor, name=name, is_shared=is_shared, position=position)


def delete_view(pk: int, *, actor: Actor) -> None:
    """Delete one of the actor's own views; raise `NotFound` for another's."""
    _own(pk, actor).delete()


def may_share(actor: Actor) -> bool:
    """Return whether the actor may share a view with everyone."""
    return actor.person.has_perm(SHARING)


def _own(pk: int, actor: Actor) -> SavedView:
    access.require(actor, STAFF)
    view = SavedView.objects.filter(owner=actor.id, pk=pk).first()
    if view is None:
        raise NotFound
    return view


def _save(view: SavedView, actor: Actor, **given: Any) -> SavedView:
    if given["is_shared"] and not view.is_shared and not may_share(actor):
        raise NotAllowed(_("Only a manager can share a view."))
    for name, value in given.items():
        setattr(view, name, value)
    try:
        view.full_clean()
    except ValidationError as error:
        raise Invalid(_view_errors(error)) from error
    view.save()
    return view


def _view_errors(error: ValidationError) -> list[FieldError]:
    """Return the validation errors of a view; a duplicate is an error of the name."""
    result = []
    for name, errors in error.error_dict.items():
        result += FieldError.of("name" if name == "__all__" else name, ValidationError(errors))
    return result
