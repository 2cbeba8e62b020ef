"""Who else is looking at a ticket: each page that is open says so every so often, and is forgotten when it falls silent."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil.access import Actor
from gasutil.admin.site import actor_of

FORGOTTEN = 45  # seconds after the last word of a page; `presence.js` says one every 20
NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Somebody who looks at a ticket."""

    name: str
    at: float
    is_writing: bool = False


def beat(request: HttpRequest, object_id: int) -> JsonResponse:
    """Note that somebody looks at a ticket, or no longer does; answer who else does."""
    actor, key = actor_of(request), f"presence:{object_id}"
    seen = dict(_seen(key))
    seen.pop(actor.id, None)
    if "left" not in request.POST:
        seen[actor.id] = Sight(name=str(actor.person), at=time.time(), is_writing="writing" in request.POST)
    cache.set(key, seen, FORGOTTEN)
    return JsonResponse({"said": _sentence(seen, actor)}, headers={"Cache-Control": "no-store"})


def others(actor: Actor, pk: int) -> str:
    """Return the sentence that says who else looks at a ticket now; empty where nobody does."""
    return _sentence(_seen(f"presence:{pk}"), actor)


def _seen(key: str) -> Mapping[int | None, Sight]:
    since = time.time() - FORGOTTEN
    known: Mapping[int | None, Sight] = cache.get(key) or {}
    return {who: sight for who, sight in known.items() if sight.at > since}


def _sentence(seen: Mapping[int | None, Sight], actor: Actor) -> str:
    rest = [sight for who, sight in seen.items() if who != actor.id]
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
