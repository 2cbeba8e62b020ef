"""The verbs of saved views: keep one, change it, drop it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from gasutil.models.saved_views import MOST, SavedView

SHARING = "gasutil.share_savedview"


def keep_view(*, actor: Actor, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep a way to look at the queue under a name; raise `Invalid` for one that the queue does not know."""
    access.require(actor, STAFF)
    own = SavedView.objects.filter(owner=actor.id)
    if own.count() >= MOST:
        told = ngettext("You have %(number)d view. Delete it first.", "You have %(number)d views. Delete one of them first.", MOST)
        raise Conflict(told % {"number": MOST})
    last = own.order_by("-position").values_list("position", flat=True).first()
    view = SavedView(owner=actor.person, query=query, position=0 if last is None else last + 1)
    return _save(view, actor, name=name, is_shared=is_shared)


def change_view(pk: int, *, actor: Actor, name: str, is_shared: bool, position: int) -> SavedView:
    """Give one's own view another name or place, or share it; raise `NotFound` for somebody else's."""
    return _save(_own(pk, actor), actor, name=name, is_shared=is_shared, position=position)


def delete_view(pk: int, *, actor: Actor) -> None:
    """Drop one's own view; raise `NotFound` for somebody else's."""
    _own(pk, actor).delete()


def may_share(actor: Actor) -> bool:
    """Return whether somebody may show a view to everybody."""
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
        raise Invalid(_faults(error)) from error
    view.save()
    return view


def _faults(error: ValidationError) -> list[Fault]:
    """Return what is wrong; two of a name is said of the name."""
    found = []
    for name, errors in error.error_dict.items():
        found += Fault.of("name" if name == "__all__" else name, ValidationError(errors))
    return found
