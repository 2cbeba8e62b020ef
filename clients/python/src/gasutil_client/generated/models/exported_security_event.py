from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.entry_point import EntryPoint
from ..models.security_outcome import SecurityOutcome

T = TypeVar("T", bound="ExportedSecurityEvent")


@_attrs_define
class ExportedSecurityEvent:
    """A login of the person, an attempt, or another event of the security log.

    Attributes:
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        event (str): The name of the event.
        outcome (SecurityOutcome): The outcome of a security event.
        entry_point (EntryPoint): The entry point of a user.
        ip (None | str): The IP address, or null.
        user_agent (str): The program, as it names itself.
    """

    created_at: datetime.datetime
    event: str
    outcome: SecurityOutcome
    entry_point: EntryPoint
    ip: None | str
    user_agent: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        event = self.event

        outcome = self.outcome.value

        entry_point = self.entry_point.value

        ip: None | str
        ip = self.ip

        user_agent = self.user_agent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "event": event,
                "outcome": outcome,
                "entry_point": entry_point,
                "ip": ip,
                "user_agent": user_agent,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        event = d.pop("event")

        outcome = SecurityOutcome(d.pop("outcome"))

        entry_point = EntryPoint(d.pop("entry_point"))

        def _parse_ip(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ip = _parse_ip(d.pop("ip"))

        user_agent = d.pop("user_agent")

        exported_security_event = cls(
            created_at=created_at,
            event=event,
            outcome=outcome,
            entry_point=entry_point,
            ip=ip,
            user_agent=user_agent,
        )

        exported_security_event.additional_properties = d
        return exported_security_event

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
