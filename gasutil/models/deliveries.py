"""Deliveries: each notification is a row, from its planning until it is sent or given up."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.service_requests import RequestUpdate, ServiceRequest
from gasutil.models.vocabulary import Notice
from gasutil.models.webhooks import Webhook


class DeliveryChannel(models.TextChoices):
    """The channel of a delivery."""

    MAIL = "mail", _("Email")
    WEBHOOK = "webhook", _("Webhook")


class DeliveryState(models.TextChoices):
    """The state of a delivery."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Retrying")
    GIVEN_UP = "given_up", _("Failed")
    SKIPPED = "skipped", _("Not sent")


UNFINISHED = (DeliveryState.WAITING, DeliveryState.FAILED)


class WhyNot(models.TextChoices):
    """Why a delivery is not sent; `Delivery.last_error` holds one of these where it is skipped."""

    MUTED = "muted", _("The recipient turned off these emails.")
    NO_ADDRESS = "no_address", _("The recipient has no email address.")
    UNCONFIRMED = "unconfirmed", _("The email address is not confirmed.")
    INACTIVE = "inactive", _("The account is deactivated.")
    NOT_THEIRS = "not_theirs", _("The recipient can no longer see this request.")
    NO_REPORTS = "no_reports", _("The recipient can no longer read reports.")
    NOT_SUBSCRIBED = "not_subscribed", _("The webhook no longer subscribes to this event.")
    REMOVED = "removed", _("The webhook was deleted.")
    TOO_OLD = "too_old", _("The message waited too long.")
    REPEATED = "repeated", _("A newer escalation replaced this one.")
    NOT_NEEDED = "not_needed", _("The message is no longer needed.")
    SANDBOX = "sandbox", _("This is a sandbox. No messages are sent.")


class Deliveries(models.QuerySet["Delivery"]):
    """Deliveries."""

    def due(self, now: dt.datetime) -> "Deliveries":
        """Filter to those that are due."""
        return self.filter(state__in=UNFINISHED, next_at__lte=now)

    def expired(self, now: dt.datetime) -> "Deliveries":
        """Filter to the finished ones whose retention is over."""
        return self.filter(created_at__lt=now - dt.timedelta(days=settings.DELIVERY_DAYS)).exclude(
            state__in=UNFINISHED
        )


class Delivery(models.Model):
    """One notification to one recipient by one channel; at most one for each history row.

    While a worker sends it, `next_at` is the end of its lease: other workers skip it until then.
    Its text is written when it is sent, so no secret is stored here.
    """

    key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="The same in every attempt."
    )
    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, related_name="deliveries"
    )
    update = models.ForeignKey(
        RequestUpdate, models.PROTECT, null=True, related_name="deliveries", db_index=False
    )
    channel = models.CharField(max_length=16, choices=DeliveryChannel)
    notice = models.CharField(max_length=32, choices=Notice, blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="deliveries"
    )
    webhook = models.ForeignKey(Webhook, models.SET_NULL, null=True, related_name="deliveries")
    address = models.CharField(
        max_length=500, blank=True, default="", help_text="As it was when it was last used."
    )
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    sendings = models.PositiveSmallIntegerField(
        default=1, help_text="Counts how often the message was sent again."
    )
    resent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("resent by"),
    )
    next_at = models.DateTimeField(_("next attempt"), null=True, default=timezone.now)
    last_error = models.TextField(
        blank=True,
        default="",
        help_text="The last error, or the reason why the message is not sent.",
    )
    task_id = models.UUIDField(
        null=True, editable=False, help_text="The ID of the task that sends the message."
    )
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    objects = Deliveries.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("resend_delivery", "Can have deliveries sent again")]
        constraints = [
            models.UniqueConstraint(fields=["update", "channel", "user"], name="delivery_once"),
            models.UniqueConstraint(fields=["update", "webhook"], name="delivery_webhook_once"),
        ]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["state", "-id"], name="delivery_state"),
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=["waiting", "failed"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["given_up_at"],
                condition=Q(given_up_at__isnull=False),
                name="delivery_given_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_notice_display() or self.get_channel_display()}: {self.recipient}"

    @property
    def recipient(self) -> str:
        """Return the name of the recipient; the URL of a webhook may contain secrets."""
        if self.channel == DeliveryChannel.WEBHOOK:
            return str(self.webhook or _("deleted webhook"))
        return str(self.user or self.address)

    @property
    def why(self) -> str:
        """Return in words what went wrong, or why it is not sent."""
        return (
            str(WhyNot(self.last_error).label)
            if self.last_error in WhyNot.values
            else self.last_error
        )
