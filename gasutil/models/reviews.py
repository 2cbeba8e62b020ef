"""Reviews: managers sign off emergencies and missed deadlines after these are closed."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.service_requests import ServiceRequest


class ReviewReason(models.TextChoices):
    """Why a closed request is reviewed."""

    EMERGENCY = "emergency", _("Emergency")
    FORMER_EMERGENCY = "former_emergency", _("Was an emergency")
    BREACH = "breach", _("Deadline missed")


class ReviewOutcome(models.TextChoices):
    """How a review ended."""

    OPEN = "open", _("Open")
    REVIEWED = "reviewed", _("Reviewed")
    RETURNED = "returned", _("Returned for work")
    REOPENED = "reopened", _("Reopened before a review")


class Reviews(models.QuerySet["Review"]):
    """Reviews."""

    def waiting(self) -> "Reviews":
        """Filter to those that wait for a manager."""
        return self.filter(outcome=ReviewOutcome.OPEN)

    def overdue(self, now: dt.datetime) -> "Reviews":
        """Filter to those that wait past their deadline."""
        return self.waiting().filter(due_at__lt=now)


class Review(models.Model):
    """One review of a request. A request that is closed again is reviewed again.

    The comment and its author are in the history of the request. It changes through the verbs of
    `workflow` only.
    """

    service_request = models.ForeignKey(
        ServiceRequest, models.CASCADE, related_name="reviews", db_index=False
    )
    round = models.PositiveIntegerField(help_text="1 for the first review of the request.")
    reason = models.CharField(max_length=32, choices=ReviewReason)
    opened_at = models.DateTimeField(
        default=timezone.now, help_text="When the closing of the request was recorded."
    )
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=ReviewOutcome, default=ReviewOutcome.OPEN)
    ended_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    is_own_work = models.BooleanField(
        default=False,
        help_text="Whether the reviewer worked on the request, because no one else could review.",
    )

    objects = Reviews.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        default_permissions = ("view",)
        permissions = [("review_servicerequest", "Can review closed requests")]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "round"], name="review_round"),
            models.UniqueConstraint(
                fields=["service_request"], condition=Q(outcome="open"), name="review_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(outcome="open"), name="review_due"),
            models.Index(fields=["outcome", "-ended_at", "-id"], name="review_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.service_request}"
