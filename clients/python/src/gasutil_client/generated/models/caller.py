from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Caller")


@_attrs_define
class Caller:
    """A person without an account who reported something.

    Attributes:
        name (str): The name of the person.
        phone_number (str): The phone number. It is stored in the form `+917890123456`; a number without a country code
            is one of the operator's country.
        email (str | Unset): The email address of the person, for mails about this request. Default: ''.
    """

    name: str
    phone_number: str
    email: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        phone_number = self.phone_number

        email = self.email

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "phone_number": phone_number,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        phone_number = d.pop("phone_number")

        email = d.pop("email", UNSET)

        caller = cls(
            name=name,
            phone_number=phone_number,
            email=email,
        )

        return caller
