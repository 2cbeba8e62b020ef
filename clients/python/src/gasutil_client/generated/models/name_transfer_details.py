from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.name_transfer_details_proof_item import NameTransferDetailsProofItem
from ..models.name_transfer_details_reason import NameTransferDetailsReason
from ..models.name_transfer_details_requester import NameTransferDetailsRequester
from ..types import UNSET, Unset

T = TypeVar("T", bound="NameTransferDetails")


@_attrs_define
class NameTransferDetails:
    """The answers to the questions of the type “Transfer of name”.

    Attributes:
        requester (NameTransferDetailsRequester | Unset): Who are you?
        reason (NameTransferDetailsReason | Unset): Why does the holder change?
        present_holder (str | Unset): Name of the present holder As on the bill.
        new_holder (str | Unset): Name of the new holder
        new_holder_email (str | Unset): E-mail address of the new holder
        new_holder_phone (str | Unset): Phone number of the new holder
        transfer_on (datetime.date | Unset): From which day?
        reading (float | Unset): What did the meter show on that day? The last bill is made from it. The black figures,
            without those in red.
        proof (list[NameTransferDetailsProofItem] | Unset): Which papers can you show? Choose all that apply. You can
            attach copies now or later.
    """

    requester: NameTransferDetailsRequester | Unset = UNSET
    reason: NameTransferDetailsReason | Unset = UNSET
    present_holder: str | Unset = UNSET
    new_holder: str | Unset = UNSET
    new_holder_email: str | Unset = UNSET
    new_holder_phone: str | Unset = UNSET
    transfer_on: datetime.date | Unset = UNSET
    reading: float | Unset = UNSET
    proof: list[NameTransferDetailsProofItem] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        requester: str | Unset = UNSET
        if not isinstance(self.requester, Unset):
            requester = self.requester.value

        reason: str | Unset = UNSET
        if not isinstance(self.reason, Unset):
            reason = self.reason.value

        present_holder = self.present_holder

        new_holder = self.new_holder

        new_holder_email = self.new_holder_email

        new_holder_phone = self.new_holder_phone

        transfer_on: str | Unset = UNSET
        if not isinstance(self.transfer_on, Unset):
            transfer_on = self.transfer_on.isoformat()

        reading = self.reading

        proof: list[str] | Unset = UNSET
        if not isinstance(self.proof, Unset):
            proof = []
            for proof_item_data in self.proof:
                proof_item = proof_item_data.value
                proof.append(proof_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if requester is not UNSET:
            field_dict["requester"] = requester
        if reason is not UNSET:
            field_dict["reason"] = reason
        if present_holder is not UNSET:
            field_dict["present_holder"] = present_holder
        if new_holder is not UNSET:
            field_dict["new_holder"] = new_holder
        if new_holder_email is not UNSET:
            field_dict["new_holder_email"] = new_holder_email
        if new_holder_phone is not UNSET:
            field_dict["new_holder_phone"] = new_holder_phone
        if transfer_on is not UNSET:
            field_dict["transfer_on"] = transfer_on
        if reading is not UNSET:
            field_dict["reading"] = reading
        if proof is not UNSET:
            field_dict["proof"] = proof

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _requester = d.pop("requester", UNSET)
        requester: NameTransferDetailsRequester | Unset
        if isinstance(_requester, Unset):
            requester = UNSET
        else:
            requester = NameTransferDetailsRequester(_requester)

        _reason = d.pop("reason", UNSET)
        reason: NameTransferDetailsReason | Unset
        if isinstance(_reason, Unset):
            reason = UNSET
        else:
            reason = NameTransferDetailsReason(_reason)

        present_holder = d.pop("present_holder", UNSET)

        new_holder = d.pop("new_holder", UNSET)

        new_holder_email = d.pop("new_holder_email", UNSET)

        new_holder_phone = d.pop("new_holder_phone", UNSET)

        _transfer_on = d.pop("transfer_on", UNSET)
        transfer_on: datetime.date | Unset
        if isinstance(_transfer_on, Unset):
            transfer_on = UNSET
        else:
            transfer_on = datetime.date.fromisoformat(_transfer_on)

        reading = d.pop("reading", UNSET)

        _proof = d.pop("proof", UNSET)
        proof: list[NameTransferDetailsProofItem] | Unset = UNSET
        if _proof is not UNSET:
            proof = []
            for proof_item_data in _proof:
                proof_item = NameTransferDetailsProofItem(proof_item_data)

                proof.append(proof_item)

        name_transfer_details = cls(
            requester=requester,
            reason=reason,
            present_holder=present_holder,
            new_holder=new_holder,
            new_holder_email=new_holder_email,
            new_holder_phone=new_holder_phone,
            transfer_on=transfer_on,
            reading=reading,
            proof=proof,
        )

        return name_transfer_details
