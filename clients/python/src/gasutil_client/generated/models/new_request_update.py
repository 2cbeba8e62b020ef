from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.status import Status
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewRequestUpdate")


@_attrs_define
class NewRequestUpdate:
    """
    Attributes:
        service_request (int):
        status (Status | Unset):
        notes (str | Unset):
        is_internal (bool | Unset):
    """

    service_request: int
    status: Status | Unset = UNSET
    notes: str | Unset = UNSET
    is_internal: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        service_request = self.service_request

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        notes = self.notes

        is_internal = self.is_internal

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "service_request": service_request,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if notes is not UNSET:
            field_dict["notes"] = notes
        if is_internal is not UNSET:
            field_dict["is_internal"] = is_internal

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        service_request = d.pop("service_request")

        _status = d.pop("status", UNSET)
        status: Status | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = Status(_status)

        notes = d.pop("notes", UNSET)

        is_internal = d.pop("is_internal", UNSET)

        new_request_update = cls(
            service_request=service_request,
            status=status,
            notes=notes,
            is_internal=is_internal,
        )

        return new_request_update
