from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.attachment import Attachment
    from ..models.earlier_profile import EarlierProfile
    from ..models.exported_email_change import ExportedEmailChange
    from ..models.exported_login import ExportedLogin
    from ..models.exported_notice import ExportedNotice
    from ..models.exported_profile import ExportedProfile
    from ..models.exported_request import ExportedRequest
    from ..models.exported_security_event import ExportedSecurityEvent


T = TypeVar("T", bound="PersonalData")


@_attrs_define
class PersonalData:
    """All that is stored about a person. Internal notes of support are not part of it.

    Attributes:
        exported_at (datetime.datetime): The time of this copy.
        profile (ExportedProfile): The account, with columns that the profile of the API does not show.
        earlier_profiles (list[EarlierProfile]): The contact data after each change of the account, the oldest first.
        email_changes (list[ExportedEmailChange]): The changes of the email address, the oldest first.
        requests (list[ExportedRequest]): The requests of the person, the oldest first.
        uploads (list[Attachment]): The files that the person added to requests of others.
        logins (list[ExportedLogin]): The logins and sessions that are stored.
        notices (list[ExportedNotice]): The notices that are stored.
        security_events (list[ExportedSecurityEvent]): The rows of the security log about the account's own use.
    """

    exported_at: datetime.datetime
    profile: ExportedProfile
    earlier_profiles: list[EarlierProfile]
    email_changes: list[ExportedEmailChange]
    requests: list[ExportedRequest]
    uploads: list[Attachment]
    logins: list[ExportedLogin]
    notices: list[ExportedNotice]
    security_events: list[ExportedSecurityEvent]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        exported_at = self.exported_at.isoformat()

        profile = self.profile.to_dict()

        earlier_profiles = []
        for earlier_profiles_item_data in self.earlier_profiles:
            earlier_profiles_item = earlier_profiles_item_data.to_dict()
            earlier_profiles.append(earlier_profiles_item)

        email_changes = []
        for email_changes_item_data in self.email_changes:
            email_changes_item = email_changes_item_data.to_dict()
            email_changes.append(email_changes_item)

        requests = []
        for requests_item_data in self.requests:
            requests_item = requests_item_data.to_dict()
            requests.append(requests_item)

        uploads = []
        for uploads_item_data in self.uploads:
            uploads_item = uploads_item_data.to_dict()
            uploads.append(uploads_item)

        logins = []
        for logins_item_data in self.logins:
            logins_item = logins_item_data.to_dict()
            logins.append(logins_item)

        notices = []
        for notices_item_data in self.notices:
            notices_item = notices_item_data.to_dict()
            notices.append(notices_item)

        security_events = []
        for security_events_item_data in self.security_events:
            security_events_item = security_events_item_data.to_dict()
            security_events.append(security_events_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "exported_at": exported_at,
                "profile": profile,
                "earlier_profiles": earlier_profiles,
                "email_changes": email_changes,
                "requests": requests,
                "uploads": uploads,
                "logins": logins,
                "notices": notices,
                "security_events": security_events,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attachment import Attachment  # noqa: PLC0415
        from ..models.earlier_profile import EarlierProfile  # noqa: PLC0415
        from ..models.exported_email_change import ExportedEmailChange  # noqa: PLC0415
        from ..models.exported_login import ExportedLogin  # noqa: PLC0415
        from ..models.exported_notice import ExportedNotice  # noqa: PLC0415
        from ..models.exported_profile import ExportedProfile  # noqa: PLC0415
        from ..models.exported_request import ExportedRequest  # noqa: PLC0415
        from ..models.exported_security_event import ExportedSecurityEvent  # noqa: PLC0415

        d = dict(src_dict)
        exported_at = datetime.datetime.fromisoformat(d.pop("exported_at"))

        profile = ExportedProfile.from_dict(d.pop("profile"))

        earlier_profiles = []
        _earlier_profiles = d.pop("earlier_profiles")
        for earlier_profiles_item_data in _earlier_profiles:
            earlier_profiles_item = EarlierProfile.from_dict(earlier_profiles_item_data)

            earlier_profiles.append(earlier_profiles_item)

        email_changes = []
        _email_changes = d.pop("email_changes")
        for email_changes_item_data in _email_changes:
            email_changes_item = ExportedEmailChange.from_dict(email_changes_item_data)

            email_changes.append(email_changes_item)

        requests = []
        _requests = d.pop("requests")
        for requests_item_data in _requests:
            requests_item = ExportedRequest.from_dict(requests_item_data)

            requests.append(requests_item)

        uploads = []
        _uploads = d.pop("uploads")
        for uploads_item_data in _uploads:
            uploads_item = Attachment.from_dict(uploads_item_data)

            uploads.append(uploads_item)

        logins = []
        _logins = d.pop("logins")
        for logins_item_data in _logins:
            logins_item = ExportedLogin.from_dict(logins_item_data)

            logins.append(logins_item)

        notices = []
        _notices = d.pop("notices")
        for notices_item_data in _notices:
            notices_item = ExportedNotice.from_dict(notices_item_data)

            notices.append(notices_item)

        security_events = []
        _security_events = d.pop("security_events")
        for security_events_item_data in _security_events:
            security_events_item = ExportedSecurityEvent.from_dict(security_events_item_data)

            security_events.append(security_events_item)

        personal_data = cls(
            exported_at=exported_at,
            profile=profile,
            earlier_profiles=earlier_profiles,
            email_changes=email_changes,
            requests=requests,
            uploads=uploads,
            logins=logins,
            notices=notices,
            security_events=security_events,
        )

        personal_data.additional_properties = d
        return personal_data

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
