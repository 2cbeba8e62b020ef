"""The Merkle tree over all histories, and what was signed of it.

The order of the tree is the order in which its worker saw the rows. `docs/proof.md` says what this
proves.
"""

import datetime as dt

from django.db import models
from django.utils import timezone

from gasutil.models.access_reviews import AccessReview
from gasutil.models.append_only import AppendOnlyRow

SHA256_BYTES, SALT_BYTES = 32, 16


class LogName(models.TextChoices):
    """The histories whose rows are leaves, and what the log says about itself."""

    STATEMENT = "log"
    REQUEST = "request"
    ACCOUNT = "account"
    GROUP = "group"
    MACHINE = "machine"
    REQUEST_TYPE = "type"
    CALENDAR = "calendar"
    TEAM = "team"
    INCIDENT = "incident"
    WEBHOOK = "webhook"
    REPLY = "reply"
    LOST = "lost"  # in a restore; recovered from the stored tiles


class Leaf(AppendOnlyRow):
    """A row of a history that is part of the tree.

    Its entry is calculated from the row. `salt` is the secret of the row's personal values, whose
    salted digests stand in the entry instead of them. `digests` has those of values that the row
    states but does not store; once the row is erased, it has all of them, and there is no salt.
    `ip_salt` is the secret of the IP address alone, which is erased before the others.
    A leaf without a `row` was lost in a restore, and recovered from the stored tiles.
    """

    erasable = ("salt", "ip_salt", "digests")

    index = models.BigIntegerField(primary_key=True)
    log = models.CharField(max_length=16, choices=LogName)
    row = models.BigIntegerField(null=True)
    version = models.PositiveSmallIntegerField(help_text="Of the form of the entry.")
    hash = models.BinaryField(max_length=SHA256_BYTES)
    salt = models.BinaryField(max_length=SALT_BYTES, null=True)
    ip_salt = models.BinaryField(max_length=SALT_BYTES, null=True)
    digests = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "leaves"
        constraints = [models.UniqueConstraint(fields=["row", "log"], name="one_leaf_per_row")]

    def __str__(self) -> str:
        return f"{self.index}: {self.log} {self.row}"


class TreeNode(AppendOnlyRow):
    """The root of a full tile: of 256 leaves at level 1, of 256 nodes of the level below above."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=SHA256_BYTES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="one_node")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class ProofState(models.Model):
    """How far the tree has grown: one row, which the worker locks.

    `positions` says for each history from where its rows may not be in the tree yet.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    positions = models.JSONField(default=dict)
    addresses_erased_to = models.BigIntegerField(
        default=0, db_default=0, help_text="The first leaf that may have an IP address."
    )
    verified_size = models.BigIntegerField(
        default=0, db_default=0, help_text="The rows that the last check found unchanged."
    )
    verified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.origin


class LogStatement(AppendOnlyRow):
    """What the log says about itself: its beginning, and changes of its keys."""

    made_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()

    def __str__(self) -> str:
        return str(self.content)


class Checkpoint(AppendOnlyRow):
    """The size and the root of the tree, as they were signed."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=SHA256_BYTES)
    signed_at = models.DateTimeField()
    text = models.TextField(help_text="What is signed: origin, size and root.")
    signatures = models.TextField(help_text="The lines of the log's own keys.")

    def __str__(self) -> str:
        return f"{self.size} at {self.signed_at:%Y-%m-%d %H:%M:%S}"


class Cosignature(AppendOnlyRow):
    """The line by which a witness signed a checkpoint."""

    checkpoint = models.ForeignKey(
        Checkpoint, models.PROTECT, related_name="cosignatures", db_index=False
    )
    witness = models.CharField(max_length=200, help_text="The name of the witness's key.")
    line = models.TextField()
    signed_at = models.DateTimeField(help_text="As the witness states it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature")
        ]

    def __str__(self) -> str:
        return f"{self.witness} at {self.signed_at:%Y-%m-%d %H:%M:%S}"


class CheckpointTimestamp(AppendOnlyRow):
    """The time stamp (RFC 3161) of a checkpoint, as an authority gave it."""

    checkpoint = models.ForeignKey(
        Checkpoint, models.PROTECT, related_name="timestamps", db_index=False
    )
    authority = models.CharField(max_length=200, help_text="The URL of the authority.")
    response = models.BinaryField(help_text="The response of the authority: DER of RFC 3161.")
    stamped_at = models.DateTimeField(help_text="As the authority states it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "authority"], name="one_timestamp")
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} at {self.stamped_at:%Y-%m-%d %H:%M:%S}"


class TimestampAuthority(models.Model):
    """The last time that an authority was asked, and why it gave no time stamp."""

    url = models.CharField(max_length=200)
    asked_at = models.DateTimeField(null=True)
    stamped_at = models.DateTimeField(null=True, help_text="As it states in its last time stamp.")
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name_plural = "timestamp authorities"
        constraints = [models.UniqueConstraint(fields=["url"], name="timestamp_authority_unique")]

    def __str__(self) -> str:
        return self.url


class Witness(models.Model):
    """The last time that a witness was asked, and what it had seen."""

    name = models.CharField(max_length=200, primary_key=True)
    size = models.BigIntegerField(default=0, help_text="Of the last checkpoint that it has seen.")
    asked_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    is_conflict = models.BooleanField(
        default=False, help_text="It has seen another history than this one."
    )

    class Meta:
        verbose_name_plural = "witnesses"

    def __str__(self) -> str:
        return self.name

    def is_behind(self, now: dt.datetime, limit: dt.timedelta) -> bool:
        """Return whether its last signature is older than a limit."""
        return self.signed_at is None or self.signed_at < now - limit


class LogKey(models.Model):
    """A public key of the log, and the sizes of the tree between which it signs."""

    vkey = models.CharField(max_length=300, unique=True)
    from_size = models.BigIntegerField(default=0)
    to_size = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.vkey


PROTECTED_TABLES: tuple[type[AppendOnlyRow], ...] = (
    Leaf,
    TreeNode,
    LogStatement,
    Checkpoint,
    Cosignature,
    CheckpointTimestamp,
    AccessReview,
)  # by the triggers of histories
