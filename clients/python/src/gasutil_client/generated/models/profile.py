from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.language import Language
from ..models.muted_notices import MutedNotices
from ..models.user_type import UserType

T = TypeVar("T", bound="Profile")


@_attrs_define
class Profile:
    """The own account.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        username (str): The name to log in with. It can't be changed.
        email (str): The email address. A new one is shown at once and receives mails once it is confirmed.
        email_confirmed (bool): Whether the owner has confirmed the email address.
        first_name (str): The first name of the person.
        last_name (str): The last name of the person. It can be empty.
        phone_number (str): The phone number. It is stored in the form `+917890123456`; a number without a country code
            is one of the operator's country.
        address (str): The postal address, which new requests have by default.
        user_type (UserType): The type of an account.
        is_approved (bool): Whether a manager has approved the support account. It means nothing for customers.
        date_joined (datetime.datetime): When the account was created.
        language (Language): The languages of mails and texts.
        muted_notices (list[MutedNotices]): The notifications that the user turned off.
    """

    id: int
    username: str
    email: str
    email_confirmed: bool
    first_name: str
    last_name: str
    phone_number: str
    address: str
    user_type: UserType
    is_approved: bool
    date_joined: datetime.datetime
    language: Language
    muted_notices: list[MutedNotices]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        username = self.username

        email = self.email

        email_confirmed = self.email_confirmed

        first_name = self.first_name

        last_name = self.last_name

        phone_number = self.phone_number

        address = self.address

        user_type = self.user_type.value

        is_approved = self.is_approved

        date_joined = self.date_joined.isoformat()

        language = self.language.value

        muted_notices = []
        for muted_notices_item_data in self.muted_notices:
            muted_notices_item = muted_notices_item_data.value
            muted_notices.append(muted_notices_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "username": username,
                "email": email,
                "email_confirmed": email_confirmed,
                "first_name": first_name,
                "last_name": last_name,
                "phone_number": phone_number,
                "address": address,
                "user_type": user_type,
                "is_approved": is_approved,
                "date_joined": date_joined,
                "language": language,
                "muted_notices": muted_notices,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        username = d.pop("username")

        email = d.pop("email")

        email_confirmed = d.pop("email_confirmed")

        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

        phone_number = d.pop("phone_number")

        address = d.pop("address")

        user_type = UserType(d.pop("user_type"))

        is_approved = d.pop("is_approved")

        date_joined = datetime.datetime.fromisoformat(d.pop("date_joined"))

        language = Language(d.pop("language"))

        muted_notices = []
        _muted_notices = d.pop("muted_notices")
        for muted_notices_item_data in _muted_notices:
            muted_notices_item = MutedNotices(muted_notices_item_data)

            muted_notices.append(muted_notices_item)

        profile = cls(
            id=id,
            username=username,
            email=email,
            email_confirmed=email_confirmed,
            first_name=first_name,
            last_name=last_name,
            phone_number=phone_number,
            address=address,
            user_type=user_type,
            is_approved=is_approved,
            date_joined=date_joined,
            language=language,
            muted_notices=muted_notices,
        )

        profile.additional_properties = d
        return profile

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
