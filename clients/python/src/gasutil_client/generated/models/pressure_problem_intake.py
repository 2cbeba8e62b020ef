from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.contact import Contact
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.caller import Caller
    from ..models.pressure_problem_details import PressureProblemDetails


T = TypeVar("T", bound="PressureProblemIntake")


@_attrs_define
class PressureProblemIntake:
    """Low or high pressure. Flames that are too small, too tall or unsteady, or a regulator that makes a noise.

    Attributes:
        request_type (Literal['pressure_problem']): The code of the type “Low or high pressure”.
        description (str): What the person reported.
        customer (int | None | Unset): The ID of the customer who owns the request, instead of `caller`.
        caller (Caller | None | Unset): A person without an account who reported this, instead of `customer`.
        address (None | str | Unset): The place, as one text. The default is the address of the customer's profile.
        details (PressureProblemDetails | Unset): The answers to the questions of the type “Low or high pressure”.
        received_at (datetime.datetime | None | Unset): When the report was received, at most 7 days ago. The clocks
            begin then. The default is now.
        contact (Contact | None | Unset): How the report reached support, if support recorded it.
        latitude (float | None | Unset): The latitude of the place, in degrees (WGS 84).
        longitude (float | None | Unset): The longitude of the place, in degrees (WGS 84).
    """

    request_type: Literal["pressure_problem"]
    description: str
    customer: int | None | Unset = UNSET
    caller: Caller | None | Unset = UNSET
    address: None | str | Unset = UNSET
    details: PressureProblemDetails | Unset = UNSET
    received_at: datetime.datetime | None | Unset = UNSET
    contact: Contact | None | Unset = UNSET
    latitude: float | None | Unset = UNSET
    longitude: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.caller import Caller  # noqa: PLC0415

        request_type = self.request_type

        description = self.description

        customer: int | None | Unset
        if isinstance(self.customer, Unset):
            customer = UNSET
        else:
            customer = self.customer

        caller: dict[str, Any] | None | Unset
        if isinstance(self.caller, Unset):
            caller = UNSET
        elif isinstance(self.caller, Caller):
            caller = self.caller.to_dict()
        else:
            caller = self.caller

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.details, Unset):
            details = self.details.to_dict()

        received_at: None | str | Unset
        if isinstance(self.received_at, Unset):
            received_at = UNSET
        elif isinstance(self.received_at, datetime.datetime):
            received_at = self.received_at.isoformat()
        else:
            received_at = self.received_at

        contact: None | str | Unset
        if isinstance(self.contact, Unset):
            contact = UNSET
        elif isinstance(self.contact, Contact):
            contact = self.contact.value
        else:
            contact = self.contact

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
        if customer is not UNSET:
            field_dict["customer"] = customer
        if caller is not UNSET:
            field_dict["caller"] = caller
        if address is not UNSET:
            field_dict["address"] = address
        if details is not UNSET:
            field_dict["details"] = details
        if received_at is not UNSET:
            field_dict["received_at"] = received_at
        if contact is not UNSET:
            field_dict["contact"] = contact
        if latitude is not UNSET:
            field_dict["latitude"] = latitude
        if longitude is not UNSET:
            field_dict["longitude"] = longitude

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.caller import Caller  # noqa: PLC0415
        from ..models.pressure_problem_details import PressureProblemDetails  # noqa: PLC0415

        d = dict(src_dict)
        request_type = cast(Literal["pressure_problem"], d.pop("request_type"))
        if request_type != "pressure_problem":
            raise ValueError(f"request_type must match const 'pressure_problem', got '{request_type}'")

        description = d.pop("description")

        def _parse_customer(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        customer = _parse_customer(d.pop("customer", UNSET))

        def _parse_caller(data: object) -> Caller | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                caller_type_0 = Caller.from_dict(data)

                return caller_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Caller | None | Unset, data)

        caller = _parse_caller(d.pop("caller", UNSET))

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        _details = d.pop("details", UNSET)
        details: PressureProblemDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = PressureProblemDetails.from_dict(_details)

        def _parse_received_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                received_at_type_0 = datetime.datetime.fromisoformat(data)

                return received_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        received_at = _parse_received_at(d.pop("received_at", UNSET))

        def _parse_contact(data: object) -> Contact | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                contact_type_0 = Contact(data)

                return contact_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Contact | None | Unset, data)

        contact = _parse_contact(d.pop("contact", UNSET))

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

        pressure_problem_intake = cls(
            request_type=request_type,
            description=description,
            customer=customer,
            caller=caller,
            address=address,
            details=details,
            received_at=received_at,
            contact=contact,
            latitude=latitude,
            longitude=longitude,
        )

        return pressure_problem_intake
