from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.language import Language
from ..models.user_type import UserType
from ..types import UNSET, Unset

T = TypeVar("T", bound="Registration")


@_attrs_define
class Registration:
    """A new account.

    Attributes:
        username (str): The name to log in with: at most 150 characters, letters of one script, digits and `@.+-_`.
        password (str): The password: at least 10 characters, not common, not like the name, not only digits.
        password2 (str): The password again.
        email (str): The email address. A new one is shown at once and receives mails once it is confirmed.
        first_name (str): The first name of the person.
        last_name (str): The last name of the person. It can be empty.
        phone_number (str): The phone number. It is stored in the form `+917890123456`; a number without a country code
            is one of the operator's country.
        address (None | str | Unset): The postal address, which new requests have by default.
        user_type (None | Unset | UserType): The type of the account. The default is a customer; a support account waits
            for a manager's approval.
        language (Language | None | Unset): The language of the emails.
    """

    username: str
    password: str
    password2: str
    email: str
    first_name: str
    last_name: str
    phone_number: str
    address: None | str | Unset = UNSET
    user_type: None | Unset | UserType = UNSET
    language: Language | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        username = self.username

        password = self.password

        password2 = self.password2

        email = self.email

        first_name = self.first_name

        last_name = self.last_name

        phone_number = self.phone_number

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        user_type: None | str | Unset
        if isinstance(self.user_type, Unset):
            user_type = UNSET
        elif isinstance(self.user_type, UserType):
            user_type = self.user_type.value
        else:
            user_type = self.user_type

        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        elif isinstance(self.language, Language):
            language = self.language.value
        else:
            language = self.language

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

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        def _parse_user_type(data: object) -> None | Unset | UserType:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                user_type_type_0 = UserType(data)

                return user_type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UserType, data)

        user_type = _parse_user_type(d.pop("user_type", UNSET))

        def _parse_language(data: object) -> Language | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                language_type_0 = Language(data)

                return language_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Language | None | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

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
