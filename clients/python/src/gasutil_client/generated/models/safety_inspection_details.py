from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.safety_inspection_details_appliances_item import (
    SafetyInspectionDetailsAppliancesItem,
)
from ..models.safety_inspection_details_people_needing_care_item import (
    SafetyInspectionDetailsPeopleNeedingCareItem,
)
from ..models.safety_inspection_details_reason import SafetyInspectionDetailsReason
from ..models.safety_inspection_details_visit_slot_item import (
    SafetyInspectionDetailsVisitSlotItem,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="SafetyInspectionDetails")


@_attrs_define
class SafetyInspectionDetails:
    """The answers to the questions of the type “Safety inspection”.

    Attributes:
        reason (SafetyInspectionDetailsReason | Unset): Why do you want a check?
        worry (str | Unset): What worries you? If you smell gas, or an alarm sounds, report a gas leak instead.
        appliances (list[SafetyInspectionDetailsAppliancesItem] | Unset): What should be checked? Choose all that apply.
        appliance_count (int | Unset): How many appliances in all?
        last_inspection (datetime.date | Unset): When was the last check? A rough date will do.
        visit_on (datetime.date | Unset): Which day suits you?
        visit_slot (list[SafetyInspectionDetailsVisitSlotItem] | Unset): When may we visit? Choose all that apply.
        people_needing_care (list[SafetyInspectionDetailsPeopleNeedingCareItem] | Unset): Does anybody here need special
            care? So that we can help them first. Choose all that apply. Leave it out if you would rather not say.
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, a dog.
    """

    reason: SafetyInspectionDetailsReason | Unset = UNSET
    worry: str | Unset = UNSET
    appliances: list[SafetyInspectionDetailsAppliancesItem] | Unset = UNSET
    appliance_count: int | Unset = UNSET
    last_inspection: datetime.date | Unset = UNSET
    visit_on: datetime.date | Unset = UNSET
    visit_slot: list[SafetyInspectionDetailsVisitSlotItem] | Unset = UNSET
    people_needing_care: list[SafetyInspectionDetailsPeopleNeedingCareItem] | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason: str | Unset = UNSET
        if not isinstance(self.reason, Unset):
            reason = self.reason.value

        worry = self.worry

        appliances: list[str] | Unset = UNSET
        if not isinstance(self.appliances, Unset):
            appliances = []
            for appliances_item_data in self.appliances:
                appliances_item = appliances_item_data.value
                appliances.append(appliances_item)

        appliance_count = self.appliance_count

        last_inspection: str | Unset = UNSET
        if not isinstance(self.last_inspection, Unset):
            last_inspection = self.last_inspection.isoformat()

        visit_on: str | Unset = UNSET
        if not isinstance(self.visit_on, Unset):
            visit_on = self.visit_on.isoformat()

        visit_slot: list[str] | Unset = UNSET
        if not isinstance(self.visit_slot, Unset):
            visit_slot = []
            for visit_slot_item_data in self.visit_slot:
                visit_slot_item = visit_slot_item_data.value
                visit_slot.append(visit_slot_item)

        people_needing_care: list[str] | Unset = UNSET
        if not isinstance(self.people_needing_care, Unset):
            people_needing_care = []
            for people_needing_care_item_data in self.people_needing_care:
                people_needing_care_item = people_needing_care_item_data.value
                people_needing_care.append(people_needing_care_item)

        access = self.access

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if reason is not UNSET:
            field_dict["reason"] = reason
        if worry is not UNSET:
            field_dict["worry"] = worry
        if appliances is not UNSET:
            field_dict["appliances"] = appliances
        if appliance_count is not UNSET:
            field_dict["appliance_count"] = appliance_count
        if last_inspection is not UNSET:
            field_dict["last_inspection"] = last_inspection
        if visit_on is not UNSET:
            field_dict["visit_on"] = visit_on
        if visit_slot is not UNSET:
            field_dict["visit_slot"] = visit_slot
        if people_needing_care is not UNSET:
            field_dict["people_needing_care"] = people_needing_care
        if access is not UNSET:
            field_dict["access"] = access

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _reason = d.pop("reason", UNSET)
        reason: SafetyInspectionDetailsReason | Unset
        if isinstance(_reason, Unset):
            reason = UNSET
        else:
            reason = SafetyInspectionDetailsReason(_reason)

        worry = d.pop("worry", UNSET)

        _appliances = d.pop("appliances", UNSET)
        appliances: list[SafetyInspectionDetailsAppliancesItem] | Unset = UNSET
        if _appliances is not UNSET:
            appliances = []
            for appliances_item_data in _appliances:
                appliances_item = SafetyInspectionDetailsAppliancesItem(appliances_item_data)

                appliances.append(appliances_item)

        appliance_count = d.pop("appliance_count", UNSET)

        _last_inspection = d.pop("last_inspection", UNSET)
        last_inspection: datetime.date | Unset
        if isinstance(_last_inspection, Unset):
            last_inspection = UNSET
        else:
            last_inspection = datetime.date.fromisoformat(_last_inspection)

        _visit_on = d.pop("visit_on", UNSET)
        visit_on: datetime.date | Unset
        if isinstance(_visit_on, Unset):
            visit_on = UNSET
        else:
            visit_on = datetime.date.fromisoformat(_visit_on)

        _visit_slot = d.pop("visit_slot", UNSET)
        visit_slot: list[SafetyInspectionDetailsVisitSlotItem] | Unset = UNSET
        if _visit_slot is not UNSET:
            visit_slot = []
            for visit_slot_item_data in _visit_slot:
                visit_slot_item = SafetyInspectionDetailsVisitSlotItem(visit_slot_item_data)

                visit_slot.append(visit_slot_item)

        _people_needing_care = d.pop("people_needing_care", UNSET)
        people_needing_care: list[SafetyInspectionDetailsPeopleNeedingCareItem] | Unset = UNSET
        if _people_needing_care is not UNSET:
            people_needing_care = []
            for people_needing_care_item_data in _people_needing_care:
                people_needing_care_item = SafetyInspectionDetailsPeopleNeedingCareItem(people_needing_care_item_data)

                people_needing_care.append(people_needing_care_item)

        access = d.pop("access", UNSET)

        safety_inspection_details = cls(
            reason=reason,
            worry=worry,
            appliances=appliances,
            appliance_count=appliance_count,
            last_inspection=last_inspection,
            visit_on=visit_on,
            visit_slot=visit_slot,
            people_needing_care=people_needing_care,
            access=access,
        )

        return safety_inspection_details
