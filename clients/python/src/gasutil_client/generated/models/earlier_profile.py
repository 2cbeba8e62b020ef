from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="EarlierProfile")


@_attrs_define
class EarlierProfile:
    """The contact data of an account, as they were from a time on.

    Attributes:
        changed_at (datetime.datetime): When it was recorded.
        username (str): The name to log in with.
        first_name (str): The first name of the person.
        last_name (str): The last name of the person. It can be empty.
        email (str): The email address. A new one is shown at once and receives mails once it is confirmed.
        phone_number (str): The phone number. It is stored in the form `+917890123456`; a number without a country code
            is one of the operator's country.
        address (str): Where the work is to be done, or where the person lives, as one text.
    """

    changed_at: datetime.datetime
    username: str
    first_name: str
    last_name: str
    email: str
    phone_number: str
    address: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        changed_at = self.changed_at.isoformat()

        username = self.username

        first_name = self.first_name

        last_name = self.last_name

        email = self.email

        phone_number = self.phone_number

        address = self.address

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "changed_at": changed_at,
                "username": username,
                "first_name": first_name,
                "last_name": last_name,
                "email": email,
                "phone_number": phone_number,
                "address": address,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        username = d.pop("username")

        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

        email = d.pop("email")

        phone_number = d.pop("phone_number")

        address = d.pop("address")

        earlier_profile = cls(
            changed_at=changed_at,
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=email,
            phone_number=phone_number,
            address=address,
        )

        earlier_profile.additional_properties = d
        return earlier_profile

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
