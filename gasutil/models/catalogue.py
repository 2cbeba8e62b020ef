"""Request types: rows that managers edit, with their questions and their clocks."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.models.append_only import History
from gasutil.models.calendars import Calendar
from gasutil.models.fields import TextField
from gasutil.models.safety_texts import (
    SafetyText,
    spoken_text_in_use,
    stored_text,
    text_in_use,
)
from gasutil.models.type_texts import SPOKEN_TEXT, translated
from gasutil.models.vocabulary import AnswerKind, Effect, Priority

CODE = RegexValidator(
    r"\A[a-z][a-z0-9_]*\Z", "Use lower-case letters, digits and underscores, a letter first."
)
# Apps report gas leaks with these, so they always work.
DEFAULT_EMERGENCIES = ("gas_leak_inspection", "third_party_damage")
SAMPLE_TEXT = gettext_noop("SAMPLE TEXT, to be approved by the operator.")


class RequestType(models.Model):
    """One kind of service request.

    `form` and `limits` are what its fields and milestones came to when it was last published; they,
    and the safety text, are what `version` counts. The history's rows are the versions of the type.
    """

    code = models.CharField(
        max_length=64,
        unique=True,
        validators=[CODE],
        help_text="The name that apps use. You can't change it later.",
    )
    name = models.CharField(max_length=100)
    description = TextField(blank=True, default="")
    icon = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="The name of a Material symbol, for example gas_meter.",
    )
    is_emergency = models.BooleanField("emergency", default=False)
    priority = models.CharField(max_length=16, choices=Priority, default=Priority.NORMAL)
    effect = models.CharField(max_length=16, choices=Effect, blank=True, default="")
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        null=True,
        blank=True,
        help_text="The business hours for milestones that don't count around the clock.",
    )
    safety_instructions = TextField(
        blank=True,
        default="",
        help_text="Shown immediately to customers who file a request of this type.",
    )
    spoken_instructions = TextField(
        "spoken safety text",
        blank=True,
        default="",
        db_default="",
        help_text=(
            "Read out to callers: short sentences, one action each. Only staff see it. If it is"
            " empty, the text above is read out."
        ),
    )
    safety_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    safety_approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_safety = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        editable=False,
        help_text="The safety text that was approved last: `text`, `translations`, `version`.",
    )
    approved_spoken = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        editable=False,
        help_text="The spoken safety text that was approved last, as `approved_safety`.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Inactive types accept no new requests. Existing requests are not affected.",
    )
    retention_months = models.PositiveSmallIntegerField(
        "months until personal data are erased",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Counted from the last change of a closed request. Empty: they are kept.",
    )
    version = models.PositiveIntegerField(
        default=0, editable=False, help_text="0 until it is published."
    )
    form = models.JSONField(default=list, editable=False)
    limits = models.JSONField(default=list, editable=False)
    translations = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        editable=False,
        help_text="Translated texts by language and path; see `type_texts.py`.",
    )
    translated_from = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        editable=False,
        help_text="The digest of the text that each translation was made from.",
    )

    history = History()

    class Meta:
        ordering = ["-is_emergency", "name"]

    def __str__(self) -> str:
        return self.localised_name

    @property
    def localised_name(self) -> str:
        """Return the name in the language in use."""
        return translated(self.translations, "name", self.name)

    @property
    def localised_description(self) -> str:
        """Return the description in the language in use."""
        return translated(self.translations, "description", self.description)

    @property
    def localised_safety_instructions(self) -> str:
        """Return the safety text that customers see, in the language in use."""
        return self.safety_text.localised

    @property
    def safety_text(self) -> SafetyText:
        """Return the safety text that customers see."""
        return text_in_use(
            self.stored_safety_text,
            self.approved_safety,
            is_approved=not self.needs_approval,
            is_emergency=self.creates_emergencies,
        )

    @property
    def stored_safety_text(self) -> SafetyText:
        """Return the safety text as it is stored, approved or not."""
        return stored_text(self.safety_instructions, self.translations, self.version)

    @property
    def spoken_text(self) -> SafetyText:
        """Return the safety text that agents read out to callers."""
        return spoken_text_in_use(
            self.stored_spoken_text,
            self.approved_spoken,
            is_approved=not self.needs_approval,
            written=self.safety_text,
        )

    @property
    def stored_spoken_text(self) -> SafetyText:
        """Return the spoken safety text as it is stored, approved or not."""
        texts = self.spoken_instructions, self.translations
        return stored_text(*texts, self.version, SPOKEN_TEXT)

    def clean(self) -> None:
        """Reject the deactivation of a default emergency type."""
        if self.code in DEFAULT_EMERGENCIES and not self.is_active:
            raise ValidationError(
                {
                    "is_active": _(
                        "You can't deactivate this type because apps report gas leaks with it."
                    )
                },
                "default_emergency",
            )
        if self.code in DEFAULT_EMERGENCIES and not self.creates_emergencies:
            raise ValidationError(
                {"is_emergency": _("This type must remain an emergency.")}, "default_emergency"
            )

    @property
    def creates_emergencies(self) -> bool:
        """Return whether a request of this type is an emergency."""
        return self.is_emergency or self.priority == Priority.EMERGENCY

    @property
    def needs_approval(self) -> bool:
        """Return whether a safety text, written or spoken, or its removal is not approved."""
        is_text = bool(
            self.safety_instructions
            or self.approved_safety
            or self.spoken_instructions
            or self.approved_spoken
        )
        return is_text and self.safety_approved_at is None


class RequestField(models.Model):
    """One thing that a type asks; `gasutil.dynamic_forms` says what the kinds and bounds mean."""

    request_type = models.ForeignKey(
        RequestType, models.CASCADE, related_name="fields", db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=64, validators=[CODE], help_text="The name that apps use.")
    label = models.CharField(max_length=120)
    help = models.CharField(max_length=300, blank=True, default="")
    kind = models.CharField(max_length=16, choices=AnswerKind, default=AnswerKind.SHORT_TEXT)
    is_required = models.BooleanField("required", default=False)
    unit = models.CharField(max_length=16, blank=True, default="")
    minimum = models.FloatField(
        null=True,
        blank=True,
        help_text=(
            "For numbers: the value. Otherwise the number of characters, choices, or days from"
            " today."
        ),
    )
    maximum = models.FloatField(null=True, blank=True)
    pattern = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="A regular expression that must match the whole text.",
    )
    choices = TextField(blank=True, default="", help_text="One per line, as “value: Label”.")
    shown_if = models.CharField(
        "asked if field",
        max_length=64,
        blank=True,
        default="",
        help_text="The name of a field above this one.",
    )
    shown_if_value = models.CharField(
        "has the value",
        max_length=64,
        blank=True,
        default="",
        help_text="For yes/no fields, enter true or false.",
    )
    marks_care = models.BooleanField(
        "marks special care",
        default=False,
        help_text="Any answer except “no” marks the request: someone there needs special care.",
    )
    danger_answers = TextField(
        "answers that mean danger",
        blank=True,
        default="",
        db_default="",
        help_text=("A request with such an answer comes first, and a red banner names it."),
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "field"
        constraints = [
            models.UniqueConstraint(fields=["request_type", "name"], name="request_field_unique")
        ]

    def __str__(self) -> str:
        return self.label


class MilestoneLimit(models.Model):
    """The time that a type allows for a milestone, from the filing of a request."""

    request_type = models.ForeignKey(
        RequestType, models.CASCADE, related_name="milestones", db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(
        max_length=64,
        validators=[CODE],
        help_text="`acknowledged` and `resolved` are recorded automatically.",
    )
    label = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    in_business_hours = models.BooleanField(
        "in business hours", default=False, help_text="If off, the limit counts around the clock."
    )
    source = models.CharField(
        max_length=300,
        blank=True,
        default="",
        help_text="The rule or standard that sets the limit.",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "milestone"
        constraints = [
            models.UniqueConstraint(fields=["request_type", "name"], name="milestone_limit_unique")
        ]

    def __str__(self) -> str:
        return self.label


def version_of(code: str, version: int) -> Any:
    """Return a type as it was at a version: a row of its history, or None."""
    return RequestType.history.filter(code=code, version=version).order_by("-history_id").first()
