from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExportedEmailChange")


@_attrs_define
class ExportedEmailChange:
    """A change of the email address.

    Attributes:
        old_email (str): The address before.
        new_email (str): The address after.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        undone_at (datetime.datetime | None): When the change was undone, or null.
    """

    old_email: str
    new_email: str
    created_at: datetime.datetime
    undone_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        old_email = self.old_email

        new_email = self.new_email

        created_at = self.created_at.isoformat()

        undone_at: None | str
        if isinstance(self.undone_at, datetime.datetime):
            undone_at = self.undone_at.isoformat()
        else:
            undone_at = self.undone_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "old_email": old_email,
                "new_email": new_email,
                "created_at": created_at,
                "undone_at": undone_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        old_email = d.pop("old_email")

        new_email = d.pop("new_email")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_undone_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                undone_at_type_0 = datetime.datetime.fromisoformat(data)

                return undone_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        undone_at = _parse_undone_at(d.pop("undone_at"))

        exported_email_change = cls(
            old_email=old_email,
            new_email=new_email,
            created_at=created_at,
            undone_at=undone_at,
        )

        exported_email_change.additional_properties = d
        return exported_email_change

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
