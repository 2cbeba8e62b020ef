"""Incidents: the common cause of several reports."""

from django.db import models
from django.utils import timezone

from gasutil.models.append_only import History, MachineAuthoredRow
from gasutil.models.fields import TextField
from gasutil.models.references import reference


def new_incident_reference() -> str:
    """Return an incident's number, such as `INC-7KQ-2M4`.

    It is short enough to be shouted across a room.
    """
    return reference("INC", 2)


class Incident(models.Model):
    """The common cause of several requests.

    Each request has its own reporter, clocks and history.
    """

    reference = models.CharField(
        max_length=16, unique=True, default=new_incident_reference, editable=False
    )
    title = models.CharField(max_length=200)
    notes = TextField(
        blank=True,
        default="",
        help_text="What is known about the incident. Only staff can read this.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = History(bases=[MachineAuthoredRow])

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
