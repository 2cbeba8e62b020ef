from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.problem_type import ProblemType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_error import FieldError


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """An error, as defined in RFC 9457.

    Attributes:
        type_ (ProblemType | str): What kind of error this is, for programs: one of `ProblemType`.
        title (str): What kind of error this is, for people.
        status (int): The HTTP status.
        detail (str): What is wrong in this case, for people.
        instance (str | Unset): The ID of the request, as in `X-Request-Id`. Default: ''.
        errors (list[FieldError] | Unset): Every validation error in the body or query (422).
        allowed_statuses (list[str] | Unset): The statuses that the request can change to (409).
        safety_instructions (str | Unset): What to do now (409 `closed` for an emergency). Default: ''.
    """

    type_: ProblemType | str
    title: str
    status: int
    detail: str
    instance: str | Unset = ""
    errors: list[FieldError] | Unset = UNSET
    allowed_statuses: list[str] | Unset = UNSET
    safety_instructions: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_: str
        if isinstance(self.type_, ProblemType):
            type_ = self.type_.value
        else:
            type_ = self.type_

        title = self.title

        status = self.status

        detail = self.detail

        instance = self.instance

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        allowed_statuses: list[str] | Unset = UNSET
        if not isinstance(self.allowed_statuses, Unset):
            allowed_statuses = self.allowed_statuses

        safety_instructions = self.safety_instructions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "title": title,
                "status": status,
                "detail": detail,
            }
        )
        if instance is not UNSET:
            field_dict["instance"] = instance
        if errors is not UNSET:
            field_dict["errors"] = errors
        if allowed_statuses is not UNSET:
            field_dict["allowed_statuses"] = allowed_statuses
        if safety_instructions is not UNSET:
            field_dict["safety_instructions"] = safety_instructions

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_error import FieldError  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_type_(data: object) -> ProblemType | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                type_type_0 = ProblemType(data)

                return type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ProblemType | str, data)

        type_ = _parse_type_(d.pop("type"))

        title = d.pop("title")

        status = d.pop("status")

        detail = d.pop("detail")

        instance = d.pop("instance", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[FieldError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = FieldError.from_dict(errors_item_data)

                errors.append(errors_item)

        allowed_statuses = cast(list[str], d.pop("allowed_statuses", UNSET))

        safety_instructions = d.pop("safety_instructions", UNSET)

        problem = cls(
            type_=type_,
            title=title,
            status=status,
            detail=detail,
            instance=instance,
            errors=errors,
            allowed_statuses=allowed_statuses,
            safety_instructions=safety_instructions,
        )

        problem.additional_properties = d
        return problem

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
