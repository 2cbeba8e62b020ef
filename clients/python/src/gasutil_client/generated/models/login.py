from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Login")


@_attrs_define
class Login:
    """A login of the account, on one device.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        created_at (datetime.datetime): When the login began.
        last_used_at (datetime.datetime): When its tokens were last refreshed, or null.
        user_agent (str): What the client called itself when it logged in.
        is_current (bool): Whether this call was made with the login.
    """

    id: int
    created_at: datetime.datetime
    last_used_at: datetime.datetime
    user_agent: str
    is_current: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        created_at = self.created_at.isoformat()

        last_used_at = self.last_used_at.isoformat()

        user_agent = self.user_agent

        is_current = self.is_current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "created_at": created_at,
                "last_used_at": last_used_at,
                "user_agent": user_agent,
                "is_current": is_current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        last_used_at = datetime.datetime.fromisoformat(d.pop("last_used_at"))

        user_agent = d.pop("user_agent")

        is_current = d.pop("is_current")

        login = cls(
            id=id,
            created_at=created_at,
            last_used_at=last_used_at,
            user_agent=user_agent,
            is_current=is_current,
        )

        login.additional_properties = d
        return login

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
