from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="MilestoneRecord")


@_attrs_define
class MilestoneRecord:
    """
    Attributes:
        milestone (str):
        notes (str | Unset):
    """

    milestone: str
    notes: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        milestone = self.milestone

        notes = self.notes

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "milestone": milestone,
            }
        )
        if notes is not UNSET:
            field_dict["notes"] = notes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        milestone = d.pop("milestone")

        notes = d.pop("notes", UNSET)

        milestone_record = cls(
            milestone=milestone,
            notes=notes,
        )

        return milestone_record
