"""Reviews of who has access: when, by whom, and of which list."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.append_only import AppendOnlyRow


class AccessReview(AppendOnlyRow):
    """One review of the access list. It is never changed or deleted.

    `digest` says which list was reviewed: it is that of the accounts and their rights, without the
    times of their last logins.
    """

    reviewed_at = models.DateTimeField(default=timezone.now, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", db_index=False
    )
    comment = models.TextField()
    accounts = models.PositiveIntegerField(help_text="Active accounts of the staff.")
    superusers = models.PositiveIntegerField(help_text="Of these, superusers.")
    without_second_factor = models.PositiveIntegerField(
        help_text="Of these, those whose login needs the password alone."
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the list, in hexadecimal.")

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        ordering = ["-id"]
        default_permissions = ("add", "view")

    def __str__(self) -> str:
        return f"Access review #{self.pk}"
