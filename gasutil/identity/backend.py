"""Check a user and a password, for the API and the console alike, and count before checking."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from gasutil.identity.throttling import Limit
from gasutil.models import User

PAIR = Limit("login-pair", "LOGIN_LIMIT_PAIR", 5 * 60)
ADDRESS = Limit("login-address", "LOGIN_LIMIT_ADDRESS", 5 * 60)


class ThrottledBackend(ModelBackend):
    """Django's own backend behind two limits on failures: of a user and an address together, and of an address."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the user whose name and password these are; raise `TooManyAttempts` over a limit."""
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        address = request.META.get("REMOTE_ADDR", "")  # none on a Unix socket
        pair = (username.lower(), address)
        ADDRESS.count(address)
        PAIR.count(*pair)
        user = super().authenticate(request, username, password, **kwargs)
        if user is not None:
            ADDRESS.forgive(address)
            PAIR.forgive(*pair)
        return user
