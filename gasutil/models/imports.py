"""Tables of requests that somebody has brought, kept until they are filed."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Imports(models.QuerySet["Import"]):
    """Tables that were brought."""

    def unconfirmed(self, now: dt.datetime) -> "Imports":
        """Return those that were brought more than a day ago and never filed."""
        return self.filter(confirmed_at=None, created_at__lt=now - dt.timedelta(days=1))


class Import(models.Model):
    """One table of requests. Its rows are forgotten when they are filed; the requests say it all."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    rows = models.JSONField(default=list)
    number = models.PositiveIntegerField(help_text="How many rows it had.")
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = Imports.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename
