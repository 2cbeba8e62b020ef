from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proved_row import ProvedRow


T = TypeVar("T", bound="RequestProof")


@_attrs_define
class RequestProof:
    """The proof of the history of a request. `gasutil_verify` checks it.

    Attributes:
        origin (str): The name of the log.
        checkpoint (None | str): The signed checkpoint, or null if nothing was signed yet.
        rows (list[ProvedRow]): The rows of the request's history that the caller can see, the oldest first.
    """

    origin: str
    checkpoint: None | str
    rows: list[ProvedRow]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        origin = self.origin

        checkpoint: None | str
        checkpoint = self.checkpoint

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "origin": origin,
                "checkpoint": checkpoint,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proved_row import ProvedRow  # noqa: PLC0415

        d = dict(src_dict)
        origin = d.pop("origin")

        def _parse_checkpoint(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        checkpoint = _parse_checkpoint(d.pop("checkpoint"))

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = ProvedRow.from_dict(rows_item_data)

            rows.append(rows_item)

        request_proof = cls(
            origin=origin,
            checkpoint=checkpoint,
            rows=rows,
        )

        request_proof.additional_properties = d
        return request_proof

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
