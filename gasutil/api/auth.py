"""Who calls: the access token of the `Authorization` header, and whether its role may make this call at all."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.identity import logins


class Bearer(HttpBearer):
    """Find the actor of a call, and refuse the roles that may never make it before their body is read."""

    def __init__(self, allowed: frozenset[Role]) -> None:
        super().__init__()
        self.allowed = allowed

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return who calls; raise `NotAuthenticated` or `NotAllowed`."""
        actor = Actor(logins.whose(token))
        access.require(actor, self.allowed)
        return actor


def caller(request: HttpRequest) -> Actor:
    """Return who makes a call: a stranger where the call asks for no token."""
    actor = getattr(request, "auth", None)
    return actor if isinstance(actor, Actor) else access.STRANGER


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return what a verb may ask for by name beside what was sent."""
    return {"actor": caller(request), "request": request, "address_of_caller": request.META.get("REMOTE_ADDR", "")}
