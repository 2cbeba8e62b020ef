from __future__ import annotations

import datetime
from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..models.contact import Contact
from ..types import UNSET, File, FileTypes, Unset

T = TypeVar("T", bound="IntakeRequestFilesIntakeRequestForm")


@_attrs_define
class IntakeRequestFilesIntakeRequestForm:
    """
    Attributes:
        request_type (str):
        description (str):
        customer (str | Unset): As JSON.
        caller (str | Unset): As JSON.
        address (None | str | Unset):
        details (str | Unset): As JSON.
        received_at (datetime.datetime | None | Unset):
        contact (Contact | None | Unset):
        latitude (str | Unset): As JSON.
        longitude (str | Unset): As JSON.
        attachments (list[File] | Unset): The files, each in a part of this name.
    """

    request_type: str
    description: str
    customer: str | Unset = UNSET
    caller: str | Unset = UNSET
    address: None | str | Unset = UNSET
    details: str | Unset = UNSET
    received_at: datetime.datetime | None | Unset = UNSET
    contact: Contact | None | Unset = UNSET
    latitude: str | Unset = UNSET
    longitude: str | Unset = UNSET
    attachments: list[File] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_type = self.request_type

        description = self.description

        customer = self.customer

        caller = self.caller

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        details = self.details

        received_at: None | str | Unset
        if isinstance(self.received_at, Unset):
            received_at = UNSET
        elif isinstance(self.received_at, datetime.datetime):
            received_at = self.received_at.isoformat()
        else:
            received_at = self.received_at

        contact: None | str | Unset
        if isinstance(self.contact, Unset):
            contact = UNSET
        elif isinstance(self.contact, Contact):
            contact = self.contact.value
        else:
            contact = self.contact

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
        if customer is not UNSET:
            field_dict["customer"] = customer
        if caller is not UNSET:
            field_dict["caller"] = caller
        if address is not UNSET:
            field_dict["address"] = address
        if details is not UNSET:
            field_dict["details"] = details
        if received_at is not UNSET:
            field_dict["received_at"] = received_at
        if contact is not UNSET:
            field_dict["contact"] = contact
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

        if not isinstance(self.customer, Unset):
            files.append(("customer", (None, str(self.customer).encode(), "text/plain")))

        if not isinstance(self.caller, Unset):
            files.append(("caller", (None, str(self.caller).encode(), "text/plain")))

        if not isinstance(self.address, Unset):
            if isinstance(self.address, str):
                files.append(("address", (None, str(self.address).encode(), "text/plain")))
            else:
                files.append(("address", (None, str(self.address).encode(), "text/plain")))

        if not isinstance(self.details, Unset):
            files.append(("details", (None, str(self.details).encode(), "text/plain")))

        if not isinstance(self.received_at, Unset):
            if isinstance(self.received_at, datetime.datetime):
                files.append(("received_at", (None, self.received_at.isoformat().encode(), "text/plain")))
            else:
                files.append(("received_at", (None, str(self.received_at).encode(), "text/plain")))

        if not isinstance(self.contact, Unset):
            if isinstance(self.contact, Contact):
                files.append(("contact", (None, str(self.contact.value).encode(), "text/plain")))
            else:
                files.append(("contact", (None, str(self.contact).encode(), "text/plain")))

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

        customer = d.pop("customer", UNSET)

        caller = d.pop("caller", UNSET)

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        details = d.pop("details", UNSET)

        def _parse_received_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                received_at_type_0 = datetime.datetime.fromisoformat(data)

                return received_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        received_at = _parse_received_at(d.pop("received_at", UNSET))

        def _parse_contact(data: object) -> Contact | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                contact_type_0 = Contact(data)

                return contact_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Contact | None | Unset, data)

        contact = _parse_contact(d.pop("contact", UNSET))

        latitude = d.pop("latitude", UNSET)

        longitude = d.pop("longitude", UNSET)

        _attachments = d.pop("attachments", UNSET)
        attachments: list[File] | Unset = UNSET
        if _attachments is not UNSET:
            attachments = []
            for attachments_item_data in _attachments:
                attachments_item = File(payload=BytesIO(attachments_item_data))

                attachments.append(attachments_item)

        intake_request_files_intake_request_form = cls(
            request_type=request_type,
            description=description,
            customer=customer,
            caller=caller,
            address=address,
            details=details,
            received_at=received_at,
            contact=contact,
            latitude=latitude,
            longitude=longitude,
            attachments=attachments,
        )

        intake_request_files_intake_request_form.additional_properties = d
        return intake_request_files_intake_request_form

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
