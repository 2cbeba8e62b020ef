"""The fields of a history row besides the changed columns: its event, its author, and the channel.

The log is django-simple-history's table of `ServiceRequest`. A row of it is the request update of
the API, the entry of the audit, and the line of the console's timeline. There is no second table.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from gasutil import statements
from gasutil.models.accounts import User
from gasutil.models.append_only import AddressedRow, History
from gasutil.models.fields import TextField
from gasutil.models.machines import MachineAccount
from gasutil.models.origin import current_origin
from gasutil.models.vocabulary import Channel, Event, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The values that the engine sets for the history row of the next save."""

    event: Event
    at: dt.datetime
    occurred_at: dt.datetime
    channel: Channel
    author: User | None
    machine_account: MachineAccount | None = None
    previous_status: str | None
    subject: str = ""
    notes: str = ""
    is_internal: bool = False
    attachment: int | None = None
    sha256: str = ""
    reason_code: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


COPIED = (
    "event",
    "machine_account",
    "subject",
    "channel",
    "previous_status",
    "notes",
    "is_internal",
    "attachment",
    "sha256",
    "reason_code",
    "changes",
)


class CurrentTransaction(models.Func):
    """The id of the transaction that a row is written in; SQLite has one writer, and needs none."""

    allowed_default = True
    arity = 0
    output_field = models.BigIntegerField()

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Write it for any database."""
        return "0", ()

    def as_postgresql(self, *args: Any, **kwargs: Any) -> Any:
        """Write it for PostgreSQL."""
        return "(pg_current_xact_id()::text::bigint)", ()


EVENTS: Mapping[str, Event] = {
    "status": Event.STATUS_CHANGED,
    "priority": Event.PRIORITISED,
    "assigned_to": Event.ASSIGNED,
}


class LogRow(AddressedRow):
    """The columns that a request update has beside those of the request."""

    event = models.CharField(max_length=32, choices=Event)
    subject = models.CharField(
        max_length=100,
        blank=True,
        default="",
        help_text="The subject of the event, for example the name of a milestone.",
    )
    notes = TextField(max_length=settings.TEXT_LIMIT, blank=True, default="")
    is_internal = models.BooleanField("internal", default=False)
    previous_status = models.CharField(max_length=16, choices=Status, null=True, blank=True)  # noqa: DJ001  # none before the first
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.SYSTEM)

    changed = models.CharField(
        max_length=160,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The names of the fields that changed, for filters.",
    )
    changes = models.JSONField(
        null=True,
        editable=False,
        help_text=(
            "The old and the new value of each field that changed. Null in older rows: it follows"
            " from the row before."
        ),
    )
    attachment = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="The ID of the attachment that was added or removed.",
    )
    sha256 = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Of the file of the attachment.",
    )
    reason_code = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Why, as one of the codes for reports.",
    )
    machine_account = models.ForeignKey(
        MachineAccount,
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        help_text="The machine account that made the change.",
    )
    occurred_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When it happened. Null in older rows: when it was recorded.",
    )
    customer = models.ForeignKey(
        User,
        models.DO_NOTHING,  # the request itself protects the account
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,
        related_name="+",
        help_text=(
            "Whose request it is now, for the index of their updates. It is not a part of the"
            " history: it moves with the request, and no proof contains it. Null in older internal"
            " rows."
        ),
    )
    txid = models.BigIntegerField(
        db_default=CurrentTransaction(),
        editable=False,
        help_text="Of the transaction that wrote it.",
    )

    class Meta:
        abstract = True

    @property
    def events(self) -> set[str]:
        """Return all events of this row; `event` is the primary one."""
        changed = {EVENTS[name] for name in self.changed.split(",") if name in EVENTS}
        return {self.event, *changed, *([Event.COMMENTED] if self.notes else [])}


NEWEST_FIRST = ("-history_date", "-history_id")
CHANGES: Mapping[str, Q] = {
    "status": Q(changed__contains="status"),
    "priority": Q(changed__contains="priority"),
    "assignee": Q(changed__contains="assigned_to"),
    "deadline": Q(changed__contains="respond_by") | Q(changed__contains="resolve_by"),
}  # what the change history can be asked for; each has an index of just those rows
READ_BY = (
    models.Index(
        fields=["customer", "history_id"],
        condition=Q(is_internal=False),
        name="request_update_customer",
    ),
    models.Index(fields=NEWEST_FIRST, name="request_update_newest"),
    *(
        models.Index(fields=[name, *NEWEST_FIRST], name=f"request_update_{name[-12:]}")
        for name in ("history_user", "event", "channel")
    ),
    models.Index(
        fields=NEWEST_FIRST, condition=Q(is_internal=True), name="request_update_internal"
    ),
    *(
        models.Index(fields=NEWEST_FIRST, condition=rows, name=f"request_update_{name}")
        for name, rows in CHANGES.items()
    ),
)


class Log(History):
    """The history of service requests, which rejects a save that does not say what it means."""

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        """Add the indexes of the history, and its own permission.

        The indexes are those of the stream and of the managers' pages.
        """
        options: dict[str, Any] = super().get_meta_options(model)
        stream = models.Index(fields=["txid", "history_id"], name="request_update_stream")
        return options | {
            "indexes": [stream, *READ_BY],
            "permissions": [("export_requestupdate", "Can export the change history")],
        }

    def _get_history_user_fields(self) -> dict[str, Any]:
        """Leave out an index that the log does not need."""
        fields = super()._get_history_user_fields()
        fields["history_user"].db_index = False  # `request_update_history_user` begins with it
        return fields

    def create_historical_record(
        self, instance: Any, history_type: str, using: str | None = None
    ) -> None:
        """Write the row of one save; its `Entry` is used up by it."""
        require_entry(instance)
        write_row(type(instance).history.model, instance, history_type)


def write_row(model: Any, instance: Any, history_type: str) -> None:
    """Write the row of a save by the engine's `Entry`, and let the request know its row.

    simple-history would send signals, which no one receives, and make a class for each row.
    """
    entry: Entry = instance.log_entry
    row = model(
        history_type=history_type,
        history_date=entry.at,
        history_user=entry.author,
        occurred_at=entry.occurred_at,
        changed=",".join(entry.changes) if entry.previous_status else "",
        customer_id=instance.customer_id,
        ip=current_origin().ip,
        **{name: getattr(entry, name) for name in COPIED},
        **{field.attname: getattr(instance, field.attname) for field in model.tracked_fields},
    )
    statements.insert_row(row)
    instance.log_entry, instance.last_update = None, row


def require_entry(instance: Any) -> None:
    """Raise `TypeError` for a change that does not say what it means."""
    if not isinstance(instance.log_entry, Entry):
        raise TypeError("A service request changes through a verb of gasutil.workflow alone.")
