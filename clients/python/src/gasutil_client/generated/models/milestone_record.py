from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="MilestoneRecord")


@_attrs_define
class MilestoneRecord:
    """What was reached or found on site.

    Attributes:
        milestone (str): The name of one of the request's milestones that is not met yet, or an outcome of an emergency,
            such as `no_access`.
        notes (None | str | Unset): The text that goes with the change. Customers receive it unless `is_internal` is
            true.
        is_internal (bool | None | Unset): Whether the notes are hidden from the customer, who sees the milestone
            itself. By default they are.
        occurred_at (datetime.datetime | None | Unset): When it happened, if not now. Only support and machine accounts
            can send it. More than 15 minutes ago needs notes, more than 24 hours ago a permission as well.
    """

    milestone: str
    notes: None | str | Unset = UNSET
    is_internal: bool | None | Unset = UNSET
    occurred_at: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        milestone = self.milestone

        notes: None | str | Unset
        if isinstance(self.notes, Unset):
            notes = UNSET
        else:
            notes = self.notes

        is_internal: bool | None | Unset
        if isinstance(self.is_internal, Unset):
            is_internal = UNSET
        else:
            is_internal = self.is_internal

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        elif isinstance(self.occurred_at, datetime.datetime):
            occurred_at = self.occurred_at.isoformat()
        else:
            occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "milestone": milestone,
            }
        )
        if notes is not UNSET:
            field_dict["notes"] = notes
        if is_internal is not UNSET:
            field_dict["is_internal"] = is_internal
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        milestone = d.pop("milestone")

        def _parse_notes(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        notes = _parse_notes(d.pop("notes", UNSET))

        def _parse_is_internal(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_internal = _parse_is_internal(d.pop("is_internal", UNSET))

        def _parse_occurred_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                occurred_at_type_0 = datetime.datetime.fromisoformat(data)

                return occurred_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

        milestone_record = cls(
            milestone=milestone,
            notes=notes,
            is_internal=is_internal,
            occurred_at=occurred_at,
        )

        return milestone_record
