"""Erasures of people's data: asked for, undone or done."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ErasureReason(models.TextChoices):
    """Why a person's data are erased; a choice, so that the register has no free text."""

    OWN = "own", _("The person asked for it in their account")
    ASKED = "asked", _("The person asked support for it")
    ENDED = "ended", _("The data are no longer needed")
    ORDERED = "ordered", _("A court or an authority ordered it")


class Erasures(models.QuerySet["Erasure"]):
    """Erasures."""

    def waiting(self) -> "Erasures":
        """Filter to those that are neither done nor undone."""
        return self.filter(undone_at=None, erased_at=None)

    def due(self, now: dt.datetime) -> "Erasures":
        """Filter to the waiting ones whose time to undo is over."""
        return self.waiting().filter(not_before__lte=now)


class Erasure(models.Model):
    """The erasure of one person's data."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="erasures")
    reason = models.CharField(max_length=16, choices=ErasureReason)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(help_text="Until then it can be undone.")
    undone_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = Erasures.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("erase_customer", "Can erase customers")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(undone_at=None), name="one_erasure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reason}"
