from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Day")


@_attrs_define
class Day:
    """The number of requests that were opened and resolved on a day.

    Attributes:
        day (datetime.date): The day, in the operator's time zone.
        opened (int): The number of requests that were created on the day.
        resolved (int): The number of requests that were resolved on the day.
        in_time (int): The resolved requests that met all their milestones.
    """

    day: datetime.date
    opened: int
    resolved: int
    in_time: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        opened = self.opened

        resolved = self.resolved

        in_time = self.in_time

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "opened": opened,
                "resolved": resolved,
                "in_time": in_time,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        opened = d.pop("opened")

        resolved = d.pop("resolved")

        in_time = d.pop("in_time")

        day = cls(
            day=day,
            opened=opened,
            resolved=resolved,
            in_time=in_time,
        )

        day.additional_properties = d
        return day

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
