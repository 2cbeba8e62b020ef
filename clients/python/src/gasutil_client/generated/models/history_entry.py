from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.author_kind import AuthorKind

if TYPE_CHECKING:
    from ..models.field_change import FieldChange


T = TypeVar("T", bound="HistoryEntry")


@_attrs_define
class HistoryEntry:
    """One change of a request, field by field.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        event (str): The name of what happened, one of `EventName`. Later releases add names: ignore those that you do
            not know.
        changed_at (datetime.datetime): When it was recorded.
        changed_by (int | None): The ID of the user who made the change, or null.
        occurred_at (datetime.datetime): When it happened, which can be before it was recorded. More than 15 minutes ago
            needs notes; more than 24 hours ago, a permission as well.
        author_kind (AuthorKind): Who an update comes from.
        author_name (None | str): The name of the author. Customers get only the first name of a support representative.
            Null for the system.
        channel (str): The way that the change came in: `api`, `console`, `integration` or `system`.
        milestone (None | str): The name of the milestone or outcome that was recorded, such as `on_site` or
            `no_access`, or null.
        attachment (int | None): The ID of the file that was added or removed, or null.
        notes (str): The text that goes with the change. Customers receive it unless `is_internal` is true.
        is_internal (bool): Whether only support can read the notes. Customers never receive internal notes.
        changes (list[FieldChange]): The fields that changed, each with its old and its new value.
    """

    id: int
    event: str
    changed_at: datetime.datetime
    changed_by: int | None
    occurred_at: datetime.datetime
    author_kind: AuthorKind
    author_name: None | str
    channel: str
    milestone: None | str
    attachment: int | None
    notes: str
    is_internal: bool
    changes: list[FieldChange]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        event = self.event

        changed_at = self.changed_at.isoformat()

        changed_by: int | None
        changed_by = self.changed_by

        occurred_at = self.occurred_at.isoformat()

        author_kind = self.author_kind.value

        author_name: None | str
        author_name = self.author_name

        channel = self.channel

        milestone: None | str
        milestone = self.milestone

        attachment: int | None
        attachment = self.attachment

        notes = self.notes

        is_internal = self.is_internal

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "event": event,
                "changed_at": changed_at,
                "changed_by": changed_by,
                "occurred_at": occurred_at,
                "author_kind": author_kind,
                "author_name": author_name,
                "channel": channel,
                "milestone": milestone,
                "attachment": attachment,
                "notes": notes,
                "is_internal": is_internal,
                "changes": changes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_change import FieldChange  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        event = d.pop("event")

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        def _parse_changed_by(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        changed_by = _parse_changed_by(d.pop("changed_by"))

        occurred_at = datetime.datetime.fromisoformat(d.pop("occurred_at"))

        author_kind = AuthorKind(d.pop("author_kind"))

        def _parse_author_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        author_name = _parse_author_name(d.pop("author_name"))

        channel = d.pop("channel")

        def _parse_milestone(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        milestone = _parse_milestone(d.pop("milestone"))

        def _parse_attachment(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        attachment = _parse_attachment(d.pop("attachment"))

        notes = d.pop("notes")

        is_internal = d.pop("is_internal")

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = FieldChange.from_dict(changes_item_data)

            changes.append(changes_item)

        history_entry = cls(
            id=id,
            event=event,
            changed_at=changed_at,
            changed_by=changed_by,
            occurred_at=occurred_at,
            author_kind=author_kind,
            author_name=author_name,
            channel=channel,
            milestone=milestone,
            attachment=attachment,
            notes=notes,
            is_internal=is_internal,
            changes=changes,
        )

        history_entry.additional_properties = d
        return history_entry

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
