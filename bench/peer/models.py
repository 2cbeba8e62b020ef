"""The application's tables as the peer sees them; it creates and migrates none."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.dispatch import receiver
from django.utils import timezone
from guardian.mixins import GuardianUserMixin
from guardian.models import UserObjectPermissionBase
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


class Status(models.TextChoices):
    """The status of a request."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


OPEN_STATUSES = [Status.PENDING, Status.IN_PROGRESS, Status.ON_HOLD]


class User(GuardianUserMixin, AbstractUser):
    """A customer or a support representative."""

    user_type = models.CharField(max_length=16)
    is_approved = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "gasutil_user"

    @property
    def is_support(self) -> bool:
        """Return whether the user works on all requests."""
        return self.user_type == "support" and self.is_approved


class RequestType(models.Model):
    """A type of request."""

    code = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField()
    is_emergency = models.BooleanField()
    priority = models.CharField(max_length=16)
    safety_instructions = models.TextField()
    limits = models.JSONField()
    version = models.PositiveIntegerField()
    effect = models.CharField(max_length=16)

    class Meta:
        managed = False
        db_table = "gasutil_requesttype"

    def __str__(self) -> str:
        return self.code


def new_reference() -> str:
    """Return a reference that is not in use."""
    return f"SR-{secrets.token_hex(6)}"


class UpdateFields(models.Model):
    """The fields of a history row besides those of the request."""

    event = models.CharField(max_length=32)
    subject = models.CharField(max_length=100, default="")
    notes = models.TextField(default="")
    is_internal = models.BooleanField(default=False)
    previous_status = models.CharField(max_length=16, null=True)  # noqa: DJ001
    channel = models.CharField(max_length=16, default="api")
    attachment = models.BigIntegerField(null=True)
    changes = models.JSONField(null=True)
    occurred_at = models.DateTimeField(null=True, default=timezone.now)

    class Meta:
        abstract = True


class ServiceRequest(models.Model):
    """A service request."""

    reference = models.CharField(max_length=16, unique=True, default=new_reference)
    request_type = models.ForeignKey(
        RequestType, models.PROTECT, to_field="code", db_column="request_type"
    )
    description = models.TextField(max_length=4000)
    address = models.TextField(max_length=500)
    details = models.JSONField(default=dict)
    schema_version = models.PositiveIntegerField(default=0)
    filed_as = models.CharField(max_length=64, default="")
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    priority = models.CharField(max_length=16, default="normal")
    is_emergency = models.BooleanField(default=False)
    is_unverified = models.BooleanField(default=False)
    safety_instructions = models.TextField(default="")
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="service_requests"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assigned_requests"
    )
    received_at = models.DateTimeField(null=True, default=timezone.now)
    contact = models.CharField(max_length=16, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    respond_by = models.DateTimeField(null=True)
    resolve_by = models.DateTimeField(null=True)
    milestones = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords(
        bases=[UpdateFields],
        custom_model_name="RequestUpdate",
        table_name="gasutil_requestupdate",
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.CharField(max_length=100, null=True),
        excluded_fields=[
            "reference",
            "description",
            "address",
            "details",
            "schema_version",
            "filed_as",
            "is_emergency",
            "received_at",
            "contact",
            "latitude",
            "longitude",
            "is_unverified",
            "safety_instructions",
            "customer",
            "created_at",
            "updated_at",
            "milestones",
            "due_at",
        ],
    )

    class Meta:
        managed = False
        db_table = "gasutil_servicerequest"

    def __str__(self) -> str:
        return self.reference

    @property
    def is_overdue(self) -> bool:
        """Return whether the next milestone of an open request is late."""
        is_open = self.status in OPEN_STATUSES
        return is_open and self.due_at is not None and self.due_at < timezone.now()


class Attachment(models.Model):
    """A file of a request."""

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="attachments")
    filename = models.CharField(max_length=100)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="attachments"
    )

    class Meta:
        managed = False
        db_table = "gasutil_attachment"

    def __str__(self) -> str:
        return self.filename


class ExternalReference(models.Model):
    """The ID of a request in another system."""

    service_request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="references")
    system = models.CharField(max_length=40)
    external_id = models.CharField(max_length=100)
    url = models.CharField(max_length=500)

    class Meta:
        managed = False
        db_table = "gasutil_externalreference"

    def __str__(self) -> str:
        return f"{self.system}:{self.external_id}"


class ServiceRequestUserPermission(UserObjectPermissionBase):
    """guardian's permissions of a user on a request, by a foreign key."""

    content_object = models.ForeignKey(ServiceRequest, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        managed = False
        db_table = "gasutil_servicerequestuserpermission"


@receiver(pre_create_historical_record)
def describe(sender: type, *, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    """Copy what the view knows of a change onto its history row."""
    for name, value in instance.update.items():
        setattr(history_instance, name, value)
