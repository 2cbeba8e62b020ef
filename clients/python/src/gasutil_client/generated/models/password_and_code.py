from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PasswordAndCode")


@_attrs_define
class PasswordAndCode:
    """The password and a code of the second factor.

    Attributes:
        password (str): The password of the account.
        otp (str): The code of the authenticator app, or a recovery code.
    """

    password: str
    otp: str

    def to_dict(self) -> dict[str, Any]:
        password = self.password

        otp = self.otp

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "password": password,
                "otp": otp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        password = d.pop("password")

        otp = d.pop("otp")

        password_and_code = cls(
            password=password,
            otp=otp,
        )

        return password_and_code
