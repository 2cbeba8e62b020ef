"""Answers that have been given once and are given again to a client that asks the same again."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone


class IdempotencyKeys(models.QuerySet["IdempotencyKey"]):
    """Stored responses."""

    def expired(self, now: dt.datetime) -> "IdempotencyKeys":
        """Filter to those whose retention is over."""
        return self.filter(created_at__lt=now - dt.timedelta(hours=settings.IDEMPOTENCY_HOURS))


class IdempotencyKey(models.Model):
    """The first answer to a call that carried an `Idempotency-Key`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False
    )  # the constraint's index finds it
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the path and the body.")
    status = models.PositiveSmallIntegerField(default=201, db_default=201)
    location = models.CharField(max_length=255, blank=True, default="")
    etag = models.CharField(max_length=32, blank=True, default="")
    answer = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = IdempotencyKeys.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_unique")
        ]

    def __str__(self) -> str:
        return self.key
