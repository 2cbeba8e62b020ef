"""Open requests of an earlier release whose clocks an upgrade has started.

In that release, request types had no limits.
"""

from django.db import models
from django.utils import timezone


class Backlog(models.Model):
    """The requests of one upgrade; the supervisors are notified of all of them together."""

    started_at = models.DateTimeField(
        default=timezone.now, help_text="The deadlines count from this time."
    )
    emergencies = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)
    notified_at = models.DateTimeField(
        null=True,
        help_text="The time when supervisors were notified. Empty while more requests may follow.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.emergencies + self.others} requests"
