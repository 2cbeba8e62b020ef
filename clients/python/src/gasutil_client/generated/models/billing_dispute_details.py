from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.billing_dispute_details_reason import BillingDisputeDetailsReason
from ..types import UNSET, Unset

T = TypeVar("T", bound="BillingDisputeDetails")


@_attrs_define
class BillingDisputeDetails:
    """The answers to the questions of the type “Disputed bill”.

    Attributes:
        reason (BillingDisputeDetailsReason): What is wrong with the bill?
        bill_number (str | Unset): Bill number Printed at the top of the bill.
        bill_date (datetime.date | Unset): Date of the bill
        disputed_amount (float | Unset): Which amount do you dispute? (INR)
        accepted_amount (float | Unset): Which part do you accept? (INR) Please pay this part in time.
        paid_on (datetime.date | Unset): When did you pay?
        payment_reference (str | Unset): Number of the payment From your bank, card or receipt.
        explanation (str | Unset): Why do you think so? Attach bills, receipts or photographs if you have any.
    """

    reason: BillingDisputeDetailsReason
    bill_number: str | Unset = UNSET
    bill_date: datetime.date | Unset = UNSET
    disputed_amount: float | Unset = UNSET
    accepted_amount: float | Unset = UNSET
    paid_on: datetime.date | Unset = UNSET
    payment_reference: str | Unset = UNSET
    explanation: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason.value

        bill_number = self.bill_number

        bill_date: str | Unset = UNSET
        if not isinstance(self.bill_date, Unset):
            bill_date = self.bill_date.isoformat()

        disputed_amount = self.disputed_amount

        accepted_amount = self.accepted_amount

        paid_on: str | Unset = UNSET
        if not isinstance(self.paid_on, Unset):
            paid_on = self.paid_on.isoformat()

        payment_reference = self.payment_reference

        explanation = self.explanation

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if bill_number is not UNSET:
            field_dict["bill_number"] = bill_number
        if bill_date is not UNSET:
            field_dict["bill_date"] = bill_date
        if disputed_amount is not UNSET:
            field_dict["disputed_amount"] = disputed_amount
        if accepted_amount is not UNSET:
            field_dict["accepted_amount"] = accepted_amount
        if paid_on is not UNSET:
            field_dict["paid_on"] = paid_on
        if payment_reference is not UNSET:
            field_dict["payment_reference"] = payment_reference
        if explanation is not UNSET:
            field_dict["explanation"] = explanation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = BillingDisputeDetailsReason(d.pop("reason"))

        bill_number = d.pop("bill_number", UNSET)

        _bill_date = d.pop("bill_date", UNSET)
        bill_date: datetime.date | Unset
        if isinstance(_bill_date, Unset):
            bill_date = UNSET
        else:
            bill_date = datetime.date.fromisoformat(_bill_date)

        disputed_amount = d.pop("disputed_amount", UNSET)

        accepted_amount = d.pop("accepted_amount", UNSET)

        _paid_on = d.pop("paid_on", UNSET)
        paid_on: datetime.date | Unset
        if isinstance(_paid_on, Unset):
            paid_on = UNSET
        else:
            paid_on = datetime.date.fromisoformat(_paid_on)

        payment_reference = d.pop("payment_reference", UNSET)

        explanation = d.pop("explanation", UNSET)

        billing_dispute_details = cls(
            reason=reason,
            bill_number=bill_number,
            bill_date=bill_date,
            disputed_amount=disputed_amount,
            accepted_amount=accepted_amount,
            paid_on=paid_on,
            payment_reference=payment_reference,
            explanation=explanation,
        )

        return billing_dispute_details
