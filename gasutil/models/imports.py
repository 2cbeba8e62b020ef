"""Imports: tables of requests, stored until they are confirmed."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Imports(models.QuerySet["Import"]):
    """Imports, confirmed or not."""

    def unconfirmed(self, now: dt.datetime) -> "Imports":
        """Return the drafts of more than a day ago."""
        return self.filter(confirmed_at=None, created_at__lt=now - dt.timedelta(days=1))


class Import(models.Model):
    """One table of requests. Its rows are deleted when it is confirmed: then they are requests."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    rows = models.JSONField(default=list)
    number = models.PositiveIntegerField(help_text="The number of exported rows.")
    source = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="The format, sheet, columns and row numbers of the file.",
    )
    result = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text=(
            "The result of the last validation: its time, the errors and the first valid rows."
            " Empty before the first validation."
        ),
    )
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = Imports.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename

    @property
    def numbered_rows(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the rows, each with its number in the sheet.

        Those of the previous release count from 1.
        """
        return list(
            zip(self.source.get("numbers") or range(1, len(self.rows) + 1), self.rows, strict=True)
        )

    @property
    def column_letters(self) -> dict[str, str]:
        """Return the letters of each column in the sheet, by its name."""
        return {name: letters for letters, name, _title in self.source.get("columns", [])}
