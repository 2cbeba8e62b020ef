from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Incident")


@_attrs_define
class Incident:
    """One event that many requests are about.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        reference (str): The reference that customers quote. The server sets it.
        title (str): What the incident is. Support sets it.
        notes (str): What is known about the incident. Only staff can read this.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        closed_at (datetime.datetime | None): When the incident was closed, or null while it is open.
        reports (list[int]): The IDs of the requests that belong to the incident.
        open_reports (int): The number of its reports that are open.
    """

    id: int
    reference: str
    title: str
    notes: str
    created_at: datetime.datetime
    closed_at: datetime.datetime | None
    reports: list[int]
    open_reports: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        reference = self.reference

        title = self.title

        notes = self.notes

        created_at = self.created_at.isoformat()

        closed_at: None | str
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        reports = self.reports

        open_reports = self.open_reports

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "reference": reference,
                "title": title,
                "notes": notes,
                "created_at": created_at,
                "closed_at": closed_at,
                "reports": reports,
                "open_reports": open_reports,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        reference = d.pop("reference")

        title = d.pop("title")

        notes = d.pop("notes")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_closed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        reports = cast(list[int], d.pop("reports"))

        open_reports = d.pop("open_reports")

        incident = cls(
            id=id,
            reference=reference,
            title=title,
            notes=notes,
            created_at=created_at,
            closed_at=closed_at,
            reports=reports,
            open_reports=open_reports,
        )

        incident.additional_properties = d
        return incident

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
