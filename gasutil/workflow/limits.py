"""Limits on how often an account files requests and changes them.

They never reject an emergency, or a message on one.
"""

from collections.abc import Mapping
from typing import Any

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import NotAuthenticated, TooManyAttempts
from gasutil.identity import tracking
from gasutil.identity.throttling import RateLimit
from gasutil.models import Attachment, Priority, RequestUpdate, ServiceRequest
from gasutil.workflow import intake, messages

PERIOD_SECONDS = 10 * 60
REQUESTS = RateLimit("requests", "REQUEST_LIMIT", 60 * 60)
COMMENTS = RateLimit("comments", "COMMENT_LIMIT", PERIOD_SECONDS)  # with cancelling and reopening
UPLOADS = RateLimit("uploads", "UPLOAD_LIMIT", PERIOD_SECONDS)
# Everything that support does, and what has no limit of its own.
UPDATES = RateLimit("updates", "UPDATE_LIMIT", PERIOD_SECONDS)


def count_call(limit: RateLimit, actor: Actor, model: Any, arguments: Mapping[str, Any]) -> None:
    """Count a call of an account.

    Raise `TooManyAttempts` beyond the limit unless the call is about an emergency.

    `model` is that of the call's resource, and `arguments` are those of its verb.
    """
    limit = UPDATES if actor.is_staff else limit
    seconds_left = limit.seconds_left(actor.key)
    if seconds_left and not _is_about_emergency(actor, model, arguments):
        raise TooManyAttempts(seconds_left)


def _is_about_emergency(actor: Actor, model: Any, arguments: Mapping[str, Any]) -> bool:
    """Return whether a call creates an emergency, turns a request into one, or concerns one.

    Raise `NotFound` for an unknown request.
    """
    if arguments.get("priority") == Priority.EMERGENCY or intake.is_emergency_type(
        actor, arguments.get("request_type")
    ):
        return True
    if "tracking_token" in arguments:
        obj = _tracked_request(arguments["tracking_token"])
    else:
        obj = _request_of(actor, model, arguments)
    return obj is not None and messages.is_emergency_report(obj)


def _request_of(actor: Actor, model: Any, arguments: Mapping[str, Any]) -> ServiceRequest | None:
    if model is Attachment and "pk" in arguments:
        return access.find(actor, Attachment, arguments["pk"]).service_request
    pk = arguments.get("service_request" if model is RequestUpdate else "pk")
    return (
        access.find(actor, ServiceRequest, pk)
        if model in (ServiceRequest, RequestUpdate) and pk is not None
        else None
    )


def _tracked_request(token: str) -> ServiceRequest | None:
    """Return the request of a genuine tracking token, which its holder may know."""
    try:
        claims = tracking.read_claims(token)
    except NotAuthenticated:
        return None
    return ServiceRequest.objects.filter(pk=claims.request_id).first()
