"""Runs of one verb over many requests: what was to happen to each, and what came of it."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.fields import TextField
from gasutil.models.incidents import Incident
from gasutil.models.service_requests import ServiceRequest


class BulkVerb(models.TextChoices):
    """The verbs of bulk runs."""

    ASSIGN = "assign", _("Assign to…")
    TAKE = "take", _("Take")
    COMMENT = "comment", _("Write")
    HOLD = "hold", _("Put on hold")
    RESUME = "resume", _("Resume")
    RESOLVE = "resolve", _("Resolve")
    JOIN = "join", _("Add to incident…")


class Outcome(models.TextChoices):
    """The outcome of one request of a run."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Failed")


class BulkRuns(models.QuerySet["BulkRun"]):
    """Runs: looked at first, then confirmed, then worked off."""

    def unconfirmed(self, now: dt.datetime) -> "BulkRuns":
        """Return the drafts of more than a day ago."""
        return self.filter(confirmed_at=None, created_at__lt=now - dt.timedelta(days=1))

    def silent(self, now: dt.datetime, after: dt.timedelta) -> "BulkRuns":
        """Return the stalled runs: started, unfinished, and without progress for a while."""
        return self.filter(confirmed_at__isnull=False, finished_at=None, moved_at__lt=now - after)


class BulkRun(models.Model):
    """One verb over many requests.

    It is a preview until it is confirmed, and a report once it is finished.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bulk_runs", db_index=False
    )
    verb = models.CharField(max_length=16, choices=BulkVerb)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    notes = TextField(max_length=settings.TEXT_LIMIT, blank=True, default="")
    is_internal = models.BooleanField(_("internal"), default=False)
    created_at = models.DateTimeField(default=timezone.now)
    previewed_at = models.DateTimeField(
        null=True, help_text="The time when the preview was last stored."
    )
    confirmed_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True, help_text="The time of the last change.")
    finished_at = models.DateTimeField(null=True)

    objects = BulkRuns.as_manager()

    class Meta:
        verbose_name = _("bulk run")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["author", "-id"], name="bulk_run_author"),
            models.Index(
                fields=["moved_at"], condition=models.Q(finished_at=None), name="bulk_run_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} #{self.pk}"


class BulkRow(models.Model):
    """One request of a run, at the version that its author saw, and what came of it."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows", db_index=False)
    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(
        blank=True,
        default="",
        help_text="Why the change failed; before the run starts, why it can't be made.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "service_request"], name="bulk_row_once")
        ]
        indexes = [models.Index(fields=["run", "outcome", "id"], name="bulk_row_outcome")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.service_request_id}"
