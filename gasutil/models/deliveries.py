"""What goes out to somebody, by mail or otherwise: each delivery is a row, from its planning until it has arrived or is given up."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.service_requests import RequestUpdate, ServiceRequest
from gasutil.models.vocabulary import Notice


class DeliveryChannel(models.TextChoices):
    """By what a delivery goes out."""

    MAIL = "mail", _("Mail")


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Trying again")
    GIVEN_UP = "given_up", _("Given up")
    SKIPPED = "skipped", _("Not sent")


UNFINISHED = (DeliveryState.WAITING, DeliveryState.FAILED)


class WhyNot(models.TextChoices):
    """Why a delivery is not sent; `Delivery.last_error` holds one of these where it is skipped."""

    MUTED = "muted", _("The recipient has turned these off.")
    NO_ADDRESS = "no_address", _("There is no address.")
    INACTIVE = "inactive", _("The account is deactivated.")
    NOT_THEIRS = "not_theirs", _("The recipient may no longer see this request.")


class Deliveries(models.QuerySet["Delivery"]):
    """What goes out."""

    def due(self, now: dt.datetime) -> "Deliveries":
        """Return those whose time has come."""
        return self.filter(state__in=UNFINISHED, next_at__lte=now)

    def expired(self, now: dt.datetime) -> "Deliveries":
        """Return those that are finished and have been kept long enough."""
        return self.filter(created_at__lt=now - dt.timedelta(days=settings.DELIVERY_DAYS)).exclude(state__in=UNFINISHED)


class Delivery(models.Model):
    """One thing that one recipient is told, by one channel; a row of the log is told to nobody twice by the same one.

    While a worker is sending it, `next_at` is when its lease ends: another one leaves it alone until then. What it tells
    is written when it is sent, so nothing that is secret is kept here.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="The same in every attempt.")
    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, null=True, related_name="deliveries")
    update = models.ForeignKey(RequestUpdate, models.PROTECT, null=True, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=16, choices=DeliveryChannel)
    notice = models.CharField(max_length=32, choices=Notice, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="deliveries")
    address = models.CharField(max_length=500, blank=True, default="", help_text="As it was when it was last used.")
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    sendings = models.PositiveSmallIntegerField(default=1, help_text="Raised when somebody has it sent again.")
    resent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent again by"))
    next_at = models.DateTimeField(_("next try"), null=True, default=timezone.now)
    last_error = models.TextField(blank=True, default="", help_text="Or why it is not sent.")
    task_id = models.UUIDField(null=True, editable=False, help_text="The task that is to try it.")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = Deliveries.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("resend_delivery", "Can have deliveries sent again")]
        constraints = [models.UniqueConstraint(fields=["update", "channel", "user"], name="delivery_once")]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["state", "-id"], name="delivery_state"),
            models.Index(fields=["next_at"], condition=Q(state__in=["waiting", "failed"]), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_notice_display() or self.get_channel_display()}: {self.user or self.address}"

    @property
    def why(self) -> str:
        """Return in words what went wrong, or why it is not sent."""
        return str(WhyNot(self.last_error).label) if self.last_error in WhyNot.values else self.last_error
