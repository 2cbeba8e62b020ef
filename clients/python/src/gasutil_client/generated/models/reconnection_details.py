from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.reconnection_details_people_needing_care_item import (
    ReconnectionDetailsPeopleNeedingCareItem,
)
from ..models.reconnection_details_reason_off import ReconnectionDetailsReasonOff
from ..models.reconnection_details_visit_slot_item import (
    ReconnectionDetailsVisitSlotItem,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReconnectionDetails")


@_attrs_define
class ReconnectionDetails:
    """The answers to the questions of the type “Reconnection”.

    Attributes:
        reason_off (ReconnectionDetailsReasonOff | Unset): Why was the supply ended?
        payment_reference (str | Unset): Number of the payment From your bank, card or receipt.
        paid_on (datetime.date | Unset): When did you pay?
        fault_repaired (bool | Unset): Has the fault been put right by a certified fitter? Attach the fitter's paper if
            you have it.
        off_since (datetime.date | Unset): Since when is the supply off?
        adult_present (bool | Unset): Will an adult be at home? Without one we can't restore the supply.
        visit_slot (list[ReconnectionDetailsVisitSlotItem] | Unset): When may we visit? Choose all that apply.
        people_needing_care (list[ReconnectionDetailsPeopleNeedingCareItem] | Unset): Does anybody here need special
            care? So that we can help them first. Choose all that apply. Leave it out if you would rather not say.
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, a dog.
    """

    reason_off: ReconnectionDetailsReasonOff | Unset = UNSET
    payment_reference: str | Unset = UNSET
    paid_on: datetime.date | Unset = UNSET
    fault_repaired: bool | Unset = UNSET
    off_since: datetime.date | Unset = UNSET
    adult_present: bool | Unset = UNSET
    visit_slot: list[ReconnectionDetailsVisitSlotItem] | Unset = UNSET
    people_needing_care: list[ReconnectionDetailsPeopleNeedingCareItem] | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason_off: str | Unset = UNSET
        if not isinstance(self.reason_off, Unset):
            reason_off = self.reason_off.value

        payment_reference = self.payment_reference

        paid_on: str | Unset = UNSET
        if not isinstance(self.paid_on, Unset):
            paid_on = self.paid_on.isoformat()

        fault_repaired = self.fault_repaired

        off_since: str | Unset = UNSET
        if not isinstance(self.off_since, Unset):
            off_since = self.off_since.isoformat()

        adult_present = self.adult_present

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
        if reason_off is not UNSET:
            field_dict["reason_off"] = reason_off
        if payment_reference is not UNSET:
            field_dict["payment_reference"] = payment_reference
        if paid_on is not UNSET:
            field_dict["paid_on"] = paid_on
        if fault_repaired is not UNSET:
            field_dict["fault_repaired"] = fault_repaired
        if off_since is not UNSET:
            field_dict["off_since"] = off_since
        if adult_present is not UNSET:
            field_dict["adult_present"] = adult_present
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
        _reason_off = d.pop("reason_off", UNSET)
        reason_off: ReconnectionDetailsReasonOff | Unset
        if isinstance(_reason_off, Unset):
            reason_off = UNSET
        else:
            reason_off = ReconnectionDetailsReasonOff(_reason_off)

        payment_reference = d.pop("payment_reference", UNSET)

        _paid_on = d.pop("paid_on", UNSET)
        paid_on: datetime.date | Unset
        if isinstance(_paid_on, Unset):
            paid_on = UNSET
        else:
            paid_on = datetime.date.fromisoformat(_paid_on)

        fault_repaired = d.pop("fault_repaired", UNSET)

        _off_since = d.pop("off_since", UNSET)
        off_since: datetime.date | Unset
        if isinstance(_off_since, Unset):
            off_since = UNSET
        else:
            off_since = datetime.date.fromisoformat(_off_since)

        adult_present = d.pop("adult_present", UNSET)

        _visit_slot = d.pop("visit_slot", UNSET)
        visit_slot: list[ReconnectionDetailsVisitSlotItem] | Unset = UNSET
        if _visit_slot is not UNSET:
            visit_slot = []
            for visit_slot_item_data in _visit_slot:
                visit_slot_item = ReconnectionDetailsVisitSlotItem(visit_slot_item_data)

                visit_slot.append(visit_slot_item)

        _people_needing_care = d.pop("people_needing_care", UNSET)
        people_needing_care: list[ReconnectionDetailsPeopleNeedingCareItem] | Unset = UNSET
        if _people_needing_care is not UNSET:
            people_needing_care = []
            for people_needing_care_item_data in _people_needing_care:
                people_needing_care_item = ReconnectionDetailsPeopleNeedingCareItem(people_needing_care_item_data)

                people_needing_care.append(people_needing_care_item)

        access = d.pop("access", UNSET)

        reconnection_details = cls(
            reason_off=reason_off,
            payment_reference=payment_reference,
            paid_on=paid_on,
            fault_repaired=fault_repaired,
            off_since=off_since,
            adult_present=adult_present,
            visit_slot=visit_slot,
            people_needing_care=people_needing_care,
            access=access,
        )

        return reconnection_details
