from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.report_table_rows_item import ReportTableRowsItem


T = TypeVar("T", bound="ReportTable")


@_attrs_define
class ReportTable:
    """A report: its period, its columns and its rows.

    Attributes:
        name (str): The name in the URL.
        title (str): The title for people.
        from_ (datetime.date): The first day.
        to (datetime.date): The day after the last one.
        rows (list[ReportTableRowsItem]): The rows: a value for each column. Counts are objects.
    """

    name: str
    title: str
    from_: datetime.date
    to: datetime.date
    rows: list[ReportTableRowsItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        title = self.title

        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "title": title,
                "from": from_,
                "to": to,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.report_table_rows_item import ReportTableRowsItem  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        title = d.pop("title")

        from_ = datetime.date.fromisoformat(d.pop("from"))

        to = datetime.date.fromisoformat(d.pop("to"))

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = ReportTableRowsItem.from_dict(rows_item_data)

            rows.append(rows_item)

        report_table = cls(
            name=name,
            title=title,
            from_=from_,
            to=to,
            rows=rows,
        )

        report_table.additional_properties = d
        return report_table

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
