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
    from ..models.new_connection_details import NewConnectionDetails


T = TypeVar("T", bound="NewConnectionSubmission")


@_attrs_define
class NewConnectionSubmission:
    """New connection. Connecting a home, a shop or a plant to the gas network.

    Attributes:
        request_type (Literal['new_connection']):
        description (str):
        address (None | str | Unset):
        details (NewConnectionDetails | Unset):
    """

    request_type: Literal["new_connection"]
    description: str
    address: None | str | Unset = UNSET
    details: NewConnectionDetails | Unset = UNSET

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

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_connection_details import NewConnectionDetails  # noqa: PLC0415

        d = dict(src_dict)
        request_type = cast(Literal["new_connection"], d.pop("request_type"))
        if request_type != "new_connection":
            raise ValueError(f"request_type must match const 'new_connection', got '{request_type}'")

        description = d.pop("description")

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        _details = d.pop("details", UNSET)
        details: NewConnectionDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = NewConnectionDetails.from_dict(_details)

        new_connection_submission = cls(
            request_type=request_type,
            description=description,
            address=address,
            details=details,
        )

        return new_connection_submission
