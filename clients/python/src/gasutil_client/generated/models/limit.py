from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Limit")


@_attrs_define
class Limit:
    """The time limit of a milestone in minutes from when a request is filed.

    The minutes are counted around the clock or in business hours.

        Attributes:
            name (str): The name of the milestone, for programs.
            label (str): The name as people read it, in the language of the call.
            minutes (int): The time limit in minutes, from when the request was received.
            in_business_hours (bool): Whether only business hours count.
    """

    name: str
    label: str
    minutes: int
    in_business_hours: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        label = self.label

        minutes = self.minutes

        in_business_hours = self.in_business_hours

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "label": label,
                "minutes": minutes,
                "in_business_hours": in_business_hours,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        label = d.pop("label")

        minutes = d.pop("minutes")

        in_business_hours = d.pop("in_business_hours")

        limit = cls(
            name=name,
            label=label,
            minutes=minutes,
            in_business_hours=in_business_hours,
        )

        limit.additional_properties = d
        return limit

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
