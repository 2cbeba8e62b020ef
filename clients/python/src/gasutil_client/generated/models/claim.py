from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Claim")


@_attrs_define
class Claim:
    """Which request a customer makes their own.

    Attributes:
        tracking_token (str): The tracking token from the response to the report, or from the link in the mail.
    """

    tracking_token: str

    def to_dict(self) -> dict[str, Any]:
        tracking_token = self.tracking_token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tracking_token": tracking_token,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tracking_token = d.pop("tracking_token")

        claim = cls(
            tracking_token=tracking_token,
        )

        return claim
