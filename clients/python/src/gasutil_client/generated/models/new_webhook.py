from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_name import EventName
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewWebhook")


@_attrs_define
class NewWebhook:
    """A webhook to create.

    Attributes:
        name (str): The name that managers read.
        url (str): The public https:// URL that receives the events.
        events (list[EventName]): The names of the events that the webhook receives.
        with_internal (bool | None | Unset): Internal notes, escalations and incidents. Customers never see these.
        with_request (bool | None | Unset): Each event also has the request as it is when the event is sent.
    """

    name: str
    url: str
    events: list[EventName]
    with_internal: bool | None | Unset = UNSET
    with_request: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        url = self.url

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.value
            events.append(events_item)

        with_internal: bool | None | Unset
        if isinstance(self.with_internal, Unset):
            with_internal = UNSET
        else:
            with_internal = self.with_internal

        with_request: bool | None | Unset
        if isinstance(self.with_request, Unset):
            with_request = UNSET
        else:
            with_request = self.with_request

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "url": url,
                "events": events,
            }
        )
        if with_internal is not UNSET:
            field_dict["with_internal"] = with_internal
        if with_request is not UNSET:
            field_dict["with_request"] = with_request

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        url = d.pop("url")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = EventName(events_item_data)

            events.append(events_item)

        def _parse_with_internal(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        with_internal = _parse_with_internal(d.pop("with_internal", UNSET))

        def _parse_with_request(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        with_request = _parse_with_request(d.pop("with_request", UNSET))

        new_webhook = cls(
            name=name,
            url=url,
            events=events,
            with_internal=with_internal,
            with_request=with_request,
        )

        return new_webhook
