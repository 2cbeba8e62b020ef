"""Subscriptions to reports, and the mails that were planned for them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.deliveries import Delivery
from gasutil.models.teams import Team


class ReportFrequency(models.TextChoices):
    """How often a report is mailed: once for each whole week or month."""

    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class ReportSubscription(models.Model):
    """A report that a manager receives by email, with its filters."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_subscriptions"
    )
    report = models.CharField(max_length=64)
    frequency = models.CharField(max_length=16, choices=ReportFrequency)
    request_type = models.CharField(max_length=64, blank=True, default="")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.report}: {self.user}"


class ReportMailing(models.Model):
    """The mail of a subscription about a period; one for each period."""

    subscription = models.ForeignKey(
        ReportSubscription, models.CASCADE, related_name="mailings", db_index=False
    )
    start = models.DateField()
    end = models.DateField(help_text="Exclusive.")
    delivery = models.OneToOneField(
        Delivery, models.SET_NULL, null=True, related_name="report_mailing"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscription", "start"], name="report_mailing_once")
        ]

    def __str__(self) -> str:
        return f"{self.subscription}: {self.start}"
