from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.no_supply_details_neighbours_affected import (
    NoSupplyDetailsNeighboursAffected,
)
from ..models.no_supply_details_people_needing_care_item import (
    NoSupplyDetailsPeopleNeedingCareItem,
)
from ..models.no_supply_details_valve import NoSupplyDetailsValve
from ..types import UNSET, Unset

T = TypeVar("T", bound="NoSupplyDetails")


@_attrs_define
class NoSupplyDetails:
    """The answers to the questions of the type “No gas supply”.

    Attributes:
        since (datetime.datetime | Unset): Since when is there no gas? A rough time will do.
        neighbours_affected (NoSupplyDetailsNeighboursAffected | Unset): Are your neighbours without gas too?
        valve (NoSupplyDetailsValve | Unset): Is the valve at the meter open? Only look, please. A handle in line with
            the pipe is open, one across it is closed.
        is_prepaid (bool | Unset): Do you pay for gas in advance? With a card, a token or a top-up.
        credit_left (float | Unset): What credit does the meter show? (INR) Put a minus before it if you are overdrawn.
        other_means (bool | Unset): Can you cook and keep warm in another way?
        meter_number (str | Unset): Meter number Printed on the front of the meter, often beside a bar code.
        people_needing_care (list[NoSupplyDetailsPeopleNeedingCareItem] | Unset): Does anybody here need special care?
            So that we can help them first. Choose all that apply. Leave it out if you would rather not say.
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, a dog.
    """

    since: datetime.datetime | Unset = UNSET
    neighbours_affected: NoSupplyDetailsNeighboursAffected | Unset = UNSET
    valve: NoSupplyDetailsValve | Unset = UNSET
    is_prepaid: bool | Unset = UNSET
    credit_left: float | Unset = UNSET
    other_means: bool | Unset = UNSET
    meter_number: str | Unset = UNSET
    people_needing_care: list[NoSupplyDetailsPeopleNeedingCareItem] | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        since: str | Unset = UNSET
        if not isinstance(self.since, Unset):
            since = self.since.isoformat()

        neighbours_affected: str | Unset = UNSET
        if not isinstance(self.neighbours_affected, Unset):
            neighbours_affected = self.neighbours_affected.value

        valve: str | Unset = UNSET
        if not isinstance(self.valve, Unset):
            valve = self.valve.value

        is_prepaid = self.is_prepaid

        credit_left = self.credit_left

        other_means = self.other_means

        meter_number = self.meter_number

        people_needing_care: list[str] | Unset = UNSET
        if not isinstance(self.people_needing_care, Unset):
            people_needing_care = []
            for people_needing_care_item_data in self.people_needing_care:
                people_needing_care_item = people_needing_care_item_data.value
                people_needing_care.append(people_needing_care_item)

        access = self.access

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if since is not UNSET:
            field_dict["since"] = since
        if neighbours_affected is not UNSET:
            field_dict["neighbours_affected"] = neighbours_affected
        if valve is not UNSET:
            field_dict["valve"] = valve
        if is_prepaid is not UNSET:
            field_dict["is_prepaid"] = is_prepaid
        if credit_left is not UNSET:
            field_dict["credit_left"] = credit_left
        if other_means is not UNSET:
            field_dict["other_means"] = other_means
        if meter_number is not UNSET:
            field_dict["meter_number"] = meter_number
        if people_needing_care is not UNSET:
            field_dict["people_needing_care"] = people_needing_care
        if access is not UNSET:
            field_dict["access"] = access

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _since = d.pop("since", UNSET)
        since: datetime.datetime | Unset
        if isinstance(_since, Unset):
            since = UNSET
        else:
            since = datetime.datetime.fromisoformat(_since)

        _neighbours_affected = d.pop("neighbours_affected", UNSET)
        neighbours_affected: NoSupplyDetailsNeighboursAffected | Unset
        if isinstance(_neighbours_affected, Unset):
            neighbours_affected = UNSET
        else:
            neighbours_affected = NoSupplyDetailsNeighboursAffected(_neighbours_affected)

        _valve = d.pop("valve", UNSET)
        valve: NoSupplyDetailsValve | Unset
        if isinstance(_valve, Unset):
            valve = UNSET
        else:
            valve = NoSupplyDetailsValve(_valve)

        is_prepaid = d.pop("is_prepaid", UNSET)

        credit_left = d.pop("credit_left", UNSET)

        other_means = d.pop("other_means", UNSET)

        meter_number = d.pop("meter_number", UNSET)

        _people_needing_care = d.pop("people_needing_care", UNSET)
        people_needing_care: list[NoSupplyDetailsPeopleNeedingCareItem] | Unset = UNSET
        if _people_needing_care is not UNSET:
            people_needing_care = []
            for people_needing_care_item_data in _people_needing_care:
                people_needing_care_item = NoSupplyDetailsPeopleNeedingCareItem(people_needing_care_item_data)

                people_needing_care.append(people_needing_care_item)

        access = d.pop("access", UNSET)

        no_supply_details = cls(
            since=since,
            neighbours_affected=neighbours_affected,
            valve=valve,
            is_prepaid=is_prepaid,
            credit_left=credit_left,
            other_means=other_means,
            meter_number=meter_number,
            people_needing_care=people_needing_care,
            access=access,
        )

        return no_supply_details
