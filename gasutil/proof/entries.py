"""What the leaf of a history row states: canonical JSON of the row alone.

Personal values and free texts are salted digests. Times have six decimals and `Z`. What a migration
may rewrite is no part of an entry; a column that is added later makes a new version of the entry,
and older rows keep theirs.
"""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import CharField, GenericIPAddressField, JSONField, Model, TextField

from gasutil.models import (
    Calendar,
    CannedReply,
    Event,
    Incident,
    Leaf,
    LogName,
    LogStatement,
    MachineAccount,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    Team,
    User,
    Webhook,
)
from gasutil.proof.commitments import disclosure, disclosure_digest
from gasutil.proof.tree import leaf_hash

ENTRY_VERSION = 2
# The columns that were added later: log → column → the version of the entry that has it first.
ADDED_COLUMNS: Mapping[str, Mapping[str, int]] = {
    LogName.REQUEST_TYPE: {"retention_months": 2},
}
IP = "ip"  # has a salt of its own: it is erased after a year, the others with the person
ENTRY_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, kw_only=True)
class ProvedHistory:
    """A history whose rows are leaves.

    Args:
        log: its name in entries.
        model: the model of its rows.
        key: the column by which rows are numbered.
        plain: name in the entry → column.
        salted: the same for personal values and free texts.
        left_out: columns that are in no entry, each with the reason.
        stated: values of the object that its first row states: name → column of the object.
        members: relations whose ids belong to the row: name → (model, column).
    """

    log: LogName
    model: type[Model]
    key: str = "history_id"
    plain: Mapping[str, str]
    salted: Mapping[str, str]
    left_out: Mapping[str, str]
    stated: Mapping[str, str]
    members: Mapping[str, tuple[type[Model], str]]

    def rows(self, keys: Collection[int]) -> list[Any]:
        """Return rows by their numbers, in their order."""
        result = self.model._default_manager.filter(**{f"{self.key}__in": keys})
        return list(result.order_by(self.key))


def _of_requests() -> ProvedHistory:
    return ProvedHistory(
        log=LogName.REQUEST,
        model=RequestUpdate,
        plain={
            "row": "history_id",
            "request": "id",
            "version": "version",
            "event": "event",
            "type": "history_type",
            "status": "status",
            "previous_status": "previous_status",
            "priority": "priority",
            "request_type": "request_type_id",
            "is_internal": "is_internal",
            "channel": "channel",
            "author": "history_user_id",
            "machine_account": "machine_account_id",
            "assigned_to": "assigned_to_id",
            "attachment": "attachment",
            "reason_code": "reason_code",
            "received_at": "received_at",
            "resolved_at": "resolved_at",
            "respond_by": "respond_by",
            "resolve_by": "resolve_by",
            "occurred_at": "occurred_at",
            "recorded_at": "history_date",
        },
        salted={
            "notes": "notes",
            "subject": "subject",
            "contact": "contact",
            "incident": "incident_id",
            "sha256": "sha256",
            "ip": "ip",
        },
        left_out={
            "txid": "a restore renumbers it",
            "customer_id": "moves with the request",
            "changed": "follows from the row before",
            "changes": "follows from the row before",
            "history_change_reason": "always empty: `notes` say why",
        },
        stated={
            "reference": "reference",
            "description": "description",
            "address": "address",
            "details": "details",
            "latitude": "latitude",
            "longitude": "longitude",
            "schema_version": "schema_version",
        },
        members={},
    )


def _of(log: LogName, model: Any, **members: tuple[type[Model], str]) -> ProvedHistory:
    """Return a history all of whose free texts are salted."""
    history = model.history.model
    columns = {field.attname: field for field in history._meta.concrete_fields}
    salted = {
        name: name for name, field in columns.items() if name != "history_type" and _is_text(field)
    }
    plain = {name: name for name in columns if name not in salted}
    for name, column in (("row", "history_id"), ("recorded_at", "history_date")):
        plain[name] = plain.pop(column)
    return ProvedHistory(
        log=log,
        model=history,
        plain=plain,
        salted=salted,
        left_out={},
        stated={},
        members=members,
    )


def _is_text(field: Any) -> bool:
    is_text = isinstance(field, CharField | TextField | JSONField | GenericIPAddressField)
    return is_text and not field.choices


STATEMENTS = ProvedHistory(
    log=LogName.STATEMENT,
    model=LogStatement,
    key="id",
    plain={"row": "id", "made_at": "made_at", "content": "content"},
    salted={},
    left_out={},
    stated={},
    members={},
)
PROVED_HISTORIES: Mapping[str, ProvedHistory] = {
    source.log: source
    for source in (
        STATEMENTS,
        _of_requests(),
        _of(
            LogName.ACCOUNT,
            User,
            groups=(apps.get_model("gasutil", "HistoricalUser_groups"), "group_id"),
            permissions=(
                apps.get_model("gasutil", "HistoricalUser_user_permissions"),
                "permission_id",
            ),
        ),
        _of(
            LogName.GROUP,
            Group,
            permissions=(
                apps.get_model("gasutil", "HistoricalGroup_permissions"),
                "permission_id",
            ),
        ),
        _of(LogName.MACHINE, MachineAccount),
        _of(LogName.REQUEST_TYPE, RequestType),
        _of(LogName.CALENDAR, Calendar),
        _of(
            LogName.TEAM,
            Team,
            members=(apps.get_model("gasutil", "HistoricalTeam_members"), "user_id"),
            request_types=(
                apps.get_model("gasutil", "HistoricalTeam_request_types"),
                "requesttype_id",
            ),
        ),
        _of(LogName.INCIDENT, Incident),
        _of(LogName.WEBHOOK, Webhook),
        _of(LogName.REPLY, CannedReply),
    )
}


def entry(source: ProvedHistory, row: Any, leaf: Leaf, members: Mapping[str, Any]) -> bytes:
    """Return the bytes whose hash is the leaf.

    Args:
        source: the history of the row.
        row: the row.
        leaf: its salt, its stored digests and the version of its form; it need not be stored.
        members: name → ids of the relations that belong to the row.
    """
    salted = salted_digests(source, row, leaf)
    added = ADDED_COLUMNS.get(source.log, {})
    fields = {
        "v": leaf.version,
        "log": str(source.log),
        **{
            name: _plain(getattr(row, column))
            for name, column in source.plain.items()
            if leaf.version >= added.get(column, 1)
        },
        **members,
    }
    if salted:
        fields["salted"] = salted
    return canonical(fields)


def salted_values(source: ProvedHistory, row: Any) -> dict[str, Any]:
    """Return the values of a row that are salted."""
    return {name: _plain(getattr(row, column)) for name, column in source.salted.items()}


def stated(source: ProvedHistory, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Return the values of their objects that rows state, by the number of the row.

    The first row of a request states what was reported. It never changes, so that it does not
    matter when it is read.
    """
    first = {row.id: row for row in rows if source.stated and row.event == Event.CREATED}
    if not first:
        return {}
    result = ServiceRequest.objects.filter(pk__in=first).values("pk", *source.stated.values())
    return {
        first[each["pk"]].pk: {name: _plain(each[column]) for name, column in source.stated.items()}
        for each in result
    }


def members(source: ProvedHistory, rows: Sequence[Any]) -> dict[int, dict[str, list[Any]]]:
    """Return the ids of the relations that belong to rows, by the number of the row."""
    result: dict[int, dict[str, list[Any]]] = {
        getattr(row, source.key): {name: [] for name in source.members} for row in rows
    }
    for name, (model, column) in source.members.items():
        related = model._default_manager.filter(history_id__in=list(result)).order_by(column)
        for row, value in related.values_list("history_id", column):
            result[row][name].append(value)
    return result


def disclosures(
    source: ProvedHistory, row: Any, leaf: Leaf, stated_values: Mapping[str, Any]
) -> dict[str, str]:
    """Return the disclosure of each salted value that is still there."""
    known = salted_values(source, row) | dict(stated_values)
    added = ADDED_COLUMNS.get(source.log, {})
    return {
        name: disclosure(bytes(salt), name, value)
        for name, value in known.items()
        if leaf.version >= added.get(source.salted.get(name, ""), 1)
        and (salt := leaf.ip_salt if name == IP else leaf.salt) is not None
    }


def salted_digests(
    source: ProvedHistory, row: Any, leaf: Leaf, *, only: str = ""
) -> dict[str, str]:
    """Return the digest of each salted value, or of one; those that are stored come first."""
    made = {
        name: disclosure_digest(disclosed)
        for name, disclosed in disclosures(source, row, leaf, {}).items()
        if only in ("", name)
    }
    return made if only else made | leaf.digests


def hash_of(source: ProvedHistory, row: Any, leaf: Leaf, of_row: Mapping[str, Any]) -> bytes:
    """Return the hash of the leaf that a row should have."""
    return leaf_hash(entry(source, row, leaf, of_row))


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return JSON in the form of RFC 8785, for values without floats: it is faster than a library.

    Names are ASCII, so that their order is the same in UTF-16.
    """
    return json.dumps(
        fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime(ENTRY_TIME_FORMAT)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value
