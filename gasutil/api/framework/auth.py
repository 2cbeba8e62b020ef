"""Authentication by the access token of the `Authorization` header, and the check of the role."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.identity import logins


class Bearer(HttpBearer):
    """Authenticate a call, and reject the roles that may never make it before the body is read."""

    def __init__(self, allowed: frozenset[Role]) -> None:
        super().__init__()
        self.allowed = allowed

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return the actor of the token; raise `NotAuthenticated` or `NotAllowed`."""
        user, login_id = logins.read_access(token)
        actor = Actor(user, login_id=login_id)
        request.auth = actor  # type: ignore[attr-defined]  # for the security log, if this call is denied
        access.require(actor, self.allowed)
        return actor


def caller(request: HttpRequest) -> Actor:
    """Return the actor of a call; an anonymous one for a public call."""
    actor = getattr(request, "auth", None)
    return actor if isinstance(actor, Actor) else access.STRANGER


def injected_arguments(request: HttpRequest) -> dict[str, Any]:
    """Return the arguments that a verb can ask for by name, besides the fields of the body."""
    return {
        "actor": caller(request),
        "request": request,
        "address_of_caller": request.META.get("REMOTE_ADDR", ""),
    }
