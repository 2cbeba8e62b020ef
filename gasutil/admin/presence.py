"""Who else is looking at a ticket: each page that is open says so every so often, and is forgotten when it falls silent."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil.access import Actor
from gasutil.admin.site import actor_of

FORGOTTEN = 45  # seconds after the last word of a page; `presence.js` says one every 20
REMEMBERED = 24 * 60 * 60  # seconds, who has looked at all
NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Somebody who looks at a ticket."""

    name: str
    is_writing: bool = False


def beat(request: HttpRequest, object_id: int) -> JsonResponse:
    """Note that somebody looks at a ticket, or no longer does; answer who else does."""
    actor = actor_of(request)
    if "left" in request.POST:
        cache.delete(_key(object_id, actor.id))
    else:
        _note(object_id, actor, is_writing="writing" in request.POST)
    return JsonResponse({"said": others(actor, object_id)}, headers={"Cache-Control": "no-store"})


def _note(pk: int, actor: Actor, *, is_writing: bool) -> None:
    """Keep what one says under a key of one's own, so that two who speak at once lose nothing of one another's."""
    cache.set(_key(pk, actor.id), Sight(name=str(actor.person), is_writing=is_writing), FORGOTTEN)
    visitors = cache.get(_key(pk), ())
    if actor.id not in visitors:
        cache.set(_key(pk), (*visitors, actor.id), REMEMBERED)


def _key(pk: int, who: int | None = None) -> str:
    return f"presence:{pk}:{who or 'visitors'}"


def others(actor: Actor, pk: int) -> str:
    """Return the sentence that says who else looks at a ticket now; empty where nobody does."""
    keys = [_key(pk, who) for who in cache.get(_key(pk), ()) if who != actor.id]
    return _sentence(list(cache.get_many(keys).values()) if keys else [])


def _sentence(rest: Sequence[Sight]) -> str:
    writing, looking = (sorted(one.name for one in rest if one.is_writing is wanted) for wanted in (True, False))
    said = []
    if writing:
        said.append(ngettext("%(names)s is writing.", "%(names)s are writing.", len(writing)) % {"names": _listed(writing)})
    if looking:
        said.append(ngettext("%(names)s is looking at this.", "%(names)s are looking at this.", len(looking)) % {"names": _listed(looking)})
    return " ".join(said)


def _listed(names: list[str]) -> str:
    shown, more = names[:NAMED], len(names) - NAMED
    if more > 0:
        return _("%(names)s and %(more)d more") % {"names": ", ".join(shown), "more": more}
    return shown[0] if len(shown) == 1 else _("%(names)s and %(last)s") % {"names": ", ".join(shown[:-1]), "last": shown[-1]}
