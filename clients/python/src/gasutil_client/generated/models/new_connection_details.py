from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.new_connection_details_appliances_item import (
    NewConnectionDetailsAppliancesItem,
)
from ..models.new_connection_details_documents_item import (
    NewConnectionDetailsDocumentsItem,
)
from ..models.new_connection_details_pipe_nearby import NewConnectionDetailsPipeNearby
from ..models.new_connection_details_premises_type import (
    NewConnectionDetailsPremisesType,
)
from ..models.new_connection_details_tenure import NewConnectionDetailsTenure
from ..models.new_connection_details_visit_slot_item import (
    NewConnectionDetailsVisitSlotItem,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewConnectionDetails")


@_attrs_define
class NewConnectionDetails:
    """The answers to the questions of the type “New connection”.

    Attributes:
        premises_type (NewConnectionDetailsPremisesType | Unset): What is to be connected?
        tenure (NewConnectionDetailsTenure | Unset): Do you own the property?
        owner_consents (bool | Unset): Does the owner agree in writing? We will ask for the letter before we start. You
            can attach it now.
        appliances (list[NewConnectionDetailsAppliancesItem] | Unset): What will you use gas for? Choose all that apply.
        monthly_use (float | Unset): How much gas do you expect to use in a month? (m³) Leave it out if you do not know.
        pipe_nearby (NewConnectionDetailsPipeNearby | Unset): Do neighbours already have piped gas?
        documents (list[NewConnectionDetailsDocumentsItem] | Unset): Which papers can you show? Choose all that apply.
            You can attach copies now or later.
        wanted_from (datetime.date | Unset): From when do you need gas?
        visit_slot (list[NewConnectionDetailsVisitSlotItem] | Unset): When may we visit? Choose all that apply.
    """

    premises_type: NewConnectionDetailsPremisesType | Unset = UNSET
    tenure: NewConnectionDetailsTenure | Unset = UNSET
    owner_consents: bool | Unset = UNSET
    appliances: list[NewConnectionDetailsAppliancesItem] | Unset = UNSET
    monthly_use: float | Unset = UNSET
    pipe_nearby: NewConnectionDetailsPipeNearby | Unset = UNSET
    documents: list[NewConnectionDetailsDocumentsItem] | Unset = UNSET
    wanted_from: datetime.date | Unset = UNSET
    visit_slot: list[NewConnectionDetailsVisitSlotItem] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        premises_type: str | Unset = UNSET
        if not isinstance(self.premises_type, Unset):
            premises_type = self.premises_type.value

        tenure: str | Unset = UNSET
        if not isinstance(self.tenure, Unset):
            tenure = self.tenure.value

        owner_consents = self.owner_consents

        appliances: list[str] | Unset = UNSET
        if not isinstance(self.appliances, Unset):
            appliances = []
            for appliances_item_data in self.appliances:
                appliances_item = appliances_item_data.value
                appliances.append(appliances_item)

        monthly_use = self.monthly_use

        pipe_nearby: str | Unset = UNSET
        if not isinstance(self.pipe_nearby, Unset):
            pipe_nearby = self.pipe_nearby.value

        documents: list[str] | Unset = UNSET
        if not isinstance(self.documents, Unset):
            documents = []
            for documents_item_data in self.documents:
                documents_item = documents_item_data.value
                documents.append(documents_item)

        wanted_from: str | Unset = UNSET
        if not isinstance(self.wanted_from, Unset):
            wanted_from = self.wanted_from.isoformat()

        visit_slot: list[str] | Unset = UNSET
        if not isinstance(self.visit_slot, Unset):
            visit_slot = []
            for visit_slot_item_data in self.visit_slot:
                visit_slot_item = visit_slot_item_data.value
                visit_slot.append(visit_slot_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if premises_type is not UNSET:
            field_dict["premises_type"] = premises_type
        if tenure is not UNSET:
            field_dict["tenure"] = tenure
        if owner_consents is not UNSET:
            field_dict["owner_consents"] = owner_consents
        if appliances is not UNSET:
            field_dict["appliances"] = appliances
        if monthly_use is not UNSET:
            field_dict["monthly_use"] = monthly_use
        if pipe_nearby is not UNSET:
            field_dict["pipe_nearby"] = pipe_nearby
        if documents is not UNSET:
            field_dict["documents"] = documents
        if wanted_from is not UNSET:
            field_dict["wanted_from"] = wanted_from
        if visit_slot is not UNSET:
            field_dict["visit_slot"] = visit_slot

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _premises_type = d.pop("premises_type", UNSET)
        premises_type: NewConnectionDetailsPremisesType | Unset
        if isinstance(_premises_type, Unset):
            premises_type = UNSET
        else:
            premises_type = NewConnectionDetailsPremisesType(_premises_type)

        _tenure = d.pop("tenure", UNSET)
        tenure: NewConnectionDetailsTenure | Unset
        if isinstance(_tenure, Unset):
            tenure = UNSET
        else:
            tenure = NewConnectionDetailsTenure(_tenure)

        owner_consents = d.pop("owner_consents", UNSET)

        _appliances = d.pop("appliances", UNSET)
        appliances: list[NewConnectionDetailsAppliancesItem] | Unset = UNSET
        if _appliances is not UNSET:
            appliances = []
            for appliances_item_data in _appliances:
                appliances_item = NewConnectionDetailsAppliancesItem(appliances_item_data)

                appliances.append(appliances_item)

        monthly_use = d.pop("monthly_use", UNSET)

        _pipe_nearby = d.pop("pipe_nearby", UNSET)
        pipe_nearby: NewConnectionDetailsPipeNearby | Unset
        if isinstance(_pipe_nearby, Unset):
            pipe_nearby = UNSET
        else:
            pipe_nearby = NewConnectionDetailsPipeNearby(_pipe_nearby)

        _documents = d.pop("documents", UNSET)
        documents: list[NewConnectionDetailsDocumentsItem] | Unset = UNSET
        if _documents is not UNSET:
            documents = []
            for documents_item_data in _documents:
                documents_item = NewConnectionDetailsDocumentsItem(documents_item_data)

                documents.append(documents_item)

        _wanted_from = d.pop("wanted_from", UNSET)
        wanted_from: datetime.date | Unset
        if isinstance(_wanted_from, Unset):
            wanted_from = UNSET
        else:
            wanted_from = datetime.date.fromisoformat(_wanted_from)

        _visit_slot = d.pop("visit_slot", UNSET)
        visit_slot: list[NewConnectionDetailsVisitSlotItem] | Unset = UNSET
        if _visit_slot is not UNSET:
            visit_slot = []
            for visit_slot_item_data in _visit_slot:
                visit_slot_item = NewConnectionDetailsVisitSlotItem(visit_slot_item_data)

                visit_slot.append(visit_slot_item)

        new_connection_details = cls(
            premises_type=premises_type,
            tenure=tenure,
            owner_consents=owner_consents,
            appliances=appliances,
            monthly_use=monthly_use,
            pipe_nearby=pipe_nearby,
            documents=documents,
            wanted_from=wanted_from,
            visit_slot=visit_slot,
        )

        return new_connection_details
