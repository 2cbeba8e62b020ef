from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, File, FileTypes, Unset

T = TypeVar("T", bound="CreateRequestFilesCreateRequestForm")


@_attrs_define
class CreateRequestFilesCreateRequestForm:
    """
    Attributes:
        request_type (str):
        description (str):
        address (None | str | Unset):
        details (str | Unset): As JSON.
        latitude (str | Unset): As JSON.
        longitude (str | Unset): As JSON.
        attachments (list[File] | Unset): The files, each in a part of this name.
    """

    request_type: str
    description: str
    address: None | str | Unset = UNSET
    details: str | Unset = UNSET
    latitude: str | Unset = UNSET
    longitude: str | Unset = UNSET
    attachments: list[File] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_type = self.request_type

        description = self.description

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        details = self.details

        latitude = self.latitude

        longitude = self.longitude

        attachments: list[FileTypes] | Unset = UNSET
        if not isinstance(self.attachments, Unset):
            attachments = []
            for attachments_item_data in self.attachments:
                attachments_item = attachments_item_data.to_tuple()

                attachments.append(attachments_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "request_type": request_type,
                "description": description,
            }
        )
        if address is not UNSET:
            field_dict["address"] = address
        if details is not UNSET:
            field_dict["details"] = details
        if latitude is not UNSET:
            field_dict["latitude"] = latitude
        if longitude is not UNSET:
            field_dict["longitude"] = longitude
        if attachments is not UNSET:
            field_dict["attachments"] = attachments

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("request_type", (None, str(self.request_type).encode(), "text/plain")))

        files.append(("description", (None, str(self.description).encode(), "text/plain")))

        if not isinstance(self.address, Unset):
            if isinstance(self.address, str):
                files.append(("address", (None, str(self.address).encode(), "text/plain")))
            else:
                files.append(("address", (None, str(self.address).encode(), "text/plain")))

        if not isinstance(self.details, Unset):
            files.append(("details", (None, str(self.details).encode(), "text/plain")))

        if not isinstance(self.latitude, Unset):
            files.append(("latitude", (None, str(self.latitude).encode(), "text/plain")))

        if not isinstance(self.longitude, Unset):
            files.append(("longitude", (None, str(self.longitude).encode(), "text/plain")))

        if not isinstance(self.attachments, Unset):
            for attachments_item_element in self.attachments:
                files.append(("attachments", attachments_item_element.to_tuple()))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        request_type = d.pop("request_type")

        description = d.pop("description")

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        details = d.pop("details", UNSET)

        latitude = d.pop("latitude", UNSET)

        longitude = d.pop("longitude", UNSET)

        _attachments = d.pop("attachments", UNSET)
        attachments: list[File] | Unset = UNSET
        if _attachments is not UNSET:
            attachments = []
            for attachments_item_data in _attachments:
                attachments_item = File(payload=BytesIO(attachments_item_data))

                attachments.append(attachments_item)

        create_request_files_create_request_form = cls(
            request_type=request_type,
            description=description,
            address=address,
            details=details,
            latitude=latitude,
            longitude=longitude,
            attachments=attachments,
        )

        create_request_files_create_request_form.additional_properties = d
        return create_request_files_create_request_form

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
