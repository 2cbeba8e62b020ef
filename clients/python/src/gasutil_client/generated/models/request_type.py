from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.priority import Priority

if TYPE_CHECKING:
    from ..models.limit import Limit
    from ..models.request_type_schema import RequestTypeSchema


T = TypeVar("T", bound="RequestType")


@_attrs_define
class RequestType:
    """A type of requests: its questions, its safety text and its time limits.

    Attributes:
        code (str): The name of the type, for programs. It never changes.
        name (str): The name of the type, as customers read it.
        description (str): What the type is for, as customers read it.
        is_emergency (bool): Whether requests of this type are emergencies.
        priority (Priority): How urgent a request is. `emergency` is for requests that are emergencies.
        safety_instructions (str): Shown immediately to customers who file a request of this type.
        schema (RequestTypeSchema): The JSON Schema (2020-12) of `details`.
        schema_version (int): The version of the questions. It grows when a manager publishes a change.
        milestones (list[Limit]): The time limits of requests of this type, in the order in which they are due.
    """

    code: str
    name: str
    description: str
    is_emergency: bool
    priority: Priority
    safety_instructions: str
    schema: RequestTypeSchema
    schema_version: int
    milestones: list[Limit]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        description = self.description

        is_emergency = self.is_emergency

        priority = self.priority.value

        safety_instructions = self.safety_instructions

        schema = self.schema.to_dict()

        schema_version = self.schema_version

        milestones = []
        for milestones_item_data in self.milestones:
            milestones_item = milestones_item_data.to_dict()
            milestones.append(milestones_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "description": description,
                "is_emergency": is_emergency,
                "priority": priority,
                "safety_instructions": safety_instructions,
                "schema": schema,
                "schema_version": schema_version,
                "milestones": milestones,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.limit import Limit  # noqa: PLC0415
        from ..models.request_type_schema import RequestTypeSchema  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        description = d.pop("description")

        is_emergency = d.pop("is_emergency")

        priority = Priority(d.pop("priority"))

        safety_instructions = d.pop("safety_instructions")

        schema = RequestTypeSchema.from_dict(d.pop("schema"))

        schema_version = d.pop("schema_version")

        milestones = []
        _milestones = d.pop("milestones")
        for milestones_item_data in _milestones:
            milestones_item = Limit.from_dict(milestones_item_data)

            milestones.append(milestones_item)

        request_type = cls(
            code=code,
            name=name,
            description=description,
            is_emergency=is_emergency,
            priority=priority,
            safety_instructions=safety_instructions,
            schema=schema,
            schema_version=schema_version,
            milestones=milestones,
        )

        request_type.additional_properties = d
        return request_type

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
