"""Signs of life of what runs beside the server."""

import datetime as dt

from django.db import models
from django.utils import timezone

WORKER = "worker"
ESCALATION = "escalation"
WEBHOOKS = "webhooks"
TIDY = "tidy"


class Heartbeats(models.QuerySet["Heartbeat"]):
    """When something was last seen at work."""

    def beat(self, name: str) -> None:
        """Note that something is at work now."""
        self.update_or_create(name=name, defaults={"beat_at": timezone.now()})

    def alive(self, name: str, within: dt.timedelta) -> bool:
        """Return whether something was at work a short while ago."""
        return self.filter(name=name, beat_at__gte=timezone.now() - within).exists()


class Heartbeat(models.Model):
    """When something was last seen at work."""

    name = models.CharField(max_length=32, primary_key=True)
    beat_at = models.DateTimeField()

    objects = Heartbeats.as_manager()

    def __str__(self) -> str:
        return self.name
