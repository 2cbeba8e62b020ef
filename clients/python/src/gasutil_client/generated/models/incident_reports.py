from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="IncidentReports")


@_attrs_define
class IncidentReports:
    """
    Attributes:
        reports (list[int]): The IDs of requests.
    """

    reports: list[int]

    def to_dict(self) -> dict[str, Any]:
        reports = self.reports

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reports": reports,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reports = cast(list[int], d.pop("reports"))

        incident_reports = cls(
            reports=reports,
        )

        return incident_reports
