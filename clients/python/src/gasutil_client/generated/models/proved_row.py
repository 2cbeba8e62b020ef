from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proved_row_disclosures import ProvedRowDisclosures


T = TypeVar("T", bound="ProvedRow")


@_attrs_define
class ProvedRow:
    """A row of the history, and what proves that it is in the log.

    Attributes:
        index (int | None): The number of the leaf, or null if no checkpoint covers the row yet.
        row (int): The ID of the update.
        entry (None | str): The bytes of the leaf in base64, or null if the row is not in the log yet.
        disclosures (ProvedRowDisclosures): What proves the personal values in the entry: name → disclosure (RFC 9901).
        proof (list[str]): Hashes in base64, from the leaf up.
    """

    index: int | None
    row: int
    entry: None | str
    disclosures: ProvedRowDisclosures
    proof: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        index: int | None
        index = self.index

        row = self.row

        entry: None | str
        entry = self.entry

        disclosures = self.disclosures.to_dict()

        proof = self.proof

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "index": index,
                "row": row,
                "entry": entry,
                "disclosures": disclosures,
                "proof": proof,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proved_row_disclosures import ProvedRowDisclosures  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_index(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        index = _parse_index(d.pop("index"))

        row = d.pop("row")

        def _parse_entry(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        entry = _parse_entry(d.pop("entry"))

        disclosures = ProvedRowDisclosures.from_dict(d.pop("disclosures"))

        proof = cast(list[str], d.pop("proof"))

        proved_row = cls(
            index=index,
            row=row,
            entry=entry,
            disclosures=disclosures,
            proof=proof,
        )

        proved_row.additional_properties = d
        return proved_row

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
