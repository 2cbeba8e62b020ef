"""What a move has to pass beyond the table of transitions: an emergency that is not known to be safe, a dispute that is open."""

import re

from django.utils.translation import gettext as _

from gasutil import deadlines, disputes
from gasutil.errors import TransitionRefused
from gasutil.models import Effect, Event, RequestUpdate, ServiceRequest, Status
from gasutil.workflow import transitions
from gasutil.workflow.change import Change

NO_ACCESS = "no_access"
SAYS_NO_ACCESS = re.compile(
    r"\b(no|could\s*n[o'\u2019]t\s+(get|gain|obtain))\s+(access|in)\b(?!\s+(problem|issue|trouble))"
    r"|\b(no(body|\s+one)|not|wasn['\u2019]t)\s+(was\s+)?(at\s+)?home\b"
    r"|\b(no(body|\s+one)\s+answered|no\s+answer)\b",
    re.IGNORECASE,
)


def require_safety(change: Change) -> None:
    """An emergency is not resolved without a word, and not because nobody could get in."""
    obj = change.obj
    if not obj.is_pressing or deadlines.reached(obj, deadlines.MADE_SAFE):
        return
    if not change.notes:
        raise _stays_open(change, _("a note has to say why it can be resolved, or `made_safe` has to be recorded first"))
    if SAYS_NO_ACCESS.search(change.notes) or _last_visit(change) == NO_ACCESS:
        raise _stays_open(change, _("nobody could get in, so nobody knows that it is safe; it stays open until `made_safe` is recorded"))


def _stays_open(change: Change, why: str) -> TransitionRefused:
    allowed = [to for to in transitions.moves(change.obj, change.roles, change.now) if to != Status.RESOLVED]
    told = {"reference": change.obj.reference, "why": why}
    return TransitionRefused(_("%(reference)s is an emergency: %(why)s.") % told, allowed)


def _last_visit(change: Change) -> str:
    """Return the last thing that was recorded of a visit."""
    rows = RequestUpdate.objects.filter(id=change.obj.pk, event=Event.MILESTONE).exclude(subject=deadlines.ACKNOWLEDGED)
    return rows.order_by("-history_id").values_list("subject", flat=True).first() or ""


def heed_dispute(change: Change) -> None:
    """Nobody is disconnected while a dispute of theirs is open, unless somebody says why."""
    obj = change.obj
    if change.notes or not would_disconnect(obj):
        return
    allowed = [to for to in transitions.moves(obj, change.roles, change.now) if to not in (Status.IN_PROGRESS, Status.RESOLVED)]
    told = _("%(reference)s would disconnect a customer who has an open dispute: a note has to say why.")
    raise TransitionRefused(told % {"reference": obj.reference}, allowed)


def would_disconnect(obj: ServiceRequest) -> bool:
    """Return whether going on would cut off somebody who has an open dispute."""
    return obj.request_type.effect == Effect.DISCONNECTION and disputes.do_not_disconnect(obj.customer_id)
