from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.contact import Contact
from ..models.priority import Priority
from ..models.status import Status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.attachment import Attachment
    from ..models.customer import Customer
    from ..models.field_error import FieldError
    from ..models.milestone import Milestone
    from ..models.reference import Reference
    from ..models.refused_file import RefusedFile
    from ..models.request_update import RequestUpdate
    from ..models.service_request_detail_details import ServiceRequestDetailDetails
    from ..models.staff_member import StaffMember


T = TypeVar("T", bound="ServiceRequestDetail")


@_attrs_define
class ServiceRequestDetail:
    """A service request with its updates, files and milestones.

    Attributes:
        id (int): The ID. The server sets it, and it never changes.
        reference (str): The reference that customers quote. The server sets it.
        request_type (str): The code of the request type, from the catalogue.
        description (str): What the customer reported, in their words.
        address (str): Where the work is to be done, or where the person lives, as one text.
        details (ServiceRequestDetailDetails): The answers to the questions of the request type, by their names.
            `schema` in the catalogue describes them.
        status (Status): `pending` until someone starts the work, `in_progress`, `on_hold` while it waits, `resolved`
            when it is done, or `cancelled`.
        priority (Priority): How urgent a request is. `emergency` is for requests that are emergencies.
        customer (Customer | int): The ID of the customer who owns the request, or the customer with `expand`.
        assigned_to (int | None | StaffMember): The ID of the support representative who works on it, the representative
            with `expand`, or null.
        created_at (datetime.datetime): When it was created or recorded. The server sets it.
        updated_at (datetime.datetime): When it last changed. The server sets it.
        resolved_at (datetime.datetime | None): When the request was resolved, or null while it is open or after it is
            reopened.
        respond_by (datetime.datetime | None): The deadline of the first milestone. It stays when it is met. Null if the
            type has none.
        resolve_by (datetime.datetime | None): The deadline of the last milestone. It stays when it is met. Null if the
            type has none.
        is_overdue (bool): Whether the deadline of the next milestone has passed.
        safety_instructions (str): What to do now. Show this at once.
        version (int): Counts the changes of the request, from 1. Send it as `If-Match` to change only this version.
        is_emergency (bool): Set by the request type, or by support.
        is_unverified (bool): One of many reports from the same source. Supervisors are notified of them as a group.
        received_at (datetime.datetime): When the report was received, from which the clocks count.
        contact (Contact | None): How the report reached support, if support recorded it; else null.
        latitude (float | None): Of the place, in degrees (WGS 84).
        longitude (float | None): Of the place, in degrees (WGS 84).
        next_milestone (None | str): The name of the milestone that is due next, or null.
        next_due_at (datetime.datetime | None): The deadline of the next milestone.
        updates (list[RequestUpdate]): What happened to the request, the oldest first.
        attachments (list[Attachment]): The files of the request, the oldest first.
        milestones (list[Milestone]): The milestones, in the order in which they are due.
        schema_version (int): The version of the type's questions to which `details` belongs.
        do_not_disconnect (bool): Whether the customer must not be disconnected, because of an open dispute.
        allowed_statuses (list[Status]): The statuses that the caller can set next, by the call that belongs to each.
        references (list[Reference] | Unset): The IDs of the request in other systems. Only for support.
        warnings (list[FieldError] | Unset): What is wrong with values of an emergency, which is stored nevertheless.
            Only in the response to the call that sent them.
        tracking_token (str | Unset): A bearer token for this request. Only in the response to a report without an
            account.
        files_refused (list[RefusedFile] | Unset): The files of an emergency that were not stored. Only in the response
            to the call that sent them.
    """

    id: int
    reference: str
    request_type: str
    description: str
    address: str
    details: ServiceRequestDetailDetails
    status: Status
    priority: Priority
    customer: Customer | int
    assigned_to: int | None | StaffMember
    created_at: datetime.datetime
    updated_at: datetime.datetime
    resolved_at: datetime.datetime | None
    respond_by: datetime.datetime | None
    resolve_by: datetime.datetime | None
    is_overdue: bool
    safety_instructions: str
    version: int
    is_emergency: bool
    is_unverified: bool
    received_at: datetime.datetime
    contact: Contact | None
    latitude: float | None
    longitude: float | None
    next_milestone: None | str
    next_due_at: datetime.datetime | None
    updates: list[RequestUpdate]
    attachments: list[Attachment]
    milestones: list[Milestone]
    schema_version: int
    do_not_disconnect: bool
    allowed_statuses: list[Status]
    references: list[Reference] | Unset = UNSET
    warnings: list[FieldError] | Unset = UNSET
    tracking_token: str | Unset = UNSET
    files_refused: list[RefusedFile] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.customer import Customer  # noqa: PLC0415
        from ..models.staff_member import StaffMember  # noqa: PLC0415

        id = self.id

        reference = self.reference

        request_type = self.request_type

        description = self.description

        address = self.address

        details = self.details.to_dict()

        status = self.status.value

        priority = self.priority.value

        customer: dict[str, Any] | int
        if isinstance(self.customer, Customer):
            customer = self.customer.to_dict()
        else:
            customer = self.customer

        assigned_to: dict[str, Any] | int | None
        if isinstance(self.assigned_to, StaffMember):
            assigned_to = self.assigned_to.to_dict()
        else:
            assigned_to = self.assigned_to

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        respond_by: None | str
        if isinstance(self.respond_by, datetime.datetime):
            respond_by = self.respond_by.isoformat()
        else:
            respond_by = self.respond_by

        resolve_by: None | str
        if isinstance(self.resolve_by, datetime.datetime):
            resolve_by = self.resolve_by.isoformat()
        else:
            resolve_by = self.resolve_by

        is_overdue = self.is_overdue

        safety_instructions = self.safety_instructions

        version = self.version

        is_emergency = self.is_emergency

        is_unverified = self.is_unverified

        received_at = self.received_at.isoformat()

        contact: None | str
        if isinstance(self.contact, Contact):
            contact = self.contact.value
        else:
            contact = self.contact

        latitude: float | None
        latitude = self.latitude

        longitude: float | None
        longitude = self.longitude

        next_milestone: None | str
        next_milestone = self.next_milestone

        next_due_at: None | str
        if isinstance(self.next_due_at, datetime.datetime):
            next_due_at = self.next_due_at.isoformat()
        else:
            next_due_at = self.next_due_at

        updates = []
        for updates_item_data in self.updates:
            updates_item = updates_item_data.to_dict()
            updates.append(updates_item)

        attachments = []
        for attachments_item_data in self.attachments:
            attachments_item = attachments_item_data.to_dict()
            attachments.append(attachments_item)

        milestones = []
        for milestones_item_data in self.milestones:
            milestones_item = milestones_item_data.to_dict()
            milestones.append(milestones_item)

        schema_version = self.schema_version

        do_not_disconnect = self.do_not_disconnect

        allowed_statuses = []
        for allowed_statuses_item_data in self.allowed_statuses:
            allowed_statuses_item = allowed_statuses_item_data.value
            allowed_statuses.append(allowed_statuses_item)

        references: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.references, Unset):
            references = []
            for references_item_data in self.references:
                references_item = references_item_data.to_dict()
                references.append(references_item)

        warnings: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = []
            for warnings_item_data in self.warnings:
                warnings_item = warnings_item_data.to_dict()
                warnings.append(warnings_item)

        tracking_token = self.tracking_token

        files_refused: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.files_refused, Unset):
            files_refused = []
            for files_refused_item_data in self.files_refused:
                files_refused_item = files_refused_item_data.to_dict()
                files_refused.append(files_refused_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "reference": reference,
                "request_type": request_type,
                "description": description,
                "address": address,
                "details": details,
                "status": status,
                "priority": priority,
                "customer": customer,
                "assigned_to": assigned_to,
                "created_at": created_at,
                "updated_at": updated_at,
                "resolved_at": resolved_at,
                "respond_by": respond_by,
                "resolve_by": resolve_by,
                "is_overdue": is_overdue,
                "safety_instructions": safety_instructions,
                "version": version,
                "is_emergency": is_emergency,
                "is_unverified": is_unverified,
                "received_at": received_at,
                "contact": contact,
                "latitude": latitude,
                "longitude": longitude,
                "next_milestone": next_milestone,
                "next_due_at": next_due_at,
                "updates": updates,
                "attachments": attachments,
                "milestones": milestones,
                "schema_version": schema_version,
                "do_not_disconnect": do_not_disconnect,
                "allowed_statuses": allowed_statuses,
            }
        )
        if references is not UNSET:
            field_dict["references"] = references
        if warnings is not UNSET:
            field_dict["warnings"] = warnings
        if tracking_token is not UNSET:
            field_dict["tracking_token"] = tracking_token
        if files_refused is not UNSET:
            field_dict["files_refused"] = files_refused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attachment import Attachment  # noqa: PLC0415
        from ..models.customer import Customer  # noqa: PLC0415
        from ..models.field_error import FieldError  # noqa: PLC0415
        from ..models.milestone import Milestone  # noqa: PLC0415
        from ..models.reference import Reference  # noqa: PLC0415
        from ..models.refused_file import RefusedFile  # noqa: PLC0415
        from ..models.request_update import RequestUpdate  # noqa: PLC0415
        from ..models.service_request_detail_details import ServiceRequestDetailDetails  # noqa: PLC0415
        from ..models.staff_member import StaffMember  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        reference = d.pop("reference")

        request_type = d.pop("request_type")

        description = d.pop("description")

        address = d.pop("address")

        details = ServiceRequestDetailDetails.from_dict(d.pop("details"))

        status = Status(d.pop("status"))

        priority = Priority(d.pop("priority"))

        def _parse_customer(data: object) -> Customer | int:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                customer_type_1 = Customer.from_dict(data)

                return customer_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Customer | int, data)

        customer = _parse_customer(d.pop("customer"))

        def _parse_assigned_to(data: object) -> int | None | StaffMember:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                assigned_to_type_1 = StaffMember.from_dict(data)

                return assigned_to_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | None | StaffMember, data)

        assigned_to = _parse_assigned_to(d.pop("assigned_to"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        def _parse_respond_by(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                respond_by_type_0 = datetime.datetime.fromisoformat(data)

                return respond_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        respond_by = _parse_respond_by(d.pop("respond_by"))

        def _parse_resolve_by(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolve_by_type_0 = datetime.datetime.fromisoformat(data)

                return resolve_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolve_by = _parse_resolve_by(d.pop("resolve_by"))

        is_overdue = d.pop("is_overdue")

        safety_instructions = d.pop("safety_instructions")

        version = d.pop("version")

        is_emergency = d.pop("is_emergency")

        is_unverified = d.pop("is_unverified")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        def _parse_contact(data: object) -> Contact | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                contact_type_0 = Contact(data)

                return contact_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Contact | None, data)

        contact = _parse_contact(d.pop("contact"))

        def _parse_latitude(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        latitude = _parse_latitude(d.pop("latitude"))

        def _parse_longitude(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        longitude = _parse_longitude(d.pop("longitude"))

        def _parse_next_milestone(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_milestone = _parse_next_milestone(d.pop("next_milestone"))

        def _parse_next_due_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_due_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_due_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_due_at = _parse_next_due_at(d.pop("next_due_at"))

        updates = []
        _updates = d.pop("updates")
        for updates_item_data in _updates:
            updates_item = RequestUpdate.from_dict(updates_item_data)

            updates.append(updates_item)

        attachments = []
        _attachments = d.pop("attachments")
        for attachments_item_data in _attachments:
            attachments_item = Attachment.from_dict(attachments_item_data)

            attachments.append(attachments_item)

        milestones = []
        _milestones = d.pop("milestones")
        for milestones_item_data in _milestones:
            milestones_item = Milestone.from_dict(milestones_item_data)

            milestones.append(milestones_item)

        schema_version = d.pop("schema_version")

        do_not_disconnect = d.pop("do_not_disconnect")

        allowed_statuses = []
        _allowed_statuses = d.pop("allowed_statuses")
        for allowed_statuses_item_data in _allowed_statuses:
            allowed_statuses_item = Status(allowed_statuses_item_data)

            allowed_statuses.append(allowed_statuses_item)

        _references = d.pop("references", UNSET)
        references: list[Reference] | Unset = UNSET
        if _references is not UNSET:
            references = []
            for references_item_data in _references:
                references_item = Reference.from_dict(references_item_data)

                references.append(references_item)

        _warnings = d.pop("warnings", UNSET)
        warnings: list[FieldError] | Unset = UNSET
        if _warnings is not UNSET:
            warnings = []
            for warnings_item_data in _warnings:
                warnings_item = FieldError.from_dict(warnings_item_data)

                warnings.append(warnings_item)

        tracking_token = d.pop("tracking_token", UNSET)

        _files_refused = d.pop("files_refused", UNSET)
        files_refused: list[RefusedFile] | Unset = UNSET
        if _files_refused is not UNSET:
            files_refused = []
            for files_refused_item_data in _files_refused:
                files_refused_item = RefusedFile.from_dict(files_refused_item_data)

                files_refused.append(files_refused_item)

        service_request_detail = cls(
            id=id,
            reference=reference,
            request_type=request_type,
            description=description,
            address=address,
            details=details,
            status=status,
            priority=priority,
            customer=customer,
            assigned_to=assigned_to,
            created_at=created_at,
            updated_at=updated_at,
            resolved_at=resolved_at,
            respond_by=respond_by,
            resolve_by=resolve_by,
            is_overdue=is_overdue,
            safety_instructions=safety_instructions,
            version=version,
            is_emergency=is_emergency,
            is_unverified=is_unverified,
            received_at=received_at,
            contact=contact,
            latitude=latitude,
            longitude=longitude,
            next_milestone=next_milestone,
            next_due_at=next_due_at,
            updates=updates,
            attachments=attachments,
            milestones=milestones,
            schema_version=schema_version,
            do_not_disconnect=do_not_disconnect,
            allowed_statuses=allowed_statuses,
            references=references,
            warnings=warnings,
            tracking_token=tracking_token,
            files_refused=files_refused,
        )

        service_request_detail.additional_properties = d
        return service_request_detail

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
