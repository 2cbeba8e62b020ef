from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_name import EventName
from ..models.webhook_change_state import WebhookChangeState
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookChange")


@_attrs_define
class WebhookChange:
    """What to change of a webhook. What is omitted stays.

    Attributes:
        name (str | Unset): The name that managers read.
        url (str | Unset): The public https:// URL that receives the events.
        events (list[EventName] | None | Unset): The names of the events that the webhook receives.
        with_internal (bool | Unset): Internal notes, escalations and incidents. Customers never see these.
        with_request (bool | Unset): Each event also has the request as it is when the event is sent.
        state (WebhookChangeState | Unset): `paused` stops deliveries; `active` resumes them.
    """

    name: str | Unset = UNSET
    url: str | Unset = UNSET
    events: list[EventName] | None | Unset = UNSET
    with_internal: bool | Unset = UNSET
    with_request: bool | Unset = UNSET
    state: WebhookChangeState | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        url = self.url

        events: list[str] | None | Unset
        if isinstance(self.events, Unset):
            events = UNSET
        elif isinstance(self.events, list):
            events = []
            for events_type_0_item_data in self.events:
                events_type_0_item = events_type_0_item_data.value
                events.append(events_type_0_item)

        else:
            events = self.events

        with_internal = self.with_internal

        with_request = self.with_request

        state: str | Unset = UNSET
        if not isinstance(self.state, Unset):
            state = self.state.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if url is not UNSET:
            field_dict["url"] = url
        if events is not UNSET:
            field_dict["events"] = events
        if with_internal is not UNSET:
            field_dict["with_internal"] = with_internal
        if with_request is not UNSET:
            field_dict["with_request"] = with_request
        if state is not UNSET:
            field_dict["state"] = state

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        url = d.pop("url", UNSET)

        def _parse_events(data: object) -> list[EventName] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                events_type_0 = []
                _events_type_0 = data
                for events_type_0_item_data in _events_type_0:
                    events_type_0_item = EventName(events_type_0_item_data)

                    events_type_0.append(events_type_0_item)

                return events_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[EventName] | None | Unset, data)

        events = _parse_events(d.pop("events", UNSET))

        with_internal = d.pop("with_internal", UNSET)

        with_request = d.pop("with_request", UNSET)

        _state = d.pop("state", UNSET)
        state: WebhookChangeState | Unset
        if isinstance(_state, Unset):
            state = UNSET
        else:
            state = WebhookChangeState(_state)

        webhook_change = cls(
            name=name,
            url=url,
            events=events,
            with_internal=with_internal,
            with_request=with_request,
            state=state,
        )

        return webhook_change
