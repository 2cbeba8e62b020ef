from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.language import Language
from ..models.muted_notices import MutedNotices
from ..types import UNSET, Unset

T = TypeVar("T", bound="ProfileChange")


@_attrs_define
class ProfileChange:
    """
    Attributes:
        email (str | Unset):
        first_name (str | Unset):
        last_name (str | Unset):
        phone_number (str | Unset):
        address (str | Unset):
        language (Language | Unset):
        muted_notices (list[MutedNotices] | Unset):
    """

    email: str | Unset = UNSET
    first_name: str | Unset = UNSET
    last_name: str | Unset = UNSET
    phone_number: str | Unset = UNSET
    address: str | Unset = UNSET
    language: Language | Unset = UNSET
    muted_notices: list[MutedNotices] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        first_name = self.first_name

        last_name = self.last_name

        phone_number = self.phone_number

        address = self.address

        language: str | Unset = UNSET
        if not isinstance(self.language, Unset):
            language = self.language.value

        muted_notices: list[str] | Unset = UNSET
        if not isinstance(self.muted_notices, Unset):
            muted_notices = []
            for muted_notices_item_data in self.muted_notices:
                muted_notices_item = muted_notices_item_data.value
                muted_notices.append(muted_notices_item)

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

        last_name = d.pop("last_name", UNSET)

        phone_number = d.pop("phone_number", UNSET)

        address = d.pop("address", UNSET)

        _language = d.pop("language", UNSET)
        language: Language | Unset
        if isinstance(_language, Unset):
            language = UNSET
        else:
            language = Language(_language)

        _muted_notices = d.pop("muted_notices", UNSET)
        muted_notices: list[MutedNotices] | Unset = UNSET
        if _muted_notices is not UNSET:
            muted_notices = []
            for muted_notices_item_data in _muted_notices:
                muted_notices_item = MutedNotices(muted_notices_item_data)

                muted_notices.append(muted_notices_item)

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
