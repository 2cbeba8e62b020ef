"""Checks of a move beyond the table of transitions.

They cover an emergency that is not known to be safe, and a dispute that is open.
"""

from django.utils.translation import gettext as _

from gasutil import access, deadlines, disputes
from gasutil.errors import Conflict, TransitionRefused
from gasutil.models import Effect, Event, RequestUpdate, ServiceRequest, Status
from gasutil.visible_text import has_words
from gasutil.workflow import transitions
from gasutil.workflow.change import Change

NO_ACCESS, NOT_A_LEAK = "no_access", "not_a_leak"
SAFE = (deadlines.MADE_SAFE, NOT_A_LEAK)
OUTCOMES = (*SAFE, NO_ACCESS)


def last_outcome(obj: ServiceRequest) -> str:
    """Return the last outcome by the time at which it happened, or "" if none was recorded.

    Only outcomes since the request was filed, became an emergency or was reopened count.
    """
    began, _at = deadlines.round_of(obj)
    rows = RequestUpdate.objects.filter(
        id=obj.pk, event=Event.MILESTONE, subject__in=OUTCOMES, history_id__gt=began
    )
    newest = rows.order_by(deadlines.HAPPENED_AT.desc(), "-history_id")
    return newest.values_list("subject", flat=True).first() or ""


def is_safe(obj: ServiceRequest) -> bool:
    """Return whether the last outcome of an emergency means that there is no danger."""
    return last_outcome(obj) in SAFE


def require_safety(change: Change) -> None:
    """Require an outcome of an emergency that is resolved, or notes.

    Notes are enough only where no outcome has been recorded.
    """
    obj = change.obj
    if not obj.is_pressing:
        return
    outcome = last_outcome(obj)
    if outcome != deadlines.MADE_SAFE:
        access.require_person(change.actor)
    if outcome == NO_ACCESS:
        raise _stays_open(
            change, _("no one could get in. Record `made_safe` or `not_a_leak` first")
        )
    if not outcome and not has_words(change.notes):
        raise _stays_open(
            change,
            _(
                "record `made_safe` or `not_a_leak` first, or add notes that explain why it can be"
                " resolved"
            ),
        )


def _stays_open(change: Change, why: str) -> TransitionRefused:
    allowed = [
        to
        for to in transitions.moves(change.obj, change.roles, change.now)
        if to != Status.RESOLVED
    ]
    names = {"reference": change.obj.reference, "why": why}
    return TransitionRefused(_("%(reference)s is an emergency: %(why)s.") % names, allowed)


def require_reason(change: Change) -> None:
    """Require a person and notes with words for cancelling, lowering or reclassifying an emergency.

    Supervisors are sent the notes.
    """
    if change.obj.is_pressing:
        access.require_person(change.actor)
    if change.obj.is_pressing and not has_words(change.notes):
        text = _(
            "%(reference)s is an emergency. Add notes that explain why you are doing this."
            " Supervisors are notified."
        )
        raise Conflict(text % {"reference": change.obj.reference})


def check_no_open_dispute(change: Change) -> None:
    """Raise `TransitionRefused` for disconnecting a customer who has an open dispute.

    A change whose notes give a reason is allowed.
    """
    obj = change.obj
    if change.notes or not would_disconnect(obj):
        return
    allowed = [
        to
        for to in transitions.moves(obj, change.roles, change.now)
        if to not in (Status.IN_PROGRESS, Status.RESOLVED)
    ]
    message = _(
        "The customer of %(reference)s has an open dispute. Add a note that explains why to"
        " disconnect them."
    )
    raise TransitionRefused(message % {"reference": obj.reference}, allowed)


def would_disconnect(obj: ServiceRequest) -> bool:
    """Return whether a change would disconnect a customer who has an open dispute."""
    return obj.request_type.effect == Effect.DISCONNECTION and disputes.do_not_disconnect(
        obj.customer_id
    )
