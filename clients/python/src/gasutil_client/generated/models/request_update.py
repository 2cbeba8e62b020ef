from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.status import Status

T = TypeVar("T", bound="RequestUpdate")


@_attrs_define
class RequestUpdate:
    """
    Attributes:
        id (int):
        service_request (int):
        status (Status):
        previous_status (None | Status):
        notes (str):
        is_internal (bool):
        author (int | None):
        created_at (datetime.datetime):
    """

    id: int
    service_request: int
    status: Status
    previous_status: None | Status
    notes: str
    is_internal: bool
    author: int | None
    created_at: datetime.datetime
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
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
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

        request_update = cls(
            id=id,
            service_request=service_request,
            status=status,
            previous_status=previous_status,
            notes=notes,
            is_internal=is_internal,
            author=author,
            created_at=created_at,
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
