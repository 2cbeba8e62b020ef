from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LogKeyPeriod")


@_attrs_define
class LogKeyPeriod:
    """A key of the log, and the sizes of the log between which it signs.

    Attributes:
        vkey (str): The public key, as C2SP's signed notes write it.
        from_ (int): The first size that it signed.
        to (int | None): The last size that it signed, or null if it still signs.
    """

    vkey: str
    from_: int
    to: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vkey = self.vkey

        from_ = self.from_

        to: int | None
        to = self.to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vkey": vkey,
                "from": from_,
                "to": to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        vkey = d.pop("vkey")

        from_ = d.pop("from")

        def _parse_to(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        to = _parse_to(d.pop("to"))

        log_key_period = cls(
            vkey=vkey,
            from_=from_,
            to=to,
        )

        log_key_period.additional_properties = d
        return log_key_period

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
