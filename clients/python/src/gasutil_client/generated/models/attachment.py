from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.status import Status
from ..types import UNSET, Unset

T = TypeVar("T", bound="Attachment")


@_attrs_define
class Attachment:
    """A file of a request, without its content.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        service_request (int): The ID of the request that the file belongs to.
        filename (str): The name of the file, as it was uploaded.
        content_type (str): The media type of the file, from its content and not from its name.
        size (int): In bytes.
        sha256 (str): The SHA-256 of the stored file, in hexadecimal digits.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        uploaded_by (int | None): The ID of the user who uploaded the file, or null for a machine account and a person
            without an account.
        status (Status | Unset): `pending` until someone starts the work, `in_progress`, `on_hold` while it waits,
            `resolved` when it is done, or `cancelled`.
    """

    id: int
    service_request: int
    filename: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime.datetime
    uploaded_by: int | None
    status: Status | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        service_request = self.service_request

        filename = self.filename

        content_type = self.content_type

        size = self.size

        sha256 = self.sha256

        created_at = self.created_at.isoformat()

        uploaded_by: int | None
        uploaded_by = self.uploaded_by

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "service_request": service_request,
                "filename": filename,
                "content_type": content_type,
                "size": size,
                "sha256": sha256,
                "created_at": created_at,
                "uploaded_by": uploaded_by,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        service_request = d.pop("service_request")

        filename = d.pop("filename")

        content_type = d.pop("content_type")

        size = d.pop("size")

        sha256 = d.pop("sha256")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_uploaded_by(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        uploaded_by = _parse_uploaded_by(d.pop("uploaded_by"))

        _status = d.pop("status", UNSET)
        status: Status | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = Status(_status)

        attachment = cls(
            id=id,
            service_request=service_request,
            filename=filename,
            content_type=content_type,
            size=size,
            sha256=sha256,
            created_at=created_at,
            uploaded_by=uploaded_by,
            status=status,
        )

        attachment.additional_properties = d
        return attachment

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
