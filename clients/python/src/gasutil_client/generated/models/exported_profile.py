from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExportedProfile")


@_attrs_define
class ExportedProfile:
    """The account, with columns that the profile of the API does not show.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        username (str): The name to log in with.
        email (str): The email address. A new one is shown at once and receives mails once it is confirmed.
        email_confirmed (bool): Whether the owner has confirmed the email address.
        previous_email (str): The address in use until a new one is confirmed, or empty.
        first_name (str): The first name of the person.
        last_name (str): The last name of the person. It can be empty.
        phone_number (str): The phone number. It is stored in the form `+917890123456`; a number without a country code
            is one of the operator's country.
        address (str): Where the work is to be done, or where the person lives, as one text.
        user_type (str): Whether it is a customer's or a support account. It is chosen at registration and can't be
            changed.
        is_approved (bool): Whether a manager has approved the support account. It means nothing for customers.
        language (str): The language of mails.
        muted_notices (list[str]): The notifications that the user turned off.
        registered_from (None | str): The IP address from which the account was created, or null.
        date_joined (datetime.datetime): When the account was created.
        last_login (datetime.datetime | None): When the account last logged in, or null.
        updated_at (datetime.datetime): When it last changed. The server sets it.
    """

    id: int
    username: str
    email: str
    email_confirmed: bool
    previous_email: str
    first_name: str
    last_name: str
    phone_number: str
    address: str
    user_type: str
    is_approved: bool
    language: str
    muted_notices: list[str]
    registered_from: None | str
    date_joined: datetime.datetime
    last_login: datetime.datetime | None
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        username = self.username

        email = self.email

        email_confirmed = self.email_confirmed

        previous_email = self.previous_email

        first_name = self.first_name

        last_name = self.last_name

        phone_number = self.phone_number

        address = self.address

        user_type = self.user_type

        is_approved = self.is_approved

        language = self.language

        muted_notices = self.muted_notices

        registered_from: None | str
        registered_from = self.registered_from

        date_joined = self.date_joined.isoformat()

        last_login: None | str
        if isinstance(self.last_login, datetime.datetime):
            last_login = self.last_login.isoformat()
        else:
            last_login = self.last_login

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "username": username,
                "email": email,
                "email_confirmed": email_confirmed,
                "previous_email": previous_email,
                "first_name": first_name,
                "last_name": last_name,
                "phone_number": phone_number,
                "address": address,
                "user_type": user_type,
                "is_approved": is_approved,
                "language": language,
                "muted_notices": muted_notices,
                "registered_from": registered_from,
                "date_joined": date_joined,
                "last_login": last_login,
                "updated_at": updated_at,
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

        previous_email = d.pop("previous_email")

        first_name = d.pop("first_name")

        last_name = d.pop("last_name")

        phone_number = d.pop("phone_number")

        address = d.pop("address")

        user_type = d.pop("user_type")

        is_approved = d.pop("is_approved")

        language = d.pop("language")

        muted_notices = cast(list[str], d.pop("muted_notices"))

        def _parse_registered_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        registered_from = _parse_registered_from(d.pop("registered_from"))

        date_joined = datetime.datetime.fromisoformat(d.pop("date_joined"))

        def _parse_last_login(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_login_type_0 = datetime.datetime.fromisoformat(data)

                return last_login_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_login = _parse_last_login(d.pop("last_login"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        exported_profile = cls(
            id=id,
            username=username,
            email=email,
            email_confirmed=email_confirmed,
            previous_email=previous_email,
            first_name=first_name,
            last_name=last_name,
            phone_number=phone_number,
            address=address,
            user_type=user_type,
            is_approved=is_approved,
            language=language,
            muted_notices=muted_notices,
            registered_from=registered_from,
            date_joined=date_joined,
            last_login=last_login,
            updated_at=updated_at,
        )

        exported_profile.additional_properties = d
        return exported_profile

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
