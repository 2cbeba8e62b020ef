from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.priority import Priority
from ..models.status import Status
from ..types import UNSET, Unset

T = TypeVar("T", bound="ServiceRequestChange")


@_attrs_define
class ServiceRequestChange:
    """What to change of a request, as one change. What is omitted stays.

    Attributes:
        status (Status | Unset): `pending` until someone starts the work, `in_progress`, `on_hold` while it waits,
            `resolved` when it is done, or `cancelled`.
        notes (None | str | Unset): The text that goes with the change. Customers receive it unless `is_internal` is
            true.
        priority (Priority | Unset): How urgent a request is. `emergency` is for requests that are emergencies.
        assigned_to (int | None | Unset): The ID of the support representative who works on it, or null. Support sets
            it.
        is_internal (bool | Unset): Whether only support can read the notes. Customers never receive internal notes.
        occurred_at (datetime.datetime | Unset): When it happened, if not now. Only support and machine accounts can
            send it. More than 15 minutes ago needs notes, more than 24 hours ago a permission as well.
    """

    status: Status | Unset = UNSET
    notes: None | str | Unset = UNSET
    priority: Priority | Unset = UNSET
    assigned_to: int | None | Unset = UNSET
    is_internal: bool | Unset = UNSET
    occurred_at: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        notes: None | str | Unset
        if isinstance(self.notes, Unset):
            notes = UNSET
        else:
            notes = self.notes

        priority: str | Unset = UNSET
        if not isinstance(self.priority, Unset):
            priority = self.priority.value

        assigned_to: int | None | Unset
        if isinstance(self.assigned_to, Unset):
            assigned_to = UNSET
        else:
            assigned_to = self.assigned_to

        is_internal = self.is_internal

        occurred_at: str | Unset = UNSET
        if not isinstance(self.occurred_at, Unset):
            occurred_at = self.occurred_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if status is not UNSET:
            field_dict["status"] = status
        if notes is not UNSET:
            field_dict["notes"] = notes
        if priority is not UNSET:
            field_dict["priority"] = priority
        if assigned_to is not UNSET:
            field_dict["assigned_to"] = assigned_to
        if is_internal is not UNSET:
            field_dict["is_internal"] = is_internal
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _status = d.pop("status", UNSET)
        status: Status | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = Status(_status)

        def _parse_notes(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        notes = _parse_notes(d.pop("notes", UNSET))

        _priority = d.pop("priority", UNSET)
        priority: Priority | Unset
        if isinstance(_priority, Unset):
            priority = UNSET
        else:
            priority = Priority(_priority)

        def _parse_assigned_to(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        assigned_to = _parse_assigned_to(d.pop("assigned_to", UNSET))

        is_internal = d.pop("is_internal", UNSET)

        _occurred_at = d.pop("occurred_at", UNSET)
        occurred_at: datetime.datetime | Unset
        if isinstance(_occurred_at, Unset):
            occurred_at = UNSET
        else:
            occurred_at = datetime.datetime.fromisoformat(_occurred_at)

        service_request_change = cls(
            status=status,
            notes=notes,
            priority=priority,
            assigned_to=assigned_to,
            is_internal=is_internal,
            occurred_at=occurred_at,
        )

        return service_request_change
