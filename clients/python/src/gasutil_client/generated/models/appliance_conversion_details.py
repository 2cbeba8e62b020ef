from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.appliance_conversion_details_appliances_item import (
    ApplianceConversionDetailsAppliancesItem,
)
from ..models.appliance_conversion_details_fitter import (
    ApplianceConversionDetailsFitter,
)
from ..models.appliance_conversion_details_present_fuel import (
    ApplianceConversionDetailsPresentFuel,
)
from ..models.appliance_conversion_details_visit_slot_item import (
    ApplianceConversionDetailsVisitSlotItem,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ApplianceConversionDetails")


@_attrs_define
class ApplianceConversionDetails:
    """The answers to the questions of the type “Appliance conversion”.

    Attributes:
        present_fuel (ApplianceConversionDetailsPresentFuel | Unset): What do the appliances burn now?
        appliances (list[ApplianceConversionDetailsAppliancesItem] | Unset): Which appliances? Choose all that apply.
        appliance_count (int | Unset): How many appliances in all?
        makes (str | Unset): Makers and models From the plates on the appliances, as far as you can read them.
        fitter (ApplianceConversionDetailsFitter | Unset): Who should do it?
        fitter_licence (str | Unset): Licence number of your fitter
        fitter_phone (str | Unset): Phone number of your fitter
        visit_slot (list[ApplianceConversionDetailsVisitSlotItem] | Unset): When may we visit? Choose all that apply.
    """

    present_fuel: ApplianceConversionDetailsPresentFuel | Unset = UNSET
    appliances: list[ApplianceConversionDetailsAppliancesItem] | Unset = UNSET
    appliance_count: int | Unset = UNSET
    makes: str | Unset = UNSET
    fitter: ApplianceConversionDetailsFitter | Unset = UNSET
    fitter_licence: str | Unset = UNSET
    fitter_phone: str | Unset = UNSET
    visit_slot: list[ApplianceConversionDetailsVisitSlotItem] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        present_fuel: str | Unset = UNSET
        if not isinstance(self.present_fuel, Unset):
            present_fuel = self.present_fuel.value

        appliances: list[str] | Unset = UNSET
        if not isinstance(self.appliances, Unset):
            appliances = []
            for appliances_item_data in self.appliances:
                appliances_item = appliances_item_data.value
                appliances.append(appliances_item)

        appliance_count = self.appliance_count

        makes = self.makes

        fitter: str | Unset = UNSET
        if not isinstance(self.fitter, Unset):
            fitter = self.fitter.value

        fitter_licence = self.fitter_licence

        fitter_phone = self.fitter_phone

        visit_slot: list[str] | Unset = UNSET
        if not isinstance(self.visit_slot, Unset):
            visit_slot = []
            for visit_slot_item_data in self.visit_slot:
                visit_slot_item = visit_slot_item_data.value
                visit_slot.append(visit_slot_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if present_fuel is not UNSET:
            field_dict["present_fuel"] = present_fuel
        if appliances is not UNSET:
            field_dict["appliances"] = appliances
        if appliance_count is not UNSET:
            field_dict["appliance_count"] = appliance_count
        if makes is not UNSET:
            field_dict["makes"] = makes
        if fitter is not UNSET:
            field_dict["fitter"] = fitter
        if fitter_licence is not UNSET:
            field_dict["fitter_licence"] = fitter_licence
        if fitter_phone is not UNSET:
            field_dict["fitter_phone"] = fitter_phone
        if visit_slot is not UNSET:
            field_dict["visit_slot"] = visit_slot

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _present_fuel = d.pop("present_fuel", UNSET)
        present_fuel: ApplianceConversionDetailsPresentFuel | Unset
        if isinstance(_present_fuel, Unset):
            present_fuel = UNSET
        else:
            present_fuel = ApplianceConversionDetailsPresentFuel(_present_fuel)

        _appliances = d.pop("appliances", UNSET)
        appliances: list[ApplianceConversionDetailsAppliancesItem] | Unset = UNSET
        if _appliances is not UNSET:
            appliances = []
            for appliances_item_data in _appliances:
                appliances_item = ApplianceConversionDetailsAppliancesItem(appliances_item_data)

                appliances.append(appliances_item)

        appliance_count = d.pop("appliance_count", UNSET)

        makes = d.pop("makes", UNSET)

        _fitter = d.pop("fitter", UNSET)
        fitter: ApplianceConversionDetailsFitter | Unset
        if isinstance(_fitter, Unset):
            fitter = UNSET
        else:
            fitter = ApplianceConversionDetailsFitter(_fitter)

        fitter_licence = d.pop("fitter_licence", UNSET)

        fitter_phone = d.pop("fitter_phone", UNSET)

        _visit_slot = d.pop("visit_slot", UNSET)
        visit_slot: list[ApplianceConversionDetailsVisitSlotItem] | Unset = UNSET
        if _visit_slot is not UNSET:
            visit_slot = []
            for visit_slot_item_data in _visit_slot:
                visit_slot_item = ApplianceConversionDetailsVisitSlotItem(visit_slot_item_data)

                visit_slot.append(visit_slot_item)

        appliance_conversion_details = cls(
            present_fuel=present_fuel,
            appliances=appliances,
            appliance_count=appliance_count,
            makes=makes,
            fitter=fitter,
            fitter_licence=fitter_licence,
            fitter_phone=fitter_phone,
            visit_slot=visit_slot,
        )

        return appliance_conversion_details
