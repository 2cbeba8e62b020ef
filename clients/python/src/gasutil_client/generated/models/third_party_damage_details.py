from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.third_party_damage_details_cause import ThirdPartyDamageDetailsCause
from ..models.third_party_damage_details_gas_escaping import (
    ThirdPartyDamageDetailsGasEscaping,
)
from ..models.third_party_damage_details_nearby_item import (
    ThirdPartyDamageDetailsNearbyItem,
)
from ..models.third_party_damage_details_what_was_hit import (
    ThirdPartyDamageDetailsWhatWasHit,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ThirdPartyDamageDetails")


@_attrs_define
class ThirdPartyDamageDetails:
    """The answers to the questions of the type “Damaged gas pipe”.

    Attributes:
        what_was_hit (ThirdPartyDamageDetailsWhatWasHit | Unset): What was hit?
        gas_escaping (ThirdPartyDamageDetailsGasEscaping | Unset): Is gas coming out?
        cause (ThirdPartyDamageDetailsCause | Unset): How did it happen?
        exact_spot (str | Unset): Where exactly is it? A crossing, a house number, a landmark, or the co-ordinates on
            your phone's map.
        people_hurt (bool | Unset): Is anybody hurt? If so, call an ambulance as well.
        nearby (list[ThirdPartyDamageDetailsNearbyItem] | Unset): What is close by? Choose all that apply.
        area_cleared (bool | Unset): Has everybody moved away and work stopped?
        who_did_it (str | Unset): Who was working there? A company, the words on a vehicle, or a name, if you know it.
        contact_on_site (str | Unset): Whom do we ask for on site? A name and a phone number.
    """

    what_was_hit: ThirdPartyDamageDetailsWhatWasHit | Unset = UNSET
    gas_escaping: ThirdPartyDamageDetailsGasEscaping | Unset = UNSET
    cause: ThirdPartyDamageDetailsCause | Unset = UNSET
    exact_spot: str | Unset = UNSET
    people_hurt: bool | Unset = UNSET
    nearby: list[ThirdPartyDamageDetailsNearbyItem] | Unset = UNSET
    area_cleared: bool | Unset = UNSET
    who_did_it: str | Unset = UNSET
    contact_on_site: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        what_was_hit: str | Unset = UNSET
        if not isinstance(self.what_was_hit, Unset):
            what_was_hit = self.what_was_hit.value

        gas_escaping: str | Unset = UNSET
        if not isinstance(self.gas_escaping, Unset):
            gas_escaping = self.gas_escaping.value

        cause: str | Unset = UNSET
        if not isinstance(self.cause, Unset):
            cause = self.cause.value

        exact_spot = self.exact_spot

        people_hurt = self.people_hurt

        nearby: list[str] | Unset = UNSET
        if not isinstance(self.nearby, Unset):
            nearby = []
            for nearby_item_data in self.nearby:
                nearby_item = nearby_item_data.value
                nearby.append(nearby_item)

        area_cleared = self.area_cleared

        who_did_it = self.who_did_it

        contact_on_site = self.contact_on_site

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if what_was_hit is not UNSET:
            field_dict["what_was_hit"] = what_was_hit
        if gas_escaping is not UNSET:
            field_dict["gas_escaping"] = gas_escaping
        if cause is not UNSET:
            field_dict["cause"] = cause
        if exact_spot is not UNSET:
            field_dict["exact_spot"] = exact_spot
        if people_hurt is not UNSET:
            field_dict["people_hurt"] = people_hurt
        if nearby is not UNSET:
            field_dict["nearby"] = nearby
        if area_cleared is not UNSET:
            field_dict["area_cleared"] = area_cleared
        if who_did_it is not UNSET:
            field_dict["who_did_it"] = who_did_it
        if contact_on_site is not UNSET:
            field_dict["contact_on_site"] = contact_on_site

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _what_was_hit = d.pop("what_was_hit", UNSET)
        what_was_hit: ThirdPartyDamageDetailsWhatWasHit | Unset
        if isinstance(_what_was_hit, Unset):
            what_was_hit = UNSET
        else:
            what_was_hit = ThirdPartyDamageDetailsWhatWasHit(_what_was_hit)

        _gas_escaping = d.pop("gas_escaping", UNSET)
        gas_escaping: ThirdPartyDamageDetailsGasEscaping | Unset
        if isinstance(_gas_escaping, Unset):
            gas_escaping = UNSET
        else:
            gas_escaping = ThirdPartyDamageDetailsGasEscaping(_gas_escaping)

        _cause = d.pop("cause", UNSET)
        cause: ThirdPartyDamageDetailsCause | Unset
        if isinstance(_cause, Unset):
            cause = UNSET
        else:
            cause = ThirdPartyDamageDetailsCause(_cause)

        exact_spot = d.pop("exact_spot", UNSET)

        people_hurt = d.pop("people_hurt", UNSET)

        _nearby = d.pop("nearby", UNSET)
        nearby: list[ThirdPartyDamageDetailsNearbyItem] | Unset = UNSET
        if _nearby is not UNSET:
            nearby = []
            for nearby_item_data in _nearby:
                nearby_item = ThirdPartyDamageDetailsNearbyItem(nearby_item_data)

                nearby.append(nearby_item)

        area_cleared = d.pop("area_cleared", UNSET)

        who_did_it = d.pop("who_did_it", UNSET)

        contact_on_site = d.pop("contact_on_site", UNSET)

        third_party_damage_details = cls(
            what_was_hit=what_was_hit,
            gas_escaping=gas_escaping,
            cause=cause,
            exact_spot=exact_spot,
            people_hurt=people_hurt,
            nearby=nearby,
            area_cleared=area_cleared,
            who_did_it=who_did_it,
            contact_on_site=contact_on_site,
        )

        return third_party_damage_details
