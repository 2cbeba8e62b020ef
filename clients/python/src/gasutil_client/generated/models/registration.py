from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.language import Language
from ..models.user_type import UserType
from ..types import UNSET, Unset

T = TypeVar("T", bound="Registration")


@_attrs_define
class Registration:
    """
    Attributes:
        username (str): Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.
        password (str):
        password2 (str):
        email (str):
        first_name (str):
        last_name (str):
        phone_number (str):
        address (str | Unset):
        user_type (UserType | Unset):
        language (Language | Unset):
    """

    username: str
    password: str
    password2: str
    email: str
    first_name: str
    last_name: str
    phone_number: str
    address: str | Unset = UNSET
    user_type: UserType | Unset = UNSET
    language: Language | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        username = self.username

        password = self.password

        password2 = self.password2

        email = self.email

        first_name = self.first_name

        last_name = self.last_name

        phone_number = self.phone_number

        address = self.address

        user_type: str | Unset = UNSET
        if not isinstance(self.user_type, Unset):
            user_type = self.user_type.value

        language: str | Unset = UNSET
        if not isinstance(self.language, Unset):
            language = self.language.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "username": username,
                "password": password,
                "password2": password2,
                "email": email,
                "first_name": first_name,
                "last_name": last_name,
                "phone_number": phone_number,
            }
        )
        if address is not UNSET:
            field_dict["address"] = address
        if user_type is not UNSET:
            field_dict["user_type"] = user_type
        if language is not UNSET:
            field_dict["language"] = language

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        username = d.pop("username")

        password = d.pop("password")

        password2 = d.pop("password2")

        email = d.pop("email")

        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

        phone_number = d.pop("phone_number")

        address = d.pop("address", UNSET)

        _user_type = d.pop("user_type", UNSET)
        user_type: UserType | Unset
        if isinstance(_user_type, Unset):
            user_type = UNSET
        else:
            user_type = UserType(_user_type)

        _language = d.pop("language", UNSET)
        language: Language | Unset
        if isinstance(_language, Unset):
            language = UNSET
        else:
            language = Language(_language)

        registration = cls(
            username=username,
            password=password,
            password2=password2,
            email=email,
            first_name=first_name,
            last_name=last_name,
            phone_number=phone_number,
            address=address,
            user_type=user_type,
            language=language,
        )

        return registration
