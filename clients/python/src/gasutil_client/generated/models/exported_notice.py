from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.state import State

T = TypeVar("T", bound="ExportedNotice")


@_attrs_define
class ExportedNotice:
    """A notice that was sent to the person, or was to be sent.

    Attributes:
        service_request (int | None): The ID of the request.
        notice (str): The kind of the notice.
        address (str): The email address that it went to.
        state (State): How far a delivery is: `waiting` to be sent, `sent`, `failed` and to be sent again, `given_up`
            after many attempts, or `skipped`.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        sent_at (datetime.datetime | None): When it was sent, or null.
    """

    service_request: int | None
    notice: str
    address: str
    state: State
    created_at: datetime.datetime
    sent_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service_request: int | None
        service_request = self.service_request

        notice = self.notice

        address = self.address

        state = self.state.value

        created_at = self.created_at.isoformat()

        sent_at: None | str
        if isinstance(self.sent_at, datetime.datetime):
            sent_at = self.sent_at.isoformat()
        else:
            sent_at = self.sent_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service_request": service_request,
                "notice": notice,
                "address": address,
                "state": state,
                "created_at": created_at,
                "sent_at": sent_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_service_request(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        service_request = _parse_service_request(d.pop("service_request"))

        notice = d.pop("notice")

        address = d.pop("address")

        state = State(d.pop("state"))

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

        exported_notice = cls(
            service_request=service_request,
            notice=notice,
            address=address,
            state=state,
            created_at=created_at,
            sent_at=sent_at,
        )

        exported_notice.additional_properties = d
        return exported_notice

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
