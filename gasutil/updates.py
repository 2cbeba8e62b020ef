"""A row of the history as an update of a request.

There is one representation: lists, details, responses, the stream and webhooks all use it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db.models import OuterRef, QuerySet, Subquery

from gasutil import access
from gasutil.access import Actor
from gasutil.models import Attachment, AuthorKind, Channel, Event, RequestUpdate, UserType
from gasutil.request_history import TRACKED, changes_as_json

STORED: Mapping[str, str] = {  # the fields that are stored, each with its column
    "id": "history_id",
    "service_request": "id",
    "status": "status",
    "previous_status": "previous_status",
    "notes": "notes",
    "is_internal": "is_internal",
    "author": "history_user",
    "created_at": "history_date",
    "event": "event",
    "attachment": "attachment",
    "changes": "changes",
    "occurred_at": "occurred_at",
}
HIDDEN: Mapping[str, str] = {  # the columns that the others follow from
    "subject": "subject",
    "channel": "channel",
    "first_name": "history_user__first_name",
    "last_name": "history_user__last_name",
    "user_type": "history_user__user_type",
    "is_superuser": "history_user__is_superuser",
    "machine_name": "machine_account__name",
}
UPDATE_COLUMNS: Mapping[str, str] = {**STORED, **HIDDEN}
UPDATE_FIELDS = (
    "id",
    "service_request",
    "status",
    "previous_status",
    "notes",
    "is_internal",
    "author",
    "created_at",
    "event",
    "milestone",
    "attachment",
    "changes",
    "occurred_at",
    "author_kind",
    "author_name",
)
WITHOUT_AUTHOR = {
    Channel.SYSTEM: AuthorKind.SYSTEM,
    Channel.INTEGRATION: AuthorKind.INTEGRATION,
}  # any other is a caller without an account
FILE_EVENTS = (Event.ATTACHED, Event.DETACHED)


def joined(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Join rows with their authors, and load just the columns of an update."""
    read: QuerySet[Any] = rows.select_related("history_user", "machine_account").only(
        *UPDATE_COLUMNS.values(), "txid"
    )
    return read


def as_updates(actor: Actor, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return rows as updates that the actor may see."""
    read = [{name: _value(row, path) for name, path in UPDATE_COLUMNS.items()} for row in rows]
    complete(actor, read)
    return [{name: row[name] for name in UPDATE_FIELDS} for row in read]


def complete(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Add the fields that follow from `UPDATE_COLUMNS` to rows, as the actor may see them."""
    _read_older([row for row in rows if row["changes"] is None])
    for row in rows:
        row["changes"] = _ordered(row["changes"])
        row["occurred_at"] = row["occurred_at"] or row["created_at"]
        row["milestone"] = row["subject"] if row["event"] == Event.MILESTONE else None
        row["author_kind"] = _author_kind(row)
        name = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip()
        row["author_name"] = row["machine_name"] or name or None
        access.redact_update(actor, row)


def events_of(actor: Actor, rows: Sequence[Any], references: Iterable[str]) -> list[bytes]:
    """Return the events of rows as JSON: the `data` of the stream and the bodies of webhooks.

    Each has the reference of its request, which the history lacks.
    """
    return [
        orjson.dumps(
            {
                "id": update["id"],
                "event": update["event"],
                "service_request": update["service_request"],
                "reference": reference,
                "update": update,
            },
            option=orjson.OPT_UTC_Z,
        )
        for update, reference in zip(as_updates(actor, rows), references, strict=True)
    ]


def history_entries(actor: Actor, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """Return rows of a history field by field, oldest first."""
    read = joined(rows).order_by("history_id")
    return [
        _entry(row.channel, update)
        for row, update in zip(read, as_updates(actor, read), strict=True)
    ]


def _entry(channel: str, update: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "event", "milestone", "attachment", "notes", "is_internal", "occurred_at")
    return {
        **{name: update[name] for name in (*names, "author_kind", "author_name")},
        "changed_at": update["created_at"],
        "changed_by": update["author"],
        "channel": channel,
        "changes": [{"field": field, **values} for field, values in update["changes"].items()],
    }


def _value(row: Any, path: str) -> Any:
    """Return the value of a column of a row, or of its author; None without an author."""
    relation, _, name = path.rpartition("__")
    holder = getattr(row, relation) if relation else row
    return holder and getattr(holder, holder._meta.get_field(name).attname)


def _ordered(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return changes in the order of the tracked fields; PostgreSQL's JSON has one of its own."""
    names = [name for name in TRACKED if name in changes]
    names += sorted(set(changes) - set(names))  # a field that is tracked no more
    return {name: {"from": changes[name]["from"], "to": changes[name]["to"]} for name in names}


def _author_kind(row: Mapping[str, Any]) -> AuthorKind:
    if row["author"] is None:
        return WITHOUT_AUTHOR.get(row["channel"], AuthorKind.CUSTOMER)
    is_support = row["user_type"] == UserType.SUPPORT or row["is_superuser"]
    return AuthorKind.SUPPORT if is_support else AuthorKind.CUSTOMER


# --- Rows of before
# --------------------------------------------------------------------------------------------------
# Rows of release 0.1.0 store neither what changed nor which file it was: the row before says the
# one, and the file that was stored at the same moment the other.


def _read_older(rows: Sequence[dict[str, Any]]) -> None:
    """Fill `changes` and `attachment` of rows that do not store them, with 3 queries at most."""
    if not rows:
        return
    changes = _changes_before([row["id"] for row in rows])
    files = _files_of([row for row in rows if row["event"] in FILE_EVENTS])
    for row in rows:
        row["changes"] = changes.get(row["id"], {})
        if row["attachment"] is None:
            row["attachment"] = files.get(row["id"])


def _changes_before(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the changes of rows, compared with the row before on the same request."""
    earlier = RequestUpdate.objects.filter(
        id=OuterRef("id"), history_id__lt=OuterRef("history_id")
    ).order_by("-history_id")
    asked = RequestUpdate.objects.filter(history_id__in=ids).order_by()
    before = asked.values_list(Subquery(earlier.values("history_id")[:1]), flat=True)
    # Two statements: PostgreSQL reads the whole history for one with an `OR` and a subquery
    read = RequestUpdate.objects.filter(history_id__in={*ids, *before} - {None})
    states: dict[int, dict[str, Any]] = defaultdict(dict)
    changes = {}
    for pk, service_request, *values in read.order_by("history_id").values_list(
        "history_id", "id", *TRACKED
    ):
        state = dict(zip(TRACKED, values, strict=True))
        changes[pk] = changes_as_json(states[service_request], state)
        states[service_request] = state
    return changes


def _files_of(rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Return the ID of the file that each row is about, unless it is gone or not the only one."""
    result: dict[Any, list[int]] = defaultdict(list)
    if rows:
        files = Attachment.objects.filter(
            service_request__in={row["service_request"] for row in rows}
        )
        for pk, *key in files.values_list("pk", "service_request", "filename", "created_at"):
            result[tuple(key)].append(pk)
    matches = {
        row["id"]: result[row["service_request"], row["subject"], row["created_at"]] for row in rows
    }
    return {pk: files[0] for pk, files in matches.items() if len(files) == 1}
