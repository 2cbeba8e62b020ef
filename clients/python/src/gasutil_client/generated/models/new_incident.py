from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewIncident")


@_attrs_define
class NewIncident:
    """An incident to open.

    Attributes:
        title (str): What the incident is, in a few words.
        notes (None | str | Unset): What is known about the incident. Only staff can read this.
        reports (list[int] | None | Unset): The IDs of requests.
    """

    title: str
    notes: None | str | Unset = UNSET
    reports: list[int] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        notes: None | str | Unset
        if isinstance(self.notes, Unset):
            notes = UNSET
        else:
            notes = self.notes

        reports: list[int] | None | Unset
        if isinstance(self.reports, Unset):
            reports = UNSET
        elif isinstance(self.reports, list):
            reports = self.reports

        else:
            reports = self.reports

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "title": title,
            }
        )
        if notes is not UNSET:
            field_dict["notes"] = notes
        if reports is not UNSET:
            field_dict["reports"] = reports

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        def _parse_notes(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        notes = _parse_notes(d.pop("notes", UNSET))

        def _parse_reports(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                reports_type_0 = cast(list[int], data)

                return reports_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        reports = _parse_reports(d.pop("reports", UNSET))

        new_incident = cls(
            title=title,
            notes=notes,
            reports=reports,
        )

        return new_incident
