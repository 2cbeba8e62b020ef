"""Stored responses, returned again for the same `Idempotency-Key`."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class StoredResponses(models.QuerySet[Any]):
    """Stored responses."""

    def expired(self, now: dt.datetime) -> "StoredResponses":
        """Filter to those whose retention is over."""
        return self.filter(created_at__lt=now - dt.timedelta(hours=settings.IDEMPOTENCY_HOURS))


class StoredResponse(models.Model):
    """The first response to a call that had an `Idempotency-Key`."""

    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the path and the body.")
    status = models.PositiveSmallIntegerField(default=201, db_default=201)
    location = models.CharField(max_length=255, blank=True, default="")
    etag = models.CharField(max_length=32, blank=True, default="")
    answer = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = StoredResponses.as_manager()

    class Meta:
        abstract = True


class IdempotencyKey(StoredResponse):
    """The first response to a call of an account with a key."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False
    )  # the constraint's index finds it
    key = models.CharField(max_length=255)

    class Meta(StoredResponse.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_unique")
        ]

    def __str__(self) -> str:
        return self.key


class ReportKey(StoredResponse):
    """The first response to a call without an account with a key."""

    key = models.CharField(
        max_length=64,
        unique=True,
        help_text="A digest of the key, the IP address, the path and the body.",
    )

    class Meta(StoredResponse.Meta):
        pass

    def __str__(self) -> str:
        return self.key
