"""What a customer can ask for: request types are rows that managers edit."""

from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from gasutil.models.fields import TextField
from gasutil.models.vocabulary import Priority


class RequestType(models.Model):
    """One kind of service request."""

    code = models.CharField(
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"\A[a-z][a-z0-9_]*\Z", "Use lower-case letters, digits and underscores.")],
        help_text="The name that apps use. It can't be changed later.",
    )
    name = models.CharField(max_length=100)
    description = TextField(blank=True, default="")
    is_emergency = models.BooleanField("emergency", default=False)
    priority = models.CharField(max_length=16, choices=Priority, default=Priority.NORMAL)
    safety_instructions = TextField(blank=True, default="", help_text="Shown to whoever files a request of this type, at once.")
    is_active = models.BooleanField("active", default=True, help_text="An inactive type takes no new requests; its old ones live on.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["-is_emergency", "name"]

    def __str__(self) -> str:
        return self.name
