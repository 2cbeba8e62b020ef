from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="SecondFactorCode")


@_attrs_define
class SecondFactorCode:
    """A code of the authenticator app.

    Attributes:
        otp (str): A code of the authenticator app.
    """

    otp: str

    def to_dict(self) -> dict[str, Any]:
        otp = self.otp

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "otp": otp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        otp = d.pop("otp")

        second_factor_code = cls(
            otp=otp,
        )

        return second_factor_code
