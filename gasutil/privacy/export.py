"""All that is stored about a person, as JSON: a copy for them, or for another provider."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils import timezone

from gasutil import updates
from gasutil.access import Actor
from gasutil.models import (
    Attachment,
    ConsoleSession,
    Delivery,
    EmailChange,
    Login,
    RequestUpdate,
    SecurityEvent,
    ServiceRequest,
    User,
)
from gasutil.request_fields import as_request

PROFILE_COLUMNS = (
    "id",
    "username",
    "email",
    "email_confirmed",
    "previous_email",
    "first_name",
    "last_name",
    "phone_number",
    "address",
    "user_type",
    "is_approved",
    "language",
    "muted_notices",
    "registered_from",
    "date_joined",
    "last_login",
    "updated_at",
)
ATTACHMENT_COLUMNS = (
    "id",
    "filename",
    "content_type",
    "size",
    "sha256",
    "created_at",
    "uploaded_by",
)
LOGIN_COLUMNS = ("created_at", "ip", "user_agent")
VERSION_COLUMNS = ("username", "first_name", "last_name", "email", "phone_number", "address")
NOTICE_COLUMNS = (
    "service_request",
    "notice",
    "address",
    "state",
    "created_at",
    "sent_at",
)
EVENT_COLUMNS = ("created_at", "event", "outcome", "entry_point", "ip", "user_agent")


def personal_data(user: User) -> dict[str, Any]:
    """Return all that is stored about a person, as they may see it.

    Internal notes of support are left out: they are the operator's own assessments.
    """
    events = SecurityEvent.objects.filter(user=user).order_by("pk")
    return {
        "exported_at": timezone.now(),
        "profile": User.objects.values(*PROFILE_COLUMNS).get(pk=user.pk),
        "earlier_profiles": _list(
            User.history.filter(id=user.pk)
            .order_by("history_id")
            .annotate(changed_at=F("history_date"))
            .values("changed_at", *VERSION_COLUMNS)
        ),
        "email_changes": _list(
            EmailChange.objects.filter(user=user)
            .order_by("pk")
            .values("old_email", "new_email", "created_at", "undone_at")
        ),
        "requests": _requests(user),
        "uploads": _list(
            Attachment.objects.filter(uploaded_by=user)
            .exclude(service_request__customer=user)
            .order_by("pk")
            .values("service_request", *ATTACHMENT_COLUMNS)
        ),
        "logins": [
            *_list(
                Login.objects.filter(user=user)
                .order_by("created_at")
                .annotate(last_used_at=F("rotated_at"), ended_at=F("revoked_at"))
                .values(*LOGIN_COLUMNS, "last_used_at", "ended_at")
            ),
            *(
                row | {"ended_at": None}
                for row in ConsoleSession.objects.filter(user=user)
                .order_by("created_at")
                .values(*LOGIN_COLUMNS, "last_used_at")
            ),
        ],
        "notices": _list(Delivery.objects.filter(user=user).order_by("pk").values(*NOTICE_COLUMNS)),
        "security_events": _list(events.values(*EVENT_COLUMNS)),
    }


def _requests(user: User) -> list[dict[str, Any]]:
    """Return a person's requests, each with its files and the updates that they may read."""
    owner = Actor(user)
    rows = list(
        ServiceRequest.objects.filter(customer=user).select_related("request_type").order_by("pk")
    )
    requests = {
        obj.pk: as_request(owner, obj)
        | {"contact_email": obj.contact_email, "updates": [], "attachments": []}
        for obj in rows
    }
    visible = updates.joined(
        RequestUpdate.objects.filter(id__in=requests, is_internal=False).order_by("history_id")
    )
    for update in updates.as_updates(owner, list(visible)):
        requests[update["service_request"]]["updates"].append(update)
    files = Attachment.objects.filter(service_request__in=requests).order_by("pk")
    for file in files.values("service_request", *ATTACHMENT_COLUMNS):
        requests[file["service_request"]]["attachments"].append(file)
    return list(requests.values())


def _list(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return list(rows)
