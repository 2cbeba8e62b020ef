from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.day import Day
    from ..models.open_of_type import OpenOfType


T = TypeVar("T", bound="Dashboard")


@_attrs_define
class Dashboard:
    """The current figures of the service desk.

    Attributes:
        open_ (int): The number of open requests.
        mine (int): The number of open requests that are assigned to the caller.
        unassigned (int): The number of open requests that no one is assigned to.
        overdue (int): The number of open requests with a milestone that is late.
        emergencies (int): The number of open emergencies.
        on_hold (int): The number of requests that are on hold.
        escalated_today (int): Requests that were escalated in the last 24 hours.
        kept_in_time (float | None): The share of requests that met all their milestones, of those resolved in these
            days and those open and overdue.
        by_type (list[OpenOfType]): The open requests of each type.
        days (list[Day]): The last fourteen days, the oldest first.
    """

    open_: int
    mine: int
    unassigned: int
    overdue: int
    emergencies: int
    on_hold: int
    escalated_today: int
    kept_in_time: float | None
    by_type: list[OpenOfType]
    days: list[Day]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        open_ = self.open_

        mine = self.mine

        unassigned = self.unassigned

        overdue = self.overdue

        emergencies = self.emergencies

        on_hold = self.on_hold

        escalated_today = self.escalated_today

        kept_in_time: float | None
        kept_in_time = self.kept_in_time

        by_type = []
        for by_type_item_data in self.by_type:
            by_type_item = by_type_item_data.to_dict()
            by_type.append(by_type_item)

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "open": open_,
                "mine": mine,
                "unassigned": unassigned,
                "overdue": overdue,
                "emergencies": emergencies,
                "on_hold": on_hold,
                "escalated_today": escalated_today,
                "kept_in_time": kept_in_time,
                "by_type": by_type,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.day import Day  # noqa: PLC0415
        from ..models.open_of_type import OpenOfType  # noqa: PLC0415

        d = dict(src_dict)
        open_ = d.pop("open")

        mine = d.pop("mine")

        unassigned = d.pop("unassigned")

        overdue = d.pop("overdue")

        emergencies = d.pop("emergencies")

        on_hold = d.pop("on_hold")

        escalated_today = d.pop("escalated_today")

        def _parse_kept_in_time(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        kept_in_time = _parse_kept_in_time(d.pop("kept_in_time"))

        by_type = []
        _by_type = d.pop("by_type")
        for by_type_item_data in _by_type:
            by_type_item = OpenOfType.from_dict(by_type_item_data)

            by_type.append(by_type_item)

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = Day.from_dict(days_item_data)

            days.append(days_item)

        dashboard = cls(
            open_=open_,
            mine=mine,
            unassigned=unassigned,
            overdue=overdue,
            emergencies=emergencies,
            on_hold=on_hold,
            escalated_today=escalated_today,
            kept_in_time=kept_in_time,
            by_type=by_type,
            days=days,
        )

        dashboard.additional_properties = d
        return dashboard

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
