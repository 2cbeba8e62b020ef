"""Service requests, and the log of what happened to them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, Q, Value, When
from django.utils import timezone
from django.utils.crypto import get_random_string

from gasutil.models.catalogue import RequestType
from gasutil.models.fields import TextField
from gasutil.models.log import Entry, Log, LogRow, require_entry
from gasutil.models.vocabulary import OPEN_STATUSES, Priority, Status

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that sounds or looks like something else


def new_reference() -> str:
    """Return a docket number that a person can read out, such as `SR-7KQ-2M4-TDX`: one of 2e13, telling nothing of how many there are."""
    code = get_random_string(9, REFERENCE_ALPHABET)
    return f"SR-{code[:3]}-{code[3:6]}-{code[6:]}"


class ServiceRequest(models.Model):
    """What a customer asked for. It changes through the verbs of `gasutil.workflow` alone."""

    reference = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    request_type = models.ForeignKey(RequestType, models.PROTECT, to_field="code", db_column="request_type", db_index=False)
    description = TextField(max_length=settings.TEXT_LIMIT)
    address = TextField(max_length=settings.ADDRESS_LIMIT)
    details = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    priority = models.CharField(max_length=16, choices=Priority, default=Priority.NORMAL)
    is_emergency = models.BooleanField("emergency", default=False, help_text="As its type was when it was filed.")
    safety_instructions = models.TextField(blank=True, default="", help_text="As the reporter was shown them.")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="service_requests", db_index=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assigned_requests", null=True, blank=True, db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    respond_by = models.DateTimeField(null=True, blank=True, editable=False)
    resolve_by = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Computed by the database, so that an index over them is never out of step with the columns they come from.
    is_open = models.GeneratedField(
        expression=ExpressionWrapper(Q(status__in=OPEN_STATUSES), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    urgency = models.GeneratedField(
        expression=Case(*(When(priority=priority, then=Value(rank)) for rank, priority in enumerate(Priority.values)), default=Value(0)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    history = Log(
        bases=[LogRow],
        custom_model_name="RequestUpdate",
        table_name="gasutil_requestupdate",
        history_id_field=models.BigAutoField(),
        excluded_fields=[
            "reference",
            "description",
            "address",
            "details",
            "is_emergency",
            "safety_instructions",
            "customer",
            "created_at",
            "updated_at",
            "is_open",
            "urgency",
        ],
        no_db_index=["assigned_to", "request_type"],
        verbose_name="change",
        verbose_name_plural="change history",
    )

    class Meta:
        ordering = ["-id"]
        permissions = [("export_servicerequest", "Can export service requests")]
        indexes = [
            models.Index(fields=["customer", "-id"], name="request_customer"),
            models.Index(fields=["status", "-id"], name="request_status"),
            models.Index(fields=["assigned_to", "status", "-id"], name="request_assignee"),
            models.Index(fields=["request_type", "status", "-id"], name="request_type_status"),
            models.Index(fields=["created_at", "id"], name="request_created"),
            models.Index(fields=["updated_at", "id"], name="request_updated"),
            models.Index(fields=["urgency", "id"], name="request_urgency"),
            models.Index(fields=["resolve_by", "id"], condition=Q(is_open=True), name="request_due"),
            models.Index(fields=["-urgency", "resolve_by", "-id"], condition=Q(is_open=True), name="request_queue"),
        ]

    log_entry: Entry | None = None  # what the next save means; only `workflow/engine.py` sets it
    last_update: LogRow | None = None  # the row that the last save wrote

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what a verb has changed; refuse anything else before it is written, not when it comes to its row in the log."""
        require_entry(self)
        super().save(*args, **kwargs)


RequestUpdate = ServiceRequest.history.model
