"""Check a user and a password, for the API and the console alike, and count before checking."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from gasutil.errors import TooManyAttempts
from gasutil.identity.security_log import failures_recorded, record_event
from gasutil.identity.throttling import RateLimit
from gasutil.models import Erasure, SecurityEventType, SecurityOutcome, User, UserType
from gasutil.models.identifiers import email_key, username_key

PAIR_LIMIT = RateLimit("login-pair", "LOGIN_LIMIT_PAIR", 5 * 60)
LOGIN_ADDRESS_LIMIT = RateLimit("login-address", "LOGIN_LIMIT_ADDRESS", 5 * 60)


class ThrottledBackend(ModelBackend):
    """Django's own backend behind two limits on failures.

    One limit is of a user and an address together, the other of an address.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user whose name and password these are.

        Raise `TooManyAttempts` over a limit.
        """
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        address = request.META.get("REMOTE_ADDR", "")  # none on a Unix socket
        pair = (username_key(username), address)
        known = find_by_login(username)
        with failures_recorded(
            SecurityEventType.LOGIN, user=known, username=username, request=request
        ):
            _count(pair)
        user = super().authenticate(
            request, known.username if known else username, password, **kwargs
        )
        if user is not None:
            LOGIN_ADDRESS_LIMIT.forgive(address)
            PAIR_LIMIT.forgive(*pair)
        else:
            record_event(
                SecurityEventType.LOGIN,
                SecurityOutcome.FAILURE,
                user=known,
                username=username,
                request=request,
                reason=_reason(known),
            )
        return user

    def user_can_authenticate(self, user: Any) -> bool:
        """Return whether an account can log in; an unclaimed customer never can.

        Nor can a customer whose erasure was requested: only the mailed link undoes it.
        """
        can: bool = super().user_can_authenticate(user) and not user.is_unclaimed
        if not can or user.user_type != UserType.CUSTOMER:  # the staff are not erased: no query
            return can
        return not Erasure.objects.waiting().filter(user=user).exists()


def _count(pair: tuple[str, str]) -> None:
    """Count an attempt; raise `TooManyAttempts`.

    One that is rejected for one user doesn't count against everyone at the address.
    """
    PAIR_LIMIT.count(*pair)
    try:
        LOGIN_ADDRESS_LIMIT.count(pair[1])
    except TooManyAttempts:
        PAIR_LIMIT.forgive(*pair)
        LOGIN_ADDRESS_LIMIT.forgive(pair[1])
        raise


def _reason(user: User | None) -> str:
    """Return the reason why a login failed, which the caller does not learn."""
    if user is None:
        return "unknown user"
    return "wrong password" if user.is_active else "deactivated"


def find_by_login(text: str) -> User | None:
    """Return the user whom a login names.

    It names them by a confirmed email address, or else by the user name, in any letter case.
    """
    name = text.strip()
    if "@" in name and (user := User.objects.filter(_confirmed(email_key(name))).first()):
        return user
    return (
        User.objects.filter(username=name).first()
        or User.objects.filter(username_key=username_key(name)).first()
    )


def _confirmed(key: str) -> Q:
    return Q(email_key=key, email_confirmed=True) | Q(
        previous_email_key=key, previous_confirmed=True
    )
