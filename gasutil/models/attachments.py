"""Files that belong to a service request."""

import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from gasutil.models.machines import MachineAccount
from gasutil.models.service_requests import ServiceRequest

MAX_NAME_LENGTH = 100  # characters, as in the log


def place(instance: Any, filename: str) -> str:
    """Return the path of a file in the store: a random name that reveals nothing about it."""
    return f"attachments/{timezone.now():%Y/%m}/{uuid.uuid4().hex}{PurePath(filename).suffix}"


class Attachment(models.Model):
    """One file, as it was validated and stored; `filename` is what its uploader called it."""

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=place, max_length=200)
    thumbnail = models.FileField(upload_to=place, max_length=200, blank=True, default="")
    filename = models.CharField(max_length=MAX_NAME_LENGTH)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="attachments"
    )
    machine_account = models.ForeignKey(
        MachineAccount,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="The machine account that uploaded it, instead of a user.",
    )

    new_status = ""  # of the request, if this upload has resumed or reopened it

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.filename

    def delete_files(self) -> None:
        """Delete the stored files of an attachment whose row is deleted."""
        for file in (self.file, self.thumbnail):
            if file:
                file.delete(save=False)
