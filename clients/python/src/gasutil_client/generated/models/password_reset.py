from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PasswordReset")


@_attrs_define
class PasswordReset:
    """A new password, and the token of the mail's link.

    Attributes:
        uid (str): The ID of the account in the mail's link.
        token (str): The token of the mail's link.
        password (str): The new password: at least 10 characters, not common, not like the name, not only digits.
        password2 (str): The new password again.
    """

    uid: str
    token: str
    password: str
    password2: str

    def to_dict(self) -> dict[str, Any]:
        uid = self.uid

        token = self.token

        password = self.password

        password2 = self.password2

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "uid": uid,
                "token": token,
                "password": password,
                "password2": password2,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        uid = d.pop("uid")

        token = d.pop("token")

        password = d.pop("password")

        password2 = d.pop("password2")

        password_reset = cls(
            uid=uid,
            token=token,
            password=password,
            password2=password2,
        )

        return password_reset
