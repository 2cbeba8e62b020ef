from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.gas_leak_inspection_details_first_noticed import (
    GasLeakInspectionDetailsFirstNoticed,
)
from ..models.gas_leak_inspection_details_location import (
    GasLeakInspectionDetailsLocation,
)
from ..models.gas_leak_inspection_details_people_needing_care_item import (
    GasLeakInspectionDetailsPeopleNeedingCareItem,
)
from ..models.gas_leak_inspection_details_signs_item import (
    GasLeakInspectionDetailsSignsItem,
)
from ..models.gas_leak_inspection_details_smell_strength import (
    GasLeakInspectionDetailsSmellStrength,
)
from ..models.gas_leak_inspection_details_valve import GasLeakInspectionDetailsValve
from ..types import UNSET, Unset

T = TypeVar("T", bound="GasLeakInspectionDetails")


@_attrs_define
class GasLeakInspectionDetails:
    """The answers to the questions of the type “Gas leak or smell of gas”.

    Attributes:
        location (GasLeakInspectionDetailsLocation | Unset): Where do you smell it? If only an alarm sounds, choose
            where the alarm is.
        smell_strength (GasLeakInspectionDetailsSmellStrength | Unset): How strong is the smell?
        signs (list[GasLeakInspectionDetailsSignsItem] | Unset): What else do you notice? Choose all that apply.
        first_noticed (GasLeakInspectionDetailsFirstNoticed | Unset): When did you first notice it?
        valve (GasLeakInspectionDetailsValve | Unset): Is the valve at the meter or cylinder closed? Do not go back in
            to look.
        everyone_out (bool | Unset): Is everybody out of the building? Answer no if anyone is still inside or can't
            leave without help.
        people_unwell (bool | Unset): Is anybody dizzy, sick, hurt or unconscious? If so, call an ambulance as well.
        people_needing_care (list[GasLeakInspectionDetailsPeopleNeedingCareItem] | Unset): Does anybody here need
            special care? So that we can help them first. Choose all that apply. Leave it out if you would rather not say.
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, where you are
            waiting and on which number we reach you.
    """

    location: GasLeakInspectionDetailsLocation | Unset = UNSET
    smell_strength: GasLeakInspectionDetailsSmellStrength | Unset = UNSET
    signs: list[GasLeakInspectionDetailsSignsItem] | Unset = UNSET
    first_noticed: GasLeakInspectionDetailsFirstNoticed | Unset = UNSET
    valve: GasLeakInspectionDetailsValve | Unset = UNSET
    everyone_out: bool | Unset = UNSET
    people_unwell: bool | Unset = UNSET
    people_needing_care: list[GasLeakInspectionDetailsPeopleNeedingCareItem] | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        location: str | Unset = UNSET
        if not isinstance(self.location, Unset):
            location = self.location.value

        smell_strength: str | Unset = UNSET
        if not isinstance(self.smell_strength, Unset):
            smell_strength = self.smell_strength.value

        signs: list[str] | Unset = UNSET
        if not isinstance(self.signs, Unset):
            signs = []
            for signs_item_data in self.signs:
                signs_item = signs_item_data.value
                signs.append(signs_item)

        first_noticed: str | Unset = UNSET
        if not isinstance(self.first_noticed, Unset):
            first_noticed = self.first_noticed.value

        valve: str | Unset = UNSET
        if not isinstance(self.valve, Unset):
            valve = self.valve.value

        everyone_out = self.everyone_out

        people_unwell = self.people_unwell

        people_needing_care: list[str] | Unset = UNSET
        if not isinstance(self.people_needing_care, Unset):
            people_needing_care = []
            for people_needing_care_item_data in self.people_needing_care:
                people_needing_care_item = people_needing_care_item_data.value
                people_needing_care.append(people_needing_care_item)

        access = self.access

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if location is not UNSET:
            field_dict["location"] = location
        if smell_strength is not UNSET:
            field_dict["smell_strength"] = smell_strength
        if signs is not UNSET:
            field_dict["signs"] = signs
        if first_noticed is not UNSET:
            field_dict["first_noticed"] = first_noticed
        if valve is not UNSET:
            field_dict["valve"] = valve
        if everyone_out is not UNSET:
            field_dict["everyone_out"] = everyone_out
        if people_unwell is not UNSET:
            field_dict["people_unwell"] = people_unwell
        if people_needing_care is not UNSET:
            field_dict["people_needing_care"] = people_needing_care
        if access is not UNSET:
            field_dict["access"] = access

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _location = d.pop("location", UNSET)
        location: GasLeakInspectionDetailsLocation | Unset
        if isinstance(_location, Unset):
            location = UNSET
        else:
            location = GasLeakInspectionDetailsLocation(_location)

        _smell_strength = d.pop("smell_strength", UNSET)
        smell_strength: GasLeakInspectionDetailsSmellStrength | Unset
        if isinstance(_smell_strength, Unset):
            smell_strength = UNSET
        else:
            smell_strength = GasLeakInspectionDetailsSmellStrength(_smell_strength)

        _signs = d.pop("signs", UNSET)
        signs: list[GasLeakInspectionDetailsSignsItem] | Unset = UNSET
        if _signs is not UNSET:
            signs = []
            for signs_item_data in _signs:
                signs_item = GasLeakInspectionDetailsSignsItem(signs_item_data)

                signs.append(signs_item)

        _first_noticed = d.pop("first_noticed", UNSET)
        first_noticed: GasLeakInspectionDetailsFirstNoticed | Unset
        if isinstance(_first_noticed, Unset):
            first_noticed = UNSET
        else:
            first_noticed = GasLeakInspectionDetailsFirstNoticed(_first_noticed)

        _valve = d.pop("valve", UNSET)
        valve: GasLeakInspectionDetailsValve | Unset
        if isinstance(_valve, Unset):
            valve = UNSET
        else:
            valve = GasLeakInspectionDetailsValve(_valve)

        everyone_out = d.pop("everyone_out", UNSET)

        people_unwell = d.pop("people_unwell", UNSET)

        _people_needing_care = d.pop("people_needing_care", UNSET)
        people_needing_care: list[GasLeakInspectionDetailsPeopleNeedingCareItem] | Unset = UNSET
        if _people_needing_care is not UNSET:
            people_needing_care = []
            for people_needing_care_item_data in _people_needing_care:
                people_needing_care_item = GasLeakInspectionDetailsPeopleNeedingCareItem(people_needing_care_item_data)

                people_needing_care.append(people_needing_care_item)

        access = d.pop("access", UNSET)

        gas_leak_inspection_details = cls(
            location=location,
            smell_strength=smell_strength,
            signs=signs,
            first_noticed=first_noticed,
            valve=valve,
            everyone_out=everyone_out,
            people_unwell=people_unwell,
            people_needing_care=people_needing_care,
            access=access,
        )

        return gas_leak_inspection_details
