"""The installation that this database belongs to, and files of its store to be deleted."""

import uuid

from django.db import models
from django.utils import timezone


class Installation(models.Model):
    """The identity of an installation: one row.

    `key` is in the store of files as well, so that a copy of the database does not delete the
    original's files. `place`
    is the database that the row was written in: a backup that is restored elsewhere is recognised
    by it. Files of the time between `lost_from` and `lost_until` may belong to rows that a restore
    has lost.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    place = models.CharField(max_length=500, editable=False)
    restored_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="The previous location, until the new one is confirmed.",
    )
    lost_from = models.DateTimeField(null=True, editable=False)
    lost_until = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.key)


class OrphanedFile(models.Model):
    """A file of the store that belongs to no row.

    It is in the trash, and is deleted some days after it was found.
    """

    name = models.CharField(max_length=200, primary_key=True)
    found_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
