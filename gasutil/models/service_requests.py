"""Service requests, and the log of what happened to them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from gasutil import statements
from gasutil.errors import FieldError
from gasutil.models.catalogue import RequestType, version_of
from gasutil.models.fields import TextField
from gasutil.models.incidents import Incident
from gasutil.models.log import Entry, Log, LogRow, require_entry, write_row
from gasutil.models.references import reference
from gasutil.models.type_texts import localised_form
from gasutil.models.vocabulary import OPEN_STATUSES, Contact, HoldReason, Priority, Status

# What the index `request_danger_first` carries for open requests.
URGENT_FIRST = ("-is_emergency", "-urgency", "-has_danger", "queue_at", "-id")
# Being an emergency is a fact of its own. The engine keeps the priority in step with it; while a
# release is rolled out, the previous one may still write one without the other.
EMERGENCIES = Q(is_emergency=True) | Q(priority=Priority.EMERGENCY)
NEVER = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


def new_reference() -> str:
    """Return a docket number that a person can read out, such as `SR-7KQ-2M4-TDX`.

    It is one of 2e13, and says nothing of how many there are.
    """
    return reference("SR", 3)


def safety_text_in_use(text: str, translations: Mapping[str, str]) -> str:
    """Return the safety text of a request in the language in use."""
    return translations.get(get_language() or "") or text


class ServiceRequest(models.Model):
    """A service request. It changes through the verbs of `gasutil.workflow` only."""

    reference = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    request_type = models.ForeignKey(
        RequestType, models.PROTECT, to_field="code", db_column="request_type", db_index=False
    )
    description = TextField(max_length=settings.TEXT_LIMIT)
    address = TextField(max_length=settings.ADDRESS_LIMIT)
    details = models.JSONField(default=dict, blank=True)
    schema_version = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="The version of the request type when the request was filed.",
    )
    filed_as = models.CharField(
        max_length=64,
        blank=True,
        default="",
        editable=False,
        help_text=(
            "The type whose questions the answers belong to, if the request was reclassified."
        ),
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    priority = models.CharField(max_length=16, choices=Priority, default=Priority.NORMAL)
    is_emergency = models.BooleanField(
        "emergency", default=False, help_text="Set by the request type, or by support."
    )
    is_unverified = models.BooleanField(
        "unverified",
        default=False,
        db_default=False,
        editable=False,
        help_text=(
            "One of many reports from the same source. Supervisors are notified of them as a group."
        ),
    )
    has_danger = models.BooleanField(
        "danger",
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether an answer means danger, by the current marks of its questions.",
    )
    safety_instructions = models.TextField(
        blank=True, default="", help_text="As shown to the customer."
    )
    safety_translations = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        editable=False,
        help_text="The safety text in other languages.",
    )
    safety_type = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The type whose safety text was shown. Empty in older rows, and without a text.",
    )
    safety_version = models.PositiveIntegerField(
        null=True, editable=False, help_text="The version of that type."
    )
    safety_language = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The language in which it was shown.",
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="service_requests", db_index=False
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assigned_requests",
        null=True,
        blank=True,
        db_index=False,
    )
    received_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the report was received. Null in older rows: when it was recorded.",
    )
    contact = models.CharField(
        max_length=16,
        choices=Contact,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="How the report reached support, if support recorded it.",
    )
    contact_email = models.EmailField(
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Of a reporter without an account, for mails about this request alone.",
    )
    latitude = models.FloatField(
        null=True, editable=False, help_text="Of the place, in degrees (WGS 84)."
    )
    longitude = models.FloatField(
        null=True, editable=False, help_text="Of the place, in degrees (WGS 84)."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    respond_by = models.DateTimeField(null=True, blank=True, editable=False)
    resolve_by = models.DateTimeField(null=True, blank=True, editable=False)
    milestones = models.JSONField(
        default=list,
        editable=False,
        help_text="The milestones, in the format of `deadlines.Milestone`.",
    )
    due_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The deadline of the next milestone."
    )
    escalate_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When supervisors are notified next."
    )
    is_breached = models.BooleanField(
        null=True,
        editable=False,
        help_text="Whether the deadline of an ended milestone was missed.",
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    customer_wrote_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The time of the customer's last message, if it has no reply.",
    )
    hold_until = models.DateTimeField(
        null=True, editable=False, help_text="When the hold ends by itself, if it does."
    )
    hold_reason = models.CharField(
        max_length=16,
        choices=HoldReason,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="What the request waits for on hold, if support recorded it.",
    )
    redaction_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the retention of the type erases its personal data, once announced.",
    )
    redacted_at = models.DateTimeField(
        null=True, editable=False, help_text="When its personal data were erased."
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    # Computed by the database, so that an index over them is never out of step with the columns
    # they come from.
    is_open = models.GeneratedField(
        expression=ExpressionWrapper(Q(status__in=OPEN_STATUSES), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    urgency = models.GeneratedField(
        expression=Case(
            *(
                When(priority=priority, then=Value(rank))
                for rank, priority in enumerate(Priority.values)
            ),
            default=Value(0),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    queue_at = models.GeneratedField(
        expression=Coalesce("due_at", Value(NEVER)),
        output_field=models.DateTimeField(),
        db_persist=True,
        help_text=(
            "When it is due, for the order of the queue: databases differ on where to put those"
            " that are not."
        ),
    )

    history = Log(
        bases=[LogRow],
        erasable=["notes", "subject", "sha256"],
        custom_model_name="RequestUpdate",
        table_name="gasutil_requestupdate",
        history_id_field=models.BigAutoField(),
        excluded_fields=[
            "reference",
            "description",
            "address",
            "details",
            "schema_version",
            "filed_as",
            "milestones",
            "due_at",
            "escalate_at",
            "is_breached",
            "customer_wrote_at",
            "hold_until",
            "hold_reason",
            "redaction_at",
            "redacted_at",
            "is_emergency",
            "is_unverified",
            "has_danger",
            "safety_instructions",
            "safety_type",
            "safety_version",
            "safety_translations",
            "safety_language",
            "customer",
            "contact_email",
            "latitude",
            "longitude",
            "created_at",
            "updated_at",
            "is_open",
            "urgency",
            "queue_at",
        ],
        no_db_index=["assigned_to", "request_type", "incident"],
        verbose_name="change",
        verbose_name_plural="change history",
    )

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("export_servicerequest", "Can export service requests"),
            ("import_servicerequest", "Can import service requests"),
            ("submit_for_customer", "Can file a service request for a customer"),
            ("work_servicerequest", "Can work on service requests"),
            ("record_past_events", "Can record past events"),
            ("receive_escalations", "Can receive notices of missed deadlines"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="request_customer"),
            models.Index(fields=["status", "-id"], name="request_status"),
            models.Index(fields=["assigned_to", "status", "-id"], name="request_assignee"),
            models.Index(fields=["request_type", "status", "-id"], name="request_type_status"),
            models.Index(fields=["created_at", "id"], name="request_created"),
            models.Index(fields=["updated_at", "id"], name="request_updated"),
            # The first is that of the previous release; to be removed in 0.3.0.
            models.Index(fields=["urgency", "id"], name="request_urgency"),
            models.Index(fields=["urgency", "has_danger", "id"], name="request_urgency_danger"),
            models.Index(fields=["request_type", "created_at"], name="request_type_created"),
            models.Index(fields=["due_at", "id"], condition=Q(is_open=True), name="request_due"),
            models.Index(
                fields=list(URGENT_FIRST), condition=Q(is_open=True), name="request_danger_first"
            ),
            models.Index(
                fields=["escalate_at"],
                condition=Q(escalate_at__isnull=False),
                name="request_escalate",
            ),
            # What stands open is counted by reading this alone; it also finds what one person has.
            models.Index(
                fields=[
                    "assigned_to",
                    "request_type",
                    "is_emergency",
                    "priority",
                    "status",
                    "due_at",
                ],
                condition=Q(is_open=True),
                name="request_standing",
            ),
            models.Index(
                fields=["-updated_at", "-id"], condition=Q(is_open=False), name="request_closed"
            ),
            models.Index(
                fields=["customer_wrote_at"],
                condition=Q(customer_wrote_at__isnull=False),
                name="request_customer_wrote",
            ),
            models.Index(
                fields=["hold_until"],
                condition=Q(hold_until__isnull=False),
                name="request_hold_until",
            ),
            models.Index(
                fields=["resolved_at", "resolve_by", "is_breached"],
                condition=Q(resolved_at__isnull=False),
                name="request_resolved_late",
            ),
        ]

    log_entry: Entry | None = None  # what the next save means; only `workflow/engine.py` sets it
    last_update: LogRow | None = None  # the row that the last save wrote
    warnings: Sequence[FieldError] = ()  # what was wrong with a new emergency, for the response
    tracking_token = ""  # of a new report without an account, for the response
    files_refused: Sequence[Any] = ()  # the files of a new emergency that were not stored

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what a verb has changed.

        Refuse anything else before it is written, not when it comes to its row in the log.
        """
        require_entry(self)
        is_new, names = self._state.adding, kwargs.get("update_fields")
        if is_new:
            statements.insert_row(self)
        else:
            statements.update_row(self, names or SAVED_FIELDS)
        write_row(RequestUpdate, self, "+" if is_new else "~")

    @property
    def answers_type(self) -> str:
        """Return the code of the type whose questions it answers."""
        return self.filed_as or self.request_type_id

    @property
    def questions(self) -> Any:
        """Return the form that its details answer: that of its type when the request was filed."""
        asked = version_of(self.answers_type, self.schema_version)
        return localised_form(asked) if asked else []

    @property
    def summary(self) -> str:
        """Return the description, or else the name of the type.

        An emergency can be reported without a description.
        """
        return self.description if self.description.strip() else self.request_type.localised_name

    @property
    def began_at(self) -> dt.datetime:
        """Return when its clocks began: when the report was received."""
        return self.received_at or self.created_at

    @property
    def coordinates(self) -> str:
        """Return the coordinates as text, or an empty text."""
        if self.latitude is None or self.longitude is None:
            return ""
        return f"{self.latitude:.5f}, {self.longitude:.5f}"

    @property
    def is_located_by_coordinates(self) -> bool:
        """Return whether the address is only the text of the coordinates."""
        return bool(self.coordinates) and self.address == self.coordinates

    @property
    def localised_safety_instructions(self) -> str:
        """Return the safety text in the language in use."""
        return safety_text_in_use(self.safety_instructions, self.safety_translations)

    @property
    def is_pressing(self) -> bool:
        """Return whether it is an emergency: by its type, or because support made it one."""
        return self.is_emergency or self.priority == Priority.EMERGENCY


RequestUpdate = ServiceRequest.history.model
SAVED_FIELDS = [
    field.name
    for field in ServiceRequest._meta.concrete_fields
    if not field.generated and not field.primary_key
]
