"""Authentication by the access token of the `Authorization` header, and the check of the role."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.errors import DeskError
from gasutil.identity import logins, machine_keys, second_factor, tracking
from gasutil.languages import activate_profile_language
from gasutil.models import Channel, MachineScope


class Bearer(HttpBearer):
    """Authenticate a call, and reject the roles that may never make it before the body is read."""

    def __init__(self, allowed: frozenset[Role], scope: MachineScope | None = None) -> None:
        super().__init__()
        self.allowed, self.scope = allowed, scope

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return the actor of the token; raise `NotAuthenticated` or `NotAllowed`."""
        actor = actor_of_token(request, token)
        if actor.user is not None:
            activate_profile_language(request, actor.user.language)
        _require_enrolment(request, actor)
        request.auth = actor  # type: ignore[attr-defined]  # for the security log, if this call is denied
        access.require_scope(actor, self.scope)
        access.require(actor, self.allowed)
        return actor


def _require_enrolment(request: HttpRequest, actor: Actor) -> None:
    """Raise `EnrolmentRequired` for users who must set up a second factor first.

    Calls that do so are allowed, and reporters with a tracking token need none.
    """
    if actor.user is None or actor.request_id is not None:
        return
    if second_factor.ENROLMENT_PATH not in request.path:
        second_factor.require_enrolment(actor.user)


def actor_of_token(request: HttpRequest, token: str) -> Actor:
    """Return the user of an access token, the reporter of a tracking token, or a machine account.

    Raise `NotAuthenticated`.
    """
    if machine_keys.is_key(token):
        key = machine_keys.read_key(token, request.META.get("REMOTE_ADDR", ""))
        return Actor(None, Channel.INTEGRATION, machine=key.account)
    if tracking.is_tracking_token(token):
        user, claims = tracking.read_tracking_token(token)
        return Actor(user, request_id=claims.request_id)
    user, login_id = logins.read_access(token)
    return Actor(user, login_id=login_id)


def use_language_of_token(request: HttpRequest) -> None:
    """Use the language of the caller's account on a public call, where a token is not needed."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or machine_keys.is_key(token):
        return
    with suppress(DeskError):
        user = actor_of_token(request, token.strip()).user
        activate_profile_language(request, user.language if user else "")


def caller(request: HttpRequest) -> Actor:
    """Return the actor of a call; an anonymous one for a public call."""
    actor = getattr(request, "auth", None)
    return actor if isinstance(actor, Actor) else access.STRANGER


def injected_arguments(request: HttpRequest) -> dict[str, Any]:
    """Return the arguments that a verb can ask for by name, besides the fields of the body."""
    return {
        "actor": caller(request),
        "request": request,
        "invalid_fields": getattr(request, "invalid_fields", frozenset()),
        "address_of_caller": request.META.get("REMOTE_ADDR", ""),
    }
