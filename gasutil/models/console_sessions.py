"""The console's sessions by user.

Django's own table stores the sessions, and does not know whose they are.
"""

import datetime as dt

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from gasutil.models.accounts import User
from gasutil.models.logins import USER_AGENT_LENGTH


class ConsoleSessions(models.QuerySet["ConsoleSession"]):
    """The console's sessions."""

    def active(self, now: dt.datetime) -> "ConsoleSessions":
        """Return the sessions that are stored and within both timeouts."""
        return self.filter(
            Exists(
                Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
            ),
            created_at__gt=now - dt.timedelta(hours=settings.CONSOLE_SESSION_HOURS),
            last_used_at__gt=now - dt.timedelta(minutes=settings.CONSOLE_IDLE_MINUTES),
        )

    def of(self, user: User, now: dt.datetime) -> "ConsoleSessions":
        """Return the active sessions of a user: those of an earlier password have ended."""
        return self.active(now).filter(user=user, auth_hash__in=user.session_hashes)

    def orphans(self) -> "ConsoleSessions":
        """Return the rows whose session is no longer stored."""
        return self.filter(~Exists(Session.objects.filter(session_key=OuterRef("session_key"))))


class ConsoleSession(models.Model):
    """One session of the console: whose it is, and where it was opened."""

    session_key = models.CharField(max_length=40)
    user = models.ForeignKey(User, models.CASCADE, related_name="console_sessions")
    auth_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=USER_AGENT_LENGTH, blank=True, default="")

    objects = ConsoleSessions.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session_key"], name="console_session_once")]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at:%Y-%m-%d %H:%M}"
