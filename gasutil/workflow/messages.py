"""The effects of a message of a request's owner on the request.

A message is a comment or a file. Another effect is whether the customer waits for a reply.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from gasutil.access import Role
from gasutil.errors import RequestClosed
from gasutil.models import OPEN_STATUSES, Event, RequestType, ServiceRequest, Status
from gasutil.workflow import guards, transitions
from gasutil.workflow.change import Change, LogEvent


def receive_message(change: Change) -> bool:
    """Resume or reopen the request if the message of its owner does so.

    Return whether the message is only stored.

    Raises `RequestClosed` for the owner's message on a request that is closed
    permanently. For an emergency, the message is stored first: the caller raises the error itself,
    by `refuse_if_closed`, after the transaction.
    """
    obj = change.obj
    if Role.OWNER not in change.roles:
        return False
    move = transitions.move_by_message(obj, change.roles, change.now)
    if move is not None:
        to, way = move
        if way.verb == "reopen" or not guards.would_disconnect(obj):
            obj.status, obj.resolved_at = to, None
        return False
    if obj.status in OPEN_STATUSES:
        return False
    if not is_emergency_report(obj):
        raise _closed(obj)
    return True


def refuse_if_closed(obj: ServiceRequest, roles: Iterable[Role]) -> None:
    """Raise `RequestClosed` if the owner's message on this request has only been stored."""
    if is_only_stored(obj, roles):
        raise _closed(obj)


def is_only_stored(obj: ServiceRequest, roles: Iterable[Role]) -> bool:
    """Return whether the owner's message could not reopen this request."""
    return Role.OWNER in roles and obj.status not in OPEN_STATUSES


def is_emergency_report(obj: ServiceRequest) -> bool:
    """Return whether a request is an emergency, or is or was of an emergency type."""
    types = {obj.request_type_id, obj.answers_type}
    return obj.is_pressing or RequestType.objects.filter(code__in=types, is_emergency=True).exists()


def _closed(obj: ServiceRequest) -> RequestClosed:
    params = {"reference": obj.reference, "status": Status(obj.status).label.lower()}
    if not is_emergency_report(obj):
        return RequestClosed(
            _("%(reference)s is %(status)s and can't be reopened. Please file a new request.")
            % params
        )
    text = _(
        "%(reference)s is %(status)s and can't be reopened. We have passed your message on. If you"
        " need us now, file a new request."
    )
    return RequestClosed(text % params, obj.localised_safety_instructions)


def note_reply(change: Change, before: str, rows: Iterable[LogEvent]) -> None:
    """Update `customer_wrote_at`: when the customer last wrote, or None after a reply by staff.

    A comment, a file or a reopening by the owner sets it. A note of staff that the customer can
    see, a file of staff, and resolving or cancelling clear it; the system does neither.
    """
    obj = change.obj
    if obj.status != before and obj.status not in OPEN_STATUSES:
        obj.customer_wrote_at = None
    elif (
        Role.OWNER in change.roles and change.now != obj.created_at
    ):  # files of the filing itself are no reply
        if any(row.notes or row.event == Event.ATTACHED for row in rows) or obj.status != before:
            obj.customer_wrote_at = change.now
    elif Role.SUPPORT in change.roles and any(_is_reply(row) for row in rows):
        obj.customer_wrote_at = None


def _is_reply(row: LogEvent) -> bool:
    return not row.is_internal and bool(row.notes or row.event == Event.ATTACHED)
