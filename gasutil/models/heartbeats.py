"""Heartbeats of the processes beside the server."""

import datetime as dt

from django.db import models
from django.utils import timezone

WORKER = "worker"
ESCALATION = "escalation"
WEBHOOKS = "webhooks"
TIDY = "tidy"


class Heartbeats(models.QuerySet["Heartbeat"]):
    """The time of the last heartbeat of a process."""

    def beat(self, name: str) -> None:
        """Record a heartbeat."""
        self.update_or_create(name=name, defaults={"beat_at": timezone.now()})

    def alive(self, name: str, within: dt.timedelta) -> bool:
        """Return whether the last heartbeat is recent."""
        return self.filter(name=name, beat_at__gte=timezone.now() - within).exists()


class Heartbeat(models.Model):
    """The time of the last heartbeat of a process."""

    name = models.CharField(max_length=32, primary_key=True)
    beat_at = models.DateTimeField()

    objects = Heartbeats.as_manager()

    def __str__(self) -> str:
        return self.name
