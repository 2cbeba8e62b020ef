"""Exports: who exported which rows."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """One exported file."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(max_length=64, help_text="The name of the exported model.")
    filters = models.TextField(
        blank=True, default="", help_text="The filters of the list, as in its URL."
    )
    file_format = models.CharField(max_length=8)
    rows = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("export")
        ordering = ["-id"]

    def __str__(self) -> str:
        return gettext("Export %(number)d") % {"number": self.pk}
