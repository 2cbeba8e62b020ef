from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.event_name import EventName
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.request_update import RequestUpdate
    from ..models.service_request import ServiceRequest


T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """What happened to a request: the `data` of the stream, and what webhooks send.

    Attributes:
        id (int): The ID of the update. It is the same in each delivery: use it to detect duplicates.
        event (EventName): The names of events. Later releases add names: ignore others.
        service_request (int): The ID of the request.
        reference (str): The reference that customers quote. The server sets it.
        update (RequestUpdate): Something that happened to a request. Updates never change, and none is removed.
        request (ServiceRequest | Unset): A service request.
    """

    id: int
    event: EventName
    service_request: int
    reference: str
    update: RequestUpdate
    request: ServiceRequest | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        event = self.event.value

        service_request = self.service_request

        reference = self.reference

        update = self.update.to_dict()

        request: dict[str, Any] | Unset = UNSET
        if not isinstance(self.request, Unset):
            request = self.request.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "event": event,
                "service_request": service_request,
                "reference": reference,
                "update": update,
            }
        )
        if request is not UNSET:
            field_dict["request"] = request

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.request_update import RequestUpdate  # noqa: PLC0415
        from ..models.service_request import ServiceRequest  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        event = EventName(d.pop("event"))

        service_request = d.pop("service_request")

        reference = d.pop("reference")

        update = RequestUpdate.from_dict(d.pop("update"))

        _request = d.pop("request", UNSET)
        request: ServiceRequest | Unset
        if isinstance(_request, Unset):
            request = UNSET
        else:
            request = ServiceRequest.from_dict(_request)

        event = cls(
            id=id,
            event=event,
            service_request=service_request,
            reference=reference,
            update=update,
            request=request,
        )

        event.additional_properties = d
        return event

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
