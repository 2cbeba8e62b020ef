from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.author_kind import AuthorKind
from ..models.status import Status

if TYPE_CHECKING:
    from ..models.request_update_changes import RequestUpdateChanges


T = TypeVar("T", bound="RequestUpdate")


@_attrs_define
class RequestUpdate:
    """Something that happened to a request. Updates never change, and none is removed.

    Attributes:
        id (int): The ID of the update. It grows: pass the last one as `after` to get the later ones.
        service_request (int): The ID of the request.
        status (Status): `pending` until someone starts the work, `in_progress`, `on_hold` while it waits, `resolved`
            when it is done, or `cancelled`.
        previous_status (None | Status): The status before, or null for the first entry.
        notes (str): The text of the update, or empty.
        is_internal (bool): Whether only support can read the notes. Customers never receive internal notes.
        author (int | None): The ID of the user who did it. Null for a machine account, the system and a person without
            an account.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        event (str): The name of what happened, one of `EventName`. Later releases add names: ignore those that you do
            not know.
        milestone (None | str): The name of the milestone or outcome that was recorded, such as `on_site` or
            `no_access`, or null.
        attachment (int | None): The ID of the file that was added or removed, or null.
        changes (RequestUpdateChanges): The fields that changed. Customers get only the fields that they can see.
        occurred_at (datetime.datetime): When it happened, which can be before it was recorded. More than 15 minutes ago
            needs notes; more than 24 hours ago, a permission as well.
        author_kind (AuthorKind): Who an update comes from.
        author_name (None | str): The name of the author. Customers get only the first name of a support representative.
            Null for the system.
    """

    id: int
    service_request: int
    status: Status
    previous_status: None | Status
    notes: str
    is_internal: bool
    author: int | None
    created_at: datetime.datetime
    event: str
    milestone: None | str
    attachment: int | None
    changes: RequestUpdateChanges
    occurred_at: datetime.datetime
    author_kind: AuthorKind
    author_name: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        service_request = self.service_request

        status = self.status.value

        previous_status: None | str
        if isinstance(self.previous_status, Status):
            previous_status = self.previous_status.value
        else:
            previous_status = self.previous_status

        notes = self.notes

        is_internal = self.is_internal

        author: int | None
        author = self.author

        created_at = self.created_at.isoformat()

        event = self.event

        milestone: None | str
        milestone = self.milestone

        attachment: int | None
        attachment = self.attachment

        changes = self.changes.to_dict()

        occurred_at = self.occurred_at.isoformat()

        author_kind = self.author_kind.value

        author_name: None | str
        author_name = self.author_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "service_request": service_request,
                "status": status,
                "previous_status": previous_status,
                "notes": notes,
                "is_internal": is_internal,
                "author": author,
                "created_at": created_at,
                "event": event,
                "milestone": milestone,
                "attachment": attachment,
                "changes": changes,
                "occurred_at": occurred_at,
                "author_kind": author_kind,
                "author_name": author_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.request_update_changes import RequestUpdateChanges  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        service_request = d.pop("service_request")

        status = Status(d.pop("status"))

        def _parse_previous_status(data: object) -> None | Status:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                previous_status_type_0 = Status(data)

                return previous_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Status, data)

        previous_status = _parse_previous_status(d.pop("previous_status"))

        notes = d.pop("notes")

        is_internal = d.pop("is_internal")

        def _parse_author(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        author = _parse_author(d.pop("author"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        event = d.pop("event")

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

        changes = RequestUpdateChanges.from_dict(d.pop("changes"))

        occurred_at = datetime.datetime.fromisoformat(d.pop("occurred_at"))

        author_kind = AuthorKind(d.pop("author_kind"))

        def _parse_author_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        author_name = _parse_author_name(d.pop("author_name"))

        request_update = cls(
            id=id,
            service_request=service_request,
            status=status,
            previous_status=previous_status,
            notes=notes,
            is_internal=is_internal,
            author=author,
            created_at=created_at,
            event=event,
            milestone=milestone,
            attachment=attachment,
            changes=changes,
            occurred_at=occurred_at,
            author_kind=author_kind,
            author_name=author_name,
        )

        request_update.additional_properties = d
        return request_update

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
