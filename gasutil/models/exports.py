"""What has been taken out of the desk as a file, by whom."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """One file of rows that somebody has taken away."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(max_length=64, help_text="The rows' model, by its name.")
    filters = models.TextField(blank=True, default="", help_text="What the list was narrowed by, as its address had it.")
    file_format = models.CharField(max_length=8)
    rows = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("export")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.what} #{self.pk}"
