from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SecondFactor")


@_attrs_define
class SecondFactor:
    """Whether the caller has a second factor, and whether their role needs one.

    Attributes:
        is_enabled (bool): Whether each login needs a code.
        is_required (bool): Whether the role of the account needs a second factor.
        enrol_by (datetime.datetime | None): Until when it must be set up. After that, every other call returns
            `enrolment-required`. Null without such a time.
        recovery_codes_left (int): The number of unused recovery codes.
    """

    is_enabled: bool
    is_required: bool
    enrol_by: datetime.datetime | None
    recovery_codes_left: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_enabled = self.is_enabled

        is_required = self.is_required

        enrol_by: None | str
        if isinstance(self.enrol_by, datetime.datetime):
            enrol_by = self.enrol_by.isoformat()
        else:
            enrol_by = self.enrol_by

        recovery_codes_left = self.recovery_codes_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_enabled": is_enabled,
                "is_required": is_required,
                "enrol_by": enrol_by,
                "recovery_codes_left": recovery_codes_left,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        is_enabled = d.pop("is_enabled")

        is_required = d.pop("is_required")

        def _parse_enrol_by(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                enrol_by_type_0 = datetime.datetime.fromisoformat(data)

                return enrol_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        enrol_by = _parse_enrol_by(d.pop("enrol_by"))

        recovery_codes_left = d.pop("recovery_codes_left")

        second_factor = cls(
            is_enabled=is_enabled,
            is_required=is_required,
            enrol_by=enrol_by,
            recovery_codes_left=recovery_codes_left,
        )

        second_factor.additional_properties = d
        return second_factor

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
