"""The security log.

It says who signed in or tried to, and what they did to accounts, rights and customers' data.
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.append_only import AppendOnlyQuerySet, AppendOnlyRow
from gasutil.models.logins import USER_AGENT_LENGTH

USERNAME_LENGTH = 150


class SecurityEventType(models.TextChoices):
    """The events of the security log."""

    LOGIN = "login", _("Login")
    LOGOUT = "logout", _("Logout")
    SESSION_END = "session_end", _("Session ended")
    TOKEN_REUSE = "token_reuse", _("Refresh token reused")
    PASSWORD_CHANGE = "password_change", _("Password changed")
    PASSWORD_CHECK = "password_check", _("Password confirmed")
    PASSWORD_RESET_REQUEST = "password_reset_request", _("Password reset requested")
    PASSWORD_RESET = "password_reset", _("Password reset")
    SECOND_FACTOR = "second_factor", _("Second factor")
    EMAIL_CHANGE = "email_change", _("Email changed")
    EMAIL_CONFIRMATION = "email_confirmation", _("Email confirmed")
    EMAIL_UNDO = "email_undo", _("Email change undone")
    APPROVAL = "approval", _("Representative approved")
    APPROVAL_WITHDRAWAL = "approval_withdrawal", _("Approval withdrawn")
    RIGHTS_CHANGE = "rights_change", _("Account permissions changed")
    GROUP_CHANGE = "group_change", _("Group changed")
    ERASURE = "erasure", _("Erasure requested")
    ERASURE_UNDO = "erasure_undo", _("Erasure undone")
    EXPORT = "export", _("Export")
    CUSTOMERS_READ = "customers_read", _("Customer data read")
    ACCESS = "access", _("Access")


class SecurityOutcome(models.TextChoices):
    """The outcome of a security event."""

    SUCCESS = "success", _("Succeeded")
    FAILURE = "failure", _("Failed")
    LIMITED = "limited", _("Rate limited")
    DENIED = "denied", _("Denied")


class EntryPoint(models.TextChoices):
    """The entry point of a user."""

    API = "api", _("API")
    CONSOLE = "console", _("Console")
    LINK = "link", _("Emailed link")
    SYSTEM = "system", _("Command")


class SecurityEvents(AppendOnlyQuerySet):
    """The security log."""

    def expired(self, now: dt.datetime) -> "models.QuerySet[SecurityEvent]":
        """Return the rows that are older than `SECURITY_LOG_DAYS`.

        They can be deleted, as no others can.
        """
        return SecurityEvent._base_manager.filter(
            created_at__lt=now - dt.timedelta(days=settings.SECURITY_LOG_DAYS)
        )


class SecurityEvent(AppendOnlyRow):
    """One line of the security log.

    Nothing secret is stored: no password, no token, no key of a session.
    """

    created_at = models.DateTimeField(_("time"), default=timezone.now)
    event = models.CharField(_("event"), max_length=32, choices=SecurityEventType)
    outcome = models.CharField(_("outcome"), max_length=16, choices=SecurityOutcome)
    entry_point = models.CharField(_("entry point"), max_length=16, choices=EntryPoint)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="security_events",
        db_index=False,
        verbose_name=_("user"),
        help_text="The account that was used or attempted.",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The account that was changed, if it is not the user's own.",
    )
    username = models.CharField(
        max_length=USERNAME_LENGTH,
        blank=True,
        help_text=(
            "Only the first characters if no account has this username, because it may be a"
            " password."
        ),
    )
    username_digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="A keyed digest of a name that no account has, to search by.",
    )
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    user_agent = models.CharField(max_length=USER_AGENT_LENGTH, blank=True)
    details = models.JSONField(default=dict)

    objects = SecurityEvents.as_manager()  # type: ignore[misc]  # AppendOnlyRow has a manager of its own class

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("export_securityevent", "Can export sign-ins")]
        indexes = [
            models.Index(fields=["created_at"], name="security_event_time"),
            models.Index(fields=["user", "id"], name="security_event_user"),
            models.Index(fields=["account", "id"], name="security_event_account"),
            models.Index(fields=["ip", "id"], name="security_event_ip"),
            models.Index(fields=["event", "id"], name="security_event_event"),
            models.Index(fields=["outcome", "id"], name="security_event_outcome"),
            models.Index(
                fields=["username_digest", "id"],
                condition=~models.Q(username_digest=""),
                name="security_event_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.get_outcome_display()}"
