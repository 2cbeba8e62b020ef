from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.disconnection_details_duration import DisconnectionDetailsDuration
from ..models.disconnection_details_reason import DisconnectionDetailsReason
from ..types import UNSET, Unset

T = TypeVar("T", bound="DisconnectionDetails")


@_attrs_define
class DisconnectionDetails:
    """The answers to the questions of the type “Disconnection”.

    Attributes:
        reason (DisconnectionDetailsReason): Why should the supply end?
        duration (DisconnectionDetailsDuration | Unset): For how long?
        wanted_on (datetime.date | Unset): On which day?
        back_on (datetime.date | Unset): When do you want gas again? A rough date will do.
        somebody_stays (bool | Unset): Will anybody still live or work there? Then we ask them first.
        reading (float | Unset): What does the meter show now? The black figures, without those in red.
        forwarding_address (str | Unset): Where do we send the last bill and your deposit?
        later_phone (str | Unset): On which number do we reach you afterwards? Leave it out if your number stays the
            same.
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, a dog.
    """

    reason: DisconnectionDetailsReason
    duration: DisconnectionDetailsDuration | Unset = UNSET
    wanted_on: datetime.date | Unset = UNSET
    back_on: datetime.date | Unset = UNSET
    somebody_stays: bool | Unset = UNSET
    reading: float | Unset = UNSET
    forwarding_address: str | Unset = UNSET
    later_phone: str | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason.value

        duration: str | Unset = UNSET
        if not isinstance(self.duration, Unset):
            duration = self.duration.value

        wanted_on: str | Unset = UNSET
        if not isinstance(self.wanted_on, Unset):
            wanted_on = self.wanted_on.isoformat()

        back_on: str | Unset = UNSET
        if not isinstance(self.back_on, Unset):
            back_on = self.back_on.isoformat()

        somebody_stays = self.somebody_stays

        reading = self.reading

        forwarding_address = self.forwarding_address

        later_phone = self.later_phone

        access = self.access

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if duration is not UNSET:
            field_dict["duration"] = duration
        if wanted_on is not UNSET:
            field_dict["wanted_on"] = wanted_on
        if back_on is not UNSET:
            field_dict["back_on"] = back_on
        if somebody_stays is not UNSET:
            field_dict["somebody_stays"] = somebody_stays
        if reading is not UNSET:
            field_dict["reading"] = reading
        if forwarding_address is not UNSET:
            field_dict["forwarding_address"] = forwarding_address
        if later_phone is not UNSET:
            field_dict["later_phone"] = later_phone
        if access is not UNSET:
            field_dict["access"] = access

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = DisconnectionDetailsReason(d.pop("reason"))

        _duration = d.pop("duration", UNSET)
        duration: DisconnectionDetailsDuration | Unset
        if isinstance(_duration, Unset):
            duration = UNSET
        else:
            duration = DisconnectionDetailsDuration(_duration)

        _wanted_on = d.pop("wanted_on", UNSET)
        wanted_on: datetime.date | Unset
        if isinstance(_wanted_on, Unset):
            wanted_on = UNSET
        else:
            wanted_on = datetime.date.fromisoformat(_wanted_on)

        _back_on = d.pop("back_on", UNSET)
        back_on: datetime.date | Unset
        if isinstance(_back_on, Unset):
            back_on = UNSET
        else:
            back_on = datetime.date.fromisoformat(_back_on)

        somebody_stays = d.pop("somebody_stays", UNSET)

        reading = d.pop("reading", UNSET)

        forwarding_address = d.pop("forwarding_address", UNSET)

        later_phone = d.pop("later_phone", UNSET)

        access = d.pop("access", UNSET)

        disconnection_details = cls(
            reason=reason,
            duration=duration,
            wanted_on=wanted_on,
            back_on=back_on,
            somebody_stays=somebody_stays,
            reading=reading,
            forwarding_address=forwarding_address,
            later_phone=later_phone,
            access=access,
        )

        return disconnection_details
