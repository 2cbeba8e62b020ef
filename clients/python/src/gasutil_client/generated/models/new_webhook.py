from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.events import Events
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewWebhook")


@_attrs_define
class NewWebhook:
    """
    Attributes:
        name (str):
        url (str): The public https:// URL that receives the events.
        events (list[Events]):
        with_internal (bool | None | Unset):
    """

    name: str
    url: str
    events: list[Events]
    with_internal: bool | None | Unset = UNSET

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

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        url = d.pop("url")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = Events(events_item_data)

            events.append(events_item)

        def _parse_with_internal(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        with_internal = _parse_with_internal(d.pop("with_internal", UNSET))

        new_webhook = cls(
            name=name,
            url=url,
            events=events,
            with_internal=with_internal,
        )

        return new_webhook
