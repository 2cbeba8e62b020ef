"""The sessions of the console.

They end after a time without activity, and after a time in any case. Both times are in the session
itself, so that no page costs a query more for them. `ConsoleSession` has them as well, for the page
on which users see their sessions.
"""

import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from gasutil.identity import second_factor
from gasutil.identity.client import client_of
from gasutil.identity.security_log import record_event
from gasutil.models import ConsoleSession, SecurityEventType, User

# In the session: when it was opened and last used, in seconds since the epoch.
CLOCK = "console-clock"
# In the session: when the user last proved who they are, in seconds since the epoch.
CONFIRMED_AT = "identity-confirmed"
# The time of the last use is stored with a precision of a sixtieth of the idle timeout.
STEPS_PER_TIMEOUT = 60
IDLE, TOO_OLD = "idle", "too old"
BACKGROUND_HEADER = "Desk-Background"  # of calls that a page makes by itself
R = TypeVar("R")


def is_active(session: SessionBase) -> bool:
    """Return whether a user is logged in with a session."""
    return SESSION_KEY in session and not timeout_of(session)


def timeout_of(session: SessionBase) -> str:
    """Return the timeout that has ended a session.

    Empty if none has, or no one is logged in with it.
    """
    clock = session.get(CLOCK) if SESSION_KEY in session else None
    if clock is None:  # that of an older release starts with its next page
        return ""
    now = time.time()
    if now - clock["opened"] > settings.CONSOLE_SESSION_HOURS * 60 * 60:
        return TOO_OLD
    return IDLE if now - clock["used"] > settings.CONSOLE_IDLE_MINUTES * 60 else ""


def user_of(request: HttpRequest) -> User | None:
    """Return the user who is logged in to the console.

    This is for a call that does not count as activity of the user.
    """
    user = get_user(request) if is_active(request.session) else None
    if not isinstance(user, User) or not user.is_active:
        return None
    if CLOCK not in request.session:
        _store(request, user)
    return user


def background(view: Callable[..., R]) -> Callable[..., R]:
    """Mark a view that pages call by themselves, such as every minute.

    Its calls do not prolong a session.
    """

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> R:
        request.is_background = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return marked


def is_background(request: HttpRequest) -> bool:
    """Return whether a page makes a call by itself, without the user."""
    return getattr(request, "is_background", False) or BACKGROUND_HEADER in request.headers


# --- What moves the clock
# -----------------------------------------------------------------------------------------
def expire(request: HttpRequest, timeout: str) -> None:
    """End a session by a timeout: from now on, no one is logged in."""
    row = (
        ConsoleSession.objects.filter(session_key=request.session.session_key)
        .select_related("user")
        .first()
    )
    request.session.flush()
    if row is not None:
        row.delete()
        record_event(SecurityEventType.SESSION_END, user=row.user, request=request, reason=timeout)


def after_request(request: HttpRequest, key: str | None) -> None:
    """Store that a session has been used.

    `key` is its key from before the request, if a user was logged in.
    """
    session = request.session
    if not session.accessed or SESSION_KEY not in session:
        return
    if CLOCK not in session:
        user = get_user(request)
        if isinstance(user, User):
            start_session(request, user)
    elif key and key != session.session_key:  # a password change gives the session a new one
        changed = {"session_key": session.session_key, "auth_hash": session[HASH_SESSION_KEY]}
        ConsoleSession.objects.filter(session_key=key).update(**changed)
    elif (
        not is_background(request)
        and time.time() - session[CLOCK]["used"]
        >= settings.CONSOLE_IDLE_MINUTES * 60 / STEPS_PER_TIMEOUT
    ):
        session[CLOCK] = {**session[CLOCK], "used": time.time()}
        ConsoleSession.objects.filter(session_key=key).update(last_used_at=timezone.now())


def start_session(request: HttpRequest, user: User) -> None:
    """Start the clock of a session."""
    now = time.time()
    request.session[CLOCK] = {"opened": now, "used": now}
    if request.session.session_key is None:  # of a new session that was never saved
        request.session.save()
    _store(request, user)


def _store(request: HttpRequest, user: User) -> None:
    now = timezone.now()
    about = {
        "user": user,
        "auth_hash": request.session[HASH_SESSION_KEY],
        "created_at": now,
        "last_used_at": now,
    }
    ConsoleSession.objects.update_or_create(
        session_key=request.session.session_key, defaults=about | client_of(request)._asdict()
    )


# Django sends these signals for each login and logout, whatever view does it.


@receiver(user_logged_in, dispatch_uid="gasutil.login")
def after_login(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the session's clock, and record the login."""
    second_factor.start_period(user)
    remember_confirmation(request.session)
    start_session(request, user)
    record_event(SecurityEventType.LOGIN, user=user, request=request)


@receiver(user_logged_out, dispatch_uid="gasutil.logout")
def after_logout(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Forget the session, and record the logout."""
    ConsoleSession.objects.filter(session_key=request.session.session_key).delete()
    if user is not None:
        record_event(SecurityEventType.LOGOUT, user=user, request=request)


def remember_confirmation(session: SessionBase) -> None:
    """Store that the user of a session has just proved who they are."""
    session[CONFIRMED_AT] = time.time()


# --- Sessions elsewhere
# -------------------------------------------------------------------------------------------
def active_sessions(keys: Collection[str]) -> dict[str, User]:
    """Return the users of those of some sessions that are active."""
    rows = (
        ConsoleSession.objects.active(timezone.now())
        .filter(session_key__in=keys)
        .select_related("user")
    )
    return {
        row.session_key: row.user
        for row in rows
        if row.user.is_active and row.auth_hash in row.user.session_hashes
    }


def delete_sessions(rows: "QuerySet[ConsoleSession]") -> int:
    """Delete sessions, so that their next request finds no one logged in.

    Return how many there were.
    """
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ConsoleSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
