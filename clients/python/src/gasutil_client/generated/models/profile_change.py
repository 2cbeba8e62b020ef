from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.language import Language
from ..models.muted_notices import MutedNotices
from ..types import UNSET, Unset

T = TypeVar("T", bound="ProfileChange")


@_attrs_define
class ProfileChange:
    """What to change of the account. What is omitted stays.

    Attributes:
        email (str | Unset): The email address. A new one is shown at once and receives mails once it is confirmed.
        first_name (str | Unset): The first name. It can't be empty.
        last_name (None | str | Unset): The last name of the person. It can be empty.
        phone_number (str | Unset): The phone number. It is stored in the form `+917890123456`; a number without a
            country code is one of the operator's country.
        address (None | str | Unset): The postal address, which new requests have by default.
        language (Language | Unset): The languages of mails and texts.
        muted_notices (list[MutedNotices] | None | Unset): The notifications that the user turns off.
    """

    email: str | Unset = UNSET
    first_name: str | Unset = UNSET
    last_name: None | str | Unset = UNSET
    phone_number: str | Unset = UNSET
    address: None | str | Unset = UNSET
    language: Language | Unset = UNSET
    muted_notices: list[MutedNotices] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        first_name = self.first_name

        last_name: None | str | Unset
        if isinstance(self.last_name, Unset):
            last_name = UNSET
        else:
            last_name = self.last_name

        phone_number = self.phone_number

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        language: str | Unset = UNSET
        if not isinstance(self.language, Unset):
            language = self.language.value

        muted_notices: list[str] | None | Unset
        if isinstance(self.muted_notices, Unset):
            muted_notices = UNSET
        elif isinstance(self.muted_notices, list):
            muted_notices = []
            for muted_notices_type_0_item_data in self.muted_notices:
                muted_notices_type_0_item = muted_notices_type_0_item_data.value
                muted_notices.append(muted_notices_type_0_item)

        else:
            muted_notices = self.muted_notices

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if email is not UNSET:
            field_dict["email"] = email
        if first_name is not UNSET:
            field_dict["first_name"] = first_name
        if last_name is not UNSET:
            field_dict["last_name"] = last_name
        if phone_number is not UNSET:
            field_dict["phone_number"] = phone_number
        if address is not UNSET:
            field_dict["address"] = address
        if language is not UNSET:
            field_dict["language"] = language
        if muted_notices is not UNSET:
            field_dict["muted_notices"] = muted_notices

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email", UNSET)

        first_name = d.pop("first_name", UNSET)

        def _parse_last_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_name = _parse_last_name(d.pop("last_name", UNSET))

        phone_number = d.pop("phone_number", UNSET)

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        _language = d.pop("language", UNSET)
        language: Language | Unset
        if isinstance(_language, Unset):
            language = UNSET
        else:
            language = Language(_language)

        def _parse_muted_notices(data: object) -> list[MutedNotices] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                muted_notices_type_0 = []
                _muted_notices_type_0 = data
                for muted_notices_type_0_item_data in _muted_notices_type_0:
                    muted_notices_type_0_item = MutedNotices(muted_notices_type_0_item_data)

                    muted_notices_type_0.append(muted_notices_type_0_item)

                return muted_notices_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[MutedNotices] | None | Unset, data)

        muted_notices = _parse_muted_notices(d.pop("muted_notices", UNSET))

        profile_change = cls(
            email=email,
            first_name=first_name,
            last_name=last_name,
            phone_number=phone_number,
            address=address,
            language=language,
            muted_notices=muted_notices,
        )

        return profile_change
