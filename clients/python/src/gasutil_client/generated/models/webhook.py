from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.event_name import EventName
from ..models.webhook_state import WebhookState
from ..types import UNSET, Unset

T = TypeVar("T", bound="Webhook")


@_attrs_define
class Webhook:
    """An address that receives events.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        name (str): The name that managers read.
        url (str): The public https:// URL that receives the events.
        events (list[EventName]): The names of the events that the webhook receives.
        with_internal (bool): Internal notes, escalations and incidents. Customers never see these.
        with_request (bool): Each event also has the request as it is when the event is sent.
        state (WebhookState): `active`, `paused` by a manager, or `dead` after too many failures.
        state_since (datetime.datetime): When the state last changed.
        state_reason (str): Why the webhook is paused, or empty.
        succeeded_at (datetime.datetime | None): When a delivery last arrived, or null.
        created_at (datetime.datetime): When the webhook was created.
        secret (str | Unset): The secret that signs deliveries. Only in the response to the call that creates or
            replaces it.
    """

    id: int
    name: str
    url: str
    events: list[EventName]
    with_internal: bool
    with_request: bool
    state: WebhookState
    state_since: datetime.datetime
    state_reason: str
    succeeded_at: datetime.datetime | None
    created_at: datetime.datetime
    secret: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        url = self.url

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.value
            events.append(events_item)

        with_internal = self.with_internal

        with_request = self.with_request

        state = self.state.value

        state_since = self.state_since.isoformat()

        state_reason = self.state_reason

        succeeded_at: None | str
        if isinstance(self.succeeded_at, datetime.datetime):
            succeeded_at = self.succeeded_at.isoformat()
        else:
            succeeded_at = self.succeeded_at

        created_at = self.created_at.isoformat()

        secret = self.secret

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "url": url,
                "events": events,
                "with_internal": with_internal,
                "with_request": with_request,
                "state": state,
                "state_since": state_since,
                "state_reason": state_reason,
                "succeeded_at": succeeded_at,
                "created_at": created_at,
            }
        )
        if secret is not UNSET:
            field_dict["secret"] = secret

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        url = d.pop("url")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = EventName(events_item_data)

            events.append(events_item)

        with_internal = d.pop("with_internal")

        with_request = d.pop("with_request")

        state = WebhookState(d.pop("state"))

        state_since = datetime.datetime.fromisoformat(d.pop("state_since"))

        state_reason = d.pop("state_reason")

        def _parse_succeeded_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                succeeded_at_type_0 = datetime.datetime.fromisoformat(data)

                return succeeded_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        succeeded_at = _parse_succeeded_at(d.pop("succeeded_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        secret = d.pop("secret", UNSET)

        webhook = cls(
            id=id,
            name=name,
            url=url,
            events=events,
            with_internal=with_internal,
            with_request=with_request,
            state=state,
            state_since=state_since,
            state_reason=state_reason,
            succeeded_at=succeeded_at,
            created_at=created_at,
            secret=secret,
        )

        webhook.additional_properties = d
        return webhook

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
