"""What a customer can ask for: request types are rows that managers edit, with what they ask and their clocks."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from gasutil.models.calendars import Calendar
from gasutil.models.fields import TextField
from gasutil.models.vocabulary import Effect, Kind, Priority

CODE = RegexValidator(r"\A[a-z][a-z0-9_]*\Z", "Use lower-case letters, digits and underscores, a letter first.")
SAMPLE = "SAMPLE TEXT, to be approved by the operator."


class RequestType(models.Model):
    """One kind of service request.

    `form` and `limits` are what its fields and milestones came to when it was last published; they, and the safety text,
    are what `version` counts. The history's rows are the versions: each keeps what the type was, for ever.
    """

    code = models.CharField(max_length=64, unique=True, validators=[CODE], help_text="The name that apps use. It can't be changed later.")
    name = models.CharField(max_length=100)
    description = TextField(blank=True, default="")
    icon = models.CharField(max_length=64, blank=True, default="", help_text="The name of a Material symbol, such as gas_meter.")
    is_emergency = models.BooleanField("emergency", default=False)
    priority = models.CharField(max_length=16, choices=Priority, default=Priority.NORMAL)
    effect = models.CharField(max_length=16, choices=Effect, blank=True, default="")
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, help_text="The business hours of those milestones that don't run round the clock."
    )
    safety_instructions = TextField(blank=True, default="", help_text="Shown to whoever files a request of this type, at once.")
    safety_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    safety_approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField("active", default=True, help_text="An inactive type takes no new requests; its old ones live on.")
    version = models.PositiveIntegerField(default=0, editable=False, help_text="0 until it is published.")
    form = models.JSONField(default=list, editable=False)
    limits = models.JSONField(default=list, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-is_emergency", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_approval(self) -> bool:
        """Return whether reporters are shown a safety text that nobody has approved."""
        return bool(self.safety_instructions) and self.safety_approved_at is None


class RequestField(models.Model):
    """One thing that a type asks; `gasutil.details` says what the kinds and bounds mean."""

    request_type = models.ForeignKey(RequestType, models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=64, validators=[CODE], help_text="The name that apps use.")
    label = models.CharField(max_length=120)
    help = models.CharField(max_length=300, blank=True, default="")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.SHORT_TEXT)
    is_required = models.BooleanField("required", default=False)
    unit = models.CharField(max_length=16, blank=True, default="")
    minimum = models.FloatField(null=True, blank=True, help_text="Of a number; of characters, choices, or days from today.")
    maximum = models.FloatField(null=True, blank=True)
    pattern = models.CharField(max_length=200, blank=True, default="", help_text="A regular expression that the whole text matches.")
    choices = TextField(blank=True, default="", help_text="One a line: value: Label.")
    shown_if = models.CharField("asked if", max_length=64, blank=True, default="", help_text="The name of a field before this one.")
    shown_if_value = models.CharField("has the value", max_length=64, blank=True, default="", help_text="Of a yes/no: true or false.")
    marks_care = models.BooleanField(
        "marks special care", default=False, help_text="An answer other than no marks the request: somebody there needs special care."
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "field"
        constraints = [models.UniqueConstraint(fields=["request_type", "name"], name="request_field_unique")]

    def __str__(self) -> str:
        return self.label


class MilestoneLimit(models.Model):
    """How long a type gives for a step on its way, from the moment a request is filed."""

    request_type = models.ForeignKey(RequestType, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=64, validators=[CODE], help_text="`acknowledged` and `resolved` are recorded by themselves.")
    label = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    in_business_hours = models.BooleanField("in business hours", default=False, help_text="Otherwise round the clock.")
    source = models.CharField(max_length=300, blank=True, default="", help_text="Where the limit comes from.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "milestone"
        constraints = [models.UniqueConstraint(fields=["request_type", "name"], name="milestone_limit_unique")]

    def __str__(self) -> str:
        return self.label


def version_of(code: str, version: int) -> Any:
    """Return a type as it was at a version: a row of its history, or None."""
    return RequestType.history.filter(code=code, version=version).order_by("-history_id").first()
