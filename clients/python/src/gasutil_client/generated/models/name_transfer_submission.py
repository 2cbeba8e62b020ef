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
    from ..models.name_transfer_details import NameTransferDetails


T = TypeVar("T", bound="NameTransferSubmission")


@_attrs_define
class NameTransferSubmission:
    """Transfer of name. Moving a connection to a new holder, on moving house or taking over a business.

    Attributes:
        request_type (Literal['name_transfer']): The code of the type “Transfer of name”.
        description (str): What is wrong or wanted, in the customer's words.
        address (None | str | Unset): The place, as one text. The default is the address of the profile.
        details (NameTransferDetails | Unset): The answers to the questions of the type “Transfer of name”.
        latitude (float | None | Unset): The latitude of the place, in degrees (WGS 84).
        longitude (float | None | Unset): The longitude of the place, in degrees (WGS 84).
    """

    request_type: Literal["name_transfer"]
    description: str
    address: None | str | Unset = UNSET
    details: NameTransferDetails | Unset = UNSET
    latitude: float | None | Unset = UNSET
    longitude: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        request_type = self.request_type

        description = self.description

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.details, Unset):
            details = self.details.to_dict()

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
            }
        )
        if address is not UNSET:
            field_dict["address"] = address
        if details is not UNSET:
            field_dict["details"] = details
        if latitude is not UNSET:
            field_dict["latitude"] = latitude
        if longitude is not UNSET:
            field_dict["longitude"] = longitude

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.name_transfer_details import NameTransferDetails  # noqa: PLC0415

        d = dict(src_dict)
        request_type = cast(Literal["name_transfer"], d.pop("request_type"))
        if request_type != "name_transfer":
            raise ValueError(f"request_type must match const 'name_transfer', got '{request_type}'")

        description = d.pop("description")

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        _details = d.pop("details", UNSET)
        details: NameTransferDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = NameTransferDetails.from_dict(_details)

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

        name_transfer_submission = cls(
            request_type=request_type,
            description=description,
            address=address,
            details=details,
            latitude=latitude,
            longitude=longitude,
        )

        return name_transfer_submission
