from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.language import Language

T = TypeVar("T", bound="Customer")


@_attrs_define
class Customer:
    """A customer, as support and machine accounts read them.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        name (str): The full name of the customer, or their username if there is none.
        phone_number (str): The phone number. It is stored in the form `+917890123456`; a number without a country code
            is one of the operator's country.
        email (str): The current email address of the customer, or empty. A new one counts once it is confirmed.
        address (str): The postal address of the customer, from their profile.
        language (Language): The languages of mails and texts.
        special_care (list[str]): What the customer's open requests say about special care, as sentences for the
            visitor.
        do_not_disconnect (bool): Whether the customer must not be disconnected, because of an open dispute.
        updated_at (datetime.datetime): The time of the last change of the account.
    """

    id: int
    name: str
    phone_number: str
    email: str
    address: str
    language: Language
    special_care: list[str]
    do_not_disconnect: bool
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        phone_number = self.phone_number

        email = self.email

        address = self.address

        language = self.language.value

        special_care = self.special_care

        do_not_disconnect = self.do_not_disconnect

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "phone_number": phone_number,
                "email": email,
                "address": address,
                "language": language,
                "special_care": special_care,
                "do_not_disconnect": do_not_disconnect,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        phone_number = d.pop("phone_number")

        email = d.pop("email")

        address = d.pop("address")

        language = Language(d.pop("language"))

        special_care = cast(list[str], d.pop("special_care"))

        do_not_disconnect = d.pop("do_not_disconnect")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        customer = cls(
            id=id,
            name=name,
            phone_number=phone_number,
            email=email,
            address=address,
            language=language,
            special_care=special_care,
            do_not_disconnect=do_not_disconnect,
            updated_at=updated_at,
        )

        customer.additional_properties = d
        return customer

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
