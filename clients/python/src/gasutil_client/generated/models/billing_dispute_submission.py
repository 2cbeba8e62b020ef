from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.billing_dispute_details import BillingDisputeDetails


T = TypeVar("T", bound="BillingDisputeSubmission")


@_attrs_define
class BillingDisputeSubmission:
    """Disputed bill. A bill or a charge that the customer does not accept. The supply is not cut off while this is open.

    Attributes:
        request_type (Literal['billing_dispute']): The code of the type “Disputed bill”.
        description (str): What is wrong or wanted, in the customer's words.
        details (BillingDisputeDetails): The answers to the questions of the type “Disputed bill”.
        address (None | str | Unset): The place, as one text. The default is the address of the profile.
        latitude (float | None | Unset): The latitude of the place, in degrees (WGS 84).
        longitude (float | None | Unset): The longitude of the place, in degrees (WGS 84).
    """

    request_type: Literal["billing_dispute"]
    description: str
    details: BillingDisputeDetails
    address: None | str | Unset = UNSET
    latitude: float | None | Unset = UNSET
    longitude: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        request_type = self.request_type

        description = self.description

        details = self.details.to_dict()

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        latitude: float | None | Unset
        if isinstance(self.latitude, Unset):
            latitude = UNSET
        else:
            latitude = self.latitude

        longitude: float | None | Unset
        if isinstance(self.longitude, Unset):
            longitude = UNSET
        else:
            longitude = self.longitude

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "request_type": request_type,
                "description": description,
                "details": details,
            }
        )
        if address is not UNSET:
            field_dict["address"] = address
        if latitude is not UNSET:
            field_dict["latitude"] = latitude
        if longitude is not UNSET:
            field_dict["longitude"] = longitude

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.billing_dispute_details import BillingDisputeDetails  # noqa: PLC0415

        d = dict(src_dict)
        request_type = cast(Literal["billing_dispute"], d.pop("request_type"))
        if request_type != "billing_dispute":
            raise ValueError(f"request_type must match const 'billing_dispute', got '{request_type}'")

        description = d.pop("description")

        details = BillingDisputeDetails.from_dict(d.pop("details"))

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        def _parse_latitude(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        latitude = _parse_latitude(d.pop("latitude", UNSET))

        def _parse_longitude(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        longitude = _parse_longitude(d.pop("longitude", UNSET))

        billing_dispute_submission = cls(
            request_type=request_type,
            description=description,
            details=details,
            address=address,
            latitude=latitude,
            longitude=longitude,
        )

        return billing_dispute_submission
