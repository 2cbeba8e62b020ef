"""Presence: each open ticket page sends heartbeats, and expires without them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.cache_keys import key_for
from gasutil.identity.sessions import background
from gasutil.models import ServiceRequest

# After the last heartbeat of a page; `presence.js` sends one every 20 seconds.
VIEWER_TIMEOUT_SECONDS = 45
VISITORS_CACHE_SECONDS = 24 * 60 * 60  # of the list of everyone who has opened it
MAX_NAMED_VIEWERS = 3


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A user who has a ticket open."""

    name: str
    is_writing: bool = False


PRESENCE = key_for("presence", Viewer)


@background
def beat(request: HttpRequest, object_id: int) -> JsonResponse:
    """Record that the user opened or left a ticket; return the other viewers."""
    actor = actor_of(request)
    _require_visible(actor, pk_of(object_id))
    if "left" in request.POST:
        cache.delete(_key(object_id, actor.id))
    else:
        _note(object_id, actor, is_writing="writing" in request.POST)
    return JsonResponse({"text": others(actor, object_id)}, headers={"Cache-Control": "no-store"})


def _require_visible(actor: Actor, pk: int) -> None:
    """Raise `NotFound` unless the actor can see the ticket.

    For a page that was here a moment ago, this has been checked.
    """
    if not cache.has_key(_key(pk, actor.id)):
        access.find(actor, ServiceRequest, pk)


def _note(pk: int, actor: Actor, *, is_writing: bool) -> None:
    """Store each user under their own key: simultaneous calls don't overwrite each other."""
    cache.set(
        _key(pk, actor.id),
        Viewer(name=str(actor.person), is_writing=is_writing),
        VIEWER_TIMEOUT_SECONDS,
    )
    visitors = cache.get(_key(pk), ())
    if actor.id not in visitors:
        cache.set(_key(pk), (*visitors, actor.id), VISITORS_CACHE_SECONDS)


def _key(pk: int, who: int | None = None) -> str:
    return f"{PRESENCE}:{pk}:{who or 'visitors'}"


def others(actor: Actor, pk: int) -> str:
    """Return the sentence about the other viewers of a ticket; empty if there are none."""
    keys = [_key(pk, who) for who in cache.get(_key(pk), ()) if who != actor.id]
    return _sentence(list(cache.get_many(keys).values()) if keys else [])


def _sentence(rest: Sequence[Viewer]) -> str:
    writing, looking = (
        sorted(viewer.name for viewer in rest if viewer.is_writing is wanted)
        for wanted in (True, False)
    )
    texts = []
    if writing:
        texts.append(
            ngettext("%(names)s is writing.", "%(names)s are writing.", len(writing))
            % {"names": _listed(writing)}
        )
    if looking:
        texts.append(
            ngettext(
                "%(names)s is viewing this request.",
                "%(names)s are viewing this request.",
                len(looking),
            )
            % {"names": _listed(looking)}
        )
    return " ".join(texts)


def _listed(names: list[str]) -> str:
    shown, more = names[:MAX_NAMED_VIEWERS], len(names) - MAX_NAMED_VIEWERS
    if more > 0:
        return _("%(names)s and %(more)d others") % {"names": ", ".join(shown), "more": more}
    return (
        shown[0]
        if len(shown) == 1
        else _("%(names)s and %(last)s") % {"names": ", ".join(shown[:-1]), "last": shown[-1]}
    )
