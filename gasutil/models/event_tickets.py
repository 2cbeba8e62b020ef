"""Tickets with which a browser opens the event stream."""

import datetime as dt

from django.db import models

from gasutil.models.logins import Login
from gasutil.models.machines import MachineKey


class EventTickets(models.QuerySet["EventTicket"]):
    """Tickets."""

    def expired(self, now: dt.datetime) -> "EventTickets":
        """Filter to those that can't be used any more."""
        return self.filter(expires_at__lt=now)


class EventTicket(models.Model):
    """A ticket that opens one stream, of which only a digest is stored.

    It belongs to the login, the key of a machine account, or the tracking token that created it. It
    is deleted when it is used.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the ticket.")
    login = models.ForeignKey(Login, models.CASCADE, null=True, related_name="+")
    machine_key = models.ForeignKey(MachineKey, models.CASCADE, null=True, related_name="+")
    expires_at = models.DateTimeField(db_index=True)
    stream_ends_at = models.DateTimeField(
        help_text="When the access token or the key expires that created the ticket."
    )
    tracked_request = models.BigIntegerField(
        null=True, help_text="The request of a tracking token."
    )
    tracked_customer = models.BigIntegerField(null=True, help_text="Its unclaimed customer.")

    objects = EventTickets.as_manager()

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M:%S}"
