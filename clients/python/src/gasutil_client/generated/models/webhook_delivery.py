from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.state import State

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """One event that was sent to a webhook, or is to be sent. A test has no event.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        event (None | str): The name of the event, or null for a test.
        service_request (int | None): The ID of the request, or null for a test.
        update (int | None): The ID of the update that the event is about, or null for a test.
        state (State): How far a delivery is: `waiting` to be sent, `sent`, `failed` and to be sent again, `given_up`
            after many attempts, or `skipped`.
        attempts (int): How often it was sent.
        last_error (str): The last error, or empty.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        sent_at (datetime.datetime | None): When it arrived, or null.
        next_at (datetime.datetime | None): When it is sent again, or null.
    """

    id: int
    event: None | str
    service_request: int | None
    update: int | None
    state: State
    attempts: int
    last_error: str
    created_at: datetime.datetime
    sent_at: datetime.datetime | None
    next_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        event: None | str
        event = self.event

        service_request: int | None
        service_request = self.service_request

        update: int | None
        update = self.update

        state = self.state.value

        attempts = self.attempts

        last_error = self.last_error

        created_at = self.created_at.isoformat()

        sent_at: None | str
        if isinstance(self.sent_at, datetime.datetime):
            sent_at = self.sent_at.isoformat()
        else:
            sent_at = self.sent_at

        next_at: None | str
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "event": event,
                "service_request": service_request,
                "update": update,
                "state": state,
                "attempts": attempts,
                "last_error": last_error,
                "created_at": created_at,
                "sent_at": sent_at,
                "next_at": next_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        def _parse_event(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        event = _parse_event(d.pop("event"))

        def _parse_service_request(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        service_request = _parse_service_request(d.pop("service_request"))

        def _parse_update(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        update = _parse_update(d.pop("update"))

        state = State(d.pop("state"))

        attempts = d.pop("attempts")

        last_error = d.pop("last_error")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_sent_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sent_at_type_0 = datetime.datetime.fromisoformat(data)

                return sent_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        sent_at = _parse_sent_at(d.pop("sent_at"))

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_at = _parse_next_at(d.pop("next_at"))

        webhook_delivery = cls(
            id=id,
            event=event,
            service_request=service_request,
            update=update,
            state=state,
            attempts=attempts,
            last_error=last_error,
            created_at=created_at,
            sent_at=sent_at,
            next_at=next_at,
        )

        webhook_delivery.additional_properties = d
        return webhook_delivery

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
