from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.meter_reading_dispute_details_dispute_about import (
    MeterReadingDisputeDetailsDisputeAbout,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="MeterReadingDisputeDetails")


@_attrs_define
class MeterReadingDisputeDetails:
    """The answers to the questions of the type “Disputed meter reading”.

    Attributes:
        dispute_about (MeterReadingDisputeDetailsDisputeAbout): What do you think is wrong?
        meter_number (str | Unset): Meter number Printed on the front of the meter, often beside a bar code.
        reading (float | Unset): What does the meter show now? The black figures, without those in red. A photograph
            helps: attach it.
        read_on (datetime.date | Unset): On which day did you read it?
        reading_on_bill (float | Unset): Which reading is on the bill?
        bill_number (str | Unset): Bill number Printed at the top of the bill.
        wants_test (bool | Unset): Shall we test the meter?
        accepts_fee (bool | Unset): Do you accept the fee for the test? You get it back if the meter proves faulty.
        access (str | Unset): How do we get in? For example the floor, a gate code, who has the key, a dog.
    """

    dispute_about: MeterReadingDisputeDetailsDisputeAbout
    meter_number: str | Unset = UNSET
    reading: float | Unset = UNSET
    read_on: datetime.date | Unset = UNSET
    reading_on_bill: float | Unset = UNSET
    bill_number: str | Unset = UNSET
    wants_test: bool | Unset = UNSET
    accepts_fee: bool | Unset = UNSET
    access: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        dispute_about = self.dispute_about.value

        meter_number = self.meter_number

        reading = self.reading

        read_on: str | Unset = UNSET
        if not isinstance(self.read_on, Unset):
            read_on = self.read_on.isoformat()

        reading_on_bill = self.reading_on_bill

        bill_number = self.bill_number

        wants_test = self.wants_test

        accepts_fee = self.accepts_fee

        access = self.access

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "dispute_about": dispute_about,
            }
        )
        if meter_number is not UNSET:
            field_dict["meter_number"] = meter_number
        if reading is not UNSET:
            field_dict["reading"] = reading
        if read_on is not UNSET:
            field_dict["read_on"] = read_on
        if reading_on_bill is not UNSET:
            field_dict["reading_on_bill"] = reading_on_bill
        if bill_number is not UNSET:
            field_dict["bill_number"] = bill_number
        if wants_test is not UNSET:
            field_dict["wants_test"] = wants_test
        if accepts_fee is not UNSET:
            field_dict["accepts_fee"] = accepts_fee
        if access is not UNSET:
            field_dict["access"] = access

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        dispute_about = MeterReadingDisputeDetailsDisputeAbout(d.pop("dispute_about"))

        meter_number = d.pop("meter_number", UNSET)

        reading = d.pop("reading", UNSET)

        _read_on = d.pop("read_on", UNSET)
        read_on: datetime.date | Unset
        if isinstance(_read_on, Unset):
            read_on = UNSET
        else:
            read_on = datetime.date.fromisoformat(_read_on)

        reading_on_bill = d.pop("reading_on_bill", UNSET)

        bill_number = d.pop("bill_number", UNSET)

        wants_test = d.pop("wants_test", UNSET)

        accepts_fee = d.pop("accepts_fee", UNSET)

        access = d.pop("access", UNSET)

        meter_reading_dispute_details = cls(
            dispute_about=dispute_about,
            meter_number=meter_number,
            reading=reading,
            read_on=read_on,
            reading_on_bill=reading_on_bill,
            bill_number=bill_number,
            wants_test=wants_test,
            accepts_fee=accepts_fee,
            access=access,
        )

        return meter_reading_dispute_details
