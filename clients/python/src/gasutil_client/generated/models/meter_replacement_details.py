from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.meter_replacement_details_device import MeterReplacementDetailsDevice
from ..models.meter_replacement_details_faults_item import (
    MeterReplacementDetailsFaultsItem,
)
from ..models.meter_replacement_details_meter_location import (
    MeterReplacementDetailsMeterLocation,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="MeterReplacementDetails")


@_attrs_define
class MeterReplacementDetails:
    """The answers to the questions of the type “Meter or regulator replacement”.

    Attributes:
        device (MeterReplacementDetailsDevice | Unset): What should be replaced?
        faults (list[MeterReplacementDetailsFaultsItem] | Unset): What is wrong with it? Choose all that apply. If you
            smell gas, report a gas leak instead.
        meter_number (str | Unset): Number of the meter or regulator Printed on the front of the meter, often beside a
            bar code.
        meter_location (MeterReplacementDetailsMeterLocation | Unset): Where is it?
        has_gas (bool | Unset): Do you still have gas?
        reading (float | Unset): What does the meter show now? Leave it out if you can't read it. A photograph helps:
            attach it.
        since (datetime.date | Unset): Since which day?
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, a dog.
    """

    device: MeterReplacementDetailsDevice | Unset = UNSET
    faults: list[MeterReplacementDetailsFaultsItem] | Unset = UNSET
    meter_number: str | Unset = UNSET
    meter_location: MeterReplacementDetailsMeterLocation | Unset = UNSET
    has_gas: bool | Unset = UNSET
    reading: float | Unset = UNSET
    since: datetime.date | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        device: str | Unset = UNSET
        if not isinstance(self.device, Unset):
            device = self.device.value

        faults: list[str] | Unset = UNSET
        if not isinstance(self.faults, Unset):
            faults = []
            for faults_item_data in self.faults:
                faults_item = faults_item_data.value
                faults.append(faults_item)

        meter_number = self.meter_number

        meter_location: str | Unset = UNSET
        if not isinstance(self.meter_location, Unset):
            meter_location = self.meter_location.value

        has_gas = self.has_gas

        reading = self.reading

        since: str | Unset = UNSET
        if not isinstance(self.since, Unset):
            since = self.since.isoformat()

        access = self.access

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if device is not UNSET:
            field_dict["device"] = device
        if faults is not UNSET:
            field_dict["faults"] = faults
        if meter_number is not UNSET:
            field_dict["meter_number"] = meter_number
        if meter_location is not UNSET:
            field_dict["meter_location"] = meter_location
        if has_gas is not UNSET:
            field_dict["has_gas"] = has_gas
        if reading is not UNSET:
            field_dict["reading"] = reading
        if since is not UNSET:
            field_dict["since"] = since
        if access is not UNSET:
            field_dict["access"] = access

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _device = d.pop("device", UNSET)
        device: MeterReplacementDetailsDevice | Unset
        if isinstance(_device, Unset):
            device = UNSET
        else:
            device = MeterReplacementDetailsDevice(_device)

        _faults = d.pop("faults", UNSET)
        faults: list[MeterReplacementDetailsFaultsItem] | Unset = UNSET
        if _faults is not UNSET:
            faults = []
            for faults_item_data in _faults:
                faults_item = MeterReplacementDetailsFaultsItem(faults_item_data)

                faults.append(faults_item)

        meter_number = d.pop("meter_number", UNSET)

        _meter_location = d.pop("meter_location", UNSET)
        meter_location: MeterReplacementDetailsMeterLocation | Unset
        if isinstance(_meter_location, Unset):
            meter_location = UNSET
        else:
            meter_location = MeterReplacementDetailsMeterLocation(_meter_location)

        has_gas = d.pop("has_gas", UNSET)

        reading = d.pop("reading", UNSET)

        _since = d.pop("since", UNSET)
        since: datetime.date | Unset
        if isinstance(_since, Unset):
            since = UNSET
        else:
            since = datetime.date.fromisoformat(_since)

        access = d.pop("access", UNSET)

        meter_replacement_details = cls(
            device=device,
            faults=faults,
            meter_number=meter_number,
            meter_location=meter_location,
            has_gas=has_gas,
            reading=reading,
            since=since,
            access=access,
        )

        return meter_replacement_details
