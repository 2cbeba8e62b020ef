"""The verbs with which users end their own logins of the API and sessions of the console."""

from django.utils import timezone

from gasutil import access
from gasutil.access import ANY_ACCOUNT, Actor
from gasutil.errors import NotFound
from gasutil.identity import sessions
from gasutil.identity.security_log import record_event
from gasutil.models import ConsoleSession, Login, SecurityEventType

REASON = "ended by the user"


def delete(pk: int, *, actor: Actor) -> None:
    """End one of the user's own logins. Its tokens are no longer accepted."""
    access.require(actor, ANY_ACCOUNT)
    login = access.find(actor, Login, pk, by="number")
    if Login.objects.filter(pk=login.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record_event(SecurityEventType.SESSION_END, user=actor.user, login=pk, reason=REASON)


def delete_session(pk: int, *, actor: Actor) -> None:
    """End a session of the user: its next page asks to log in."""
    rows = ConsoleSession.objects.of(actor.person, timezone.now()).filter(pk=pk)
    if not sessions.delete_sessions(rows):
        raise NotFound
    record_event(SecurityEventType.SESSION_END, user=actor.user, session=pk, reason=REASON)


def delete_others(*, actor: Actor, session_key: str) -> int:
    """End all sessions and logins of the user but this session; return how many."""
    now = timezone.now()
    count = sessions.delete_sessions(
        ConsoleSession.objects.of(actor.person, now).exclude(session_key=session_key)
    )
    count += Login.objects.active(actor.person, now).update(revoked_at=now)
    if count:
        record_event(SecurityEventType.SESSION_END, user=actor.user, number=count, reason=REASON)
    return count
