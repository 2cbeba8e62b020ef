from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PasswordChange")


@_attrs_define
class PasswordChange:
    """The current password and a new one.

    Attributes:
        old_password (str): The current password.
        password (str): The new password: at least 10 characters, not common, not like the name, not only digits.
        password2 (str): The new password again.
    """

    old_password: str
    password: str
    password2: str

    def to_dict(self) -> dict[str, Any]:
        old_password = self.old_password

        password = self.password

        password2 = self.password2

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "old_password": old_password,
                "password": password,
                "password2": password2,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        old_password = d.pop("old_password")

        password = d.pop("password")

        password2 = d.pop("password2")

        password_change = cls(
            old_password=old_password,
            password=password,
            password2=password2,
        )

        return password_change
