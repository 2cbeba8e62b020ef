from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Milestone")


@_attrs_define
class Milestone:
    """A deadline of a request: when it is due, when it was met, and whether it is breached.

    Attributes:
        name (str): The name of the milestone, for programs.
        due_at (datetime.datetime): When it is due. Later, after a pause.
        met_at (datetime.datetime | None): When it was met, or null.
        is_breached (bool): Whether it was met too late, or is late and not met.
    """

    name: str
    due_at: datetime.datetime
    met_at: datetime.datetime | None
    is_breached: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        due_at = self.due_at.isoformat()

        met_at: None | str
        if isinstance(self.met_at, datetime.datetime):
            met_at = self.met_at.isoformat()
        else:
            met_at = self.met_at

        is_breached = self.is_breached

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "due_at": due_at,
                "met_at": met_at,
                "is_breached": is_breached,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        due_at = datetime.datetime.fromisoformat(d.pop("due_at"))

        def _parse_met_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                met_at_type_0 = datetime.datetime.fromisoformat(data)

                return met_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        met_at = _parse_met_at(d.pop("met_at"))

        is_breached = d.pop("is_breached")

        milestone = cls(
            name=name,
            due_at=due_at,
            met_at=met_at,
            is_breached=is_breached,
        )

        milestone.additional_properties = d
        return milestone

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
