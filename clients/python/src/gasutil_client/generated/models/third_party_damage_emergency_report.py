from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.language import Language
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.third_party_damage_details import ThirdPartyDamageDetails


T = TypeVar("T", bound="ThirdPartyDamageEmergencyReport")


@_attrs_define
class ThirdPartyDamageEmergencyReport:
    """Damaged gas pipe. A pipe, meter or regulator hit by digging, a vehicle or falling objects, whether or not gas can be
    heard or smelt.

        Attributes:
            request_type (Literal['third_party_damage']): The code of the type “Damaged gas pipe”.
            description (None | str | Unset): What is wrong, in the reporter's words.
            address (None | str | Unset): The place, as one text. An address or coordinates are needed.
            latitude (float | None | Unset): The latitude of the place, in degrees (WGS 84).
            longitude (float | None | Unset): The longitude of the place, in degrees (WGS 84).
            phone_number (None | str | Unset): A phone number at which the reporter can be called back.
            name (None | str | Unset): The name of the reporter.
            email (None | str | Unset): An email address of the reporter, for mails about this request.
            details (ThirdPartyDamageDetails | Unset): The answers to the questions of the type “Damaged gas pipe”.
            language (Language | None | Unset): The language of mails to the reporter. The default is that of the site.
    """

    request_type: Literal["third_party_damage"]
    description: None | str | Unset = UNSET
    address: None | str | Unset = UNSET
    latitude: float | None | Unset = UNSET
    longitude: float | None | Unset = UNSET
    phone_number: None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    email: None | str | Unset = UNSET
    details: ThirdPartyDamageDetails | Unset = UNSET
    language: Language | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        request_type = self.request_type

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        latitude: float | None | Unset
        if isinstance(self.latitude, Unset):
            latitude = UNSET
        else:
            latitude = self.latitude

        longitude: float | None | Unset
        if isinstance(self.longitude, Unset):
            longitude = UNSET
        else:
            longitude = self.longitude

        phone_number: None | str | Unset
        if isinstance(self.phone_number, Unset):
            phone_number = UNSET
        else:
            phone_number = self.phone_number

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.details, Unset):
            details = self.details.to_dict()

        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        elif isinstance(self.language, Language):
            language = self.language.value
        else:
            language = self.language

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "request_type": request_type,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if address is not UNSET:
            field_dict["address"] = address
        if latitude is not UNSET:
            field_dict["latitude"] = latitude
        if longitude is not UNSET:
            field_dict["longitude"] = longitude
        if phone_number is not UNSET:
            field_dict["phone_number"] = phone_number
        if name is not UNSET:
            field_dict["name"] = name
        if email is not UNSET:
            field_dict["email"] = email
        if details is not UNSET:
            field_dict["details"] = details
        if language is not UNSET:
            field_dict["language"] = language

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.third_party_damage_details import ThirdPartyDamageDetails  # noqa: PLC0415

        d = dict(src_dict)
        request_type = cast(Literal["third_party_damage"], d.pop("request_type"))
        if request_type != "third_party_damage":
            raise ValueError(f"request_type must match const 'third_party_damage', got '{request_type}'")

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        def _parse_latitude(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        latitude = _parse_latitude(d.pop("latitude", UNSET))

        def _parse_longitude(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        longitude = _parse_longitude(d.pop("longitude", UNSET))

        def _parse_phone_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone_number = _parse_phone_number(d.pop("phone_number", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        _details = d.pop("details", UNSET)
        details: ThirdPartyDamageDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = ThirdPartyDamageDetails.from_dict(_details)

        def _parse_language(data: object) -> Language | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                language_type_0 = Language(data)

                return language_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Language | None | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        third_party_damage_emergency_report = cls(
            request_type=request_type,
            description=description,
            address=address,
            latitude=latitude,
            longitude=longitude,
            phone_number=phone_number,
            name=name,
            email=email,
            details=details,
            language=language,
        )

        return third_party_damage_emergency_report
