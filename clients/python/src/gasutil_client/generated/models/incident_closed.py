from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.kept_report import KeptReport


T = TypeVar("T", bound="IncidentClosed")


@_attrs_define
class IncidentClosed:
    """The reports that were resolved with an incident, and those that stay open.

    Attributes:
        resolved (list[int]): The IDs of the requests that were resolved.
        kept (list[KeptReport]): The reports that stay open, each with the reason.
    """

    resolved: list[int]
    kept: list[KeptReport]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resolved = self.resolved

        kept = []
        for kept_item_data in self.kept:
            kept_item = kept_item_data.to_dict()
            kept.append(kept_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resolved": resolved,
                "kept": kept,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kept_report import KeptReport  # noqa: PLC0415

        d = dict(src_dict)
        resolved = cast(list[int], d.pop("resolved"))

        kept = []
        _kept = d.pop("kept")
        for kept_item_data in _kept:
            kept_item = KeptReport.from_dict(kept_item_data)

            kept.append(kept_item)

        incident_closed = cls(
            resolved=resolved,
            kept=kept,
        )

        incident_closed.additional_properties = d
        return incident_closed

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
