from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.log_key_period import LogKeyPeriod


T = TypeVar("T", bound="LogKeys")


@_attrs_define
class LogKeys:
    """The keys with which checkpoints are checked. Get them from elsewhere too.

    Attributes:
        origin (str): The name of the log.
        vkeys (list[LogKeyPeriod]): The keys of the log, the oldest first.
        witnesses (list[str]): The keys of the witnesses that are asked.
        quorum (int): How many witnesses sign a checkpoint that counts as witnessed.
    """

    origin: str
    vkeys: list[LogKeyPeriod]
    witnesses: list[str]
    quorum: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        origin = self.origin

        vkeys = []
        for vkeys_item_data in self.vkeys:
            vkeys_item = vkeys_item_data.to_dict()
            vkeys.append(vkeys_item)

        witnesses = self.witnesses

        quorum = self.quorum

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "origin": origin,
                "vkeys": vkeys,
                "witnesses": witnesses,
                "quorum": quorum,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.log_key_period import LogKeyPeriod  # noqa: PLC0415

        d = dict(src_dict)
        origin = d.pop("origin")

        vkeys = []
        _vkeys = d.pop("vkeys")
        for vkeys_item_data in _vkeys:
            vkeys_item = LogKeyPeriod.from_dict(vkeys_item_data)

            vkeys.append(vkeys_item)

        witnesses = cast(list[str], d.pop("witnesses"))

        quorum = d.pop("quorum")

        log_keys = cls(
            origin=origin,
            vkeys=vkeys,
            witnesses=witnesses,
            quorum=quorum,
        )

        log_keys.additional_properties = d
        return log_keys

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
