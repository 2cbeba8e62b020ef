"""The first page of the OpenAPI document: how to start, the tags, events and webhooks."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from gasutil.models import Event

TEXTS: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("descriptions.toml").read_text(encoding="utf-8")
)
SIGNATURE = {
    "webhook-id": "The ID of the delivery. It is the same in each attempt.",
    "webhook-timestamp": "When the attempt was made, in seconds since 1970.",
    "webhook-signature": "The signatures of Standard Webhooks, separated by spaces.",
}
EVENT_NAMES: Mapping[str, Any] = {
    "title": "EventName",
    "description": "The names of events. Later releases add names: ignore others.",
    "type": "string",
    "enum": list(Event.values),
}
EVENT: Mapping[str, Any] = {
    "title": "Event",
    "description": "What happened to a request: the `data` of the stream, and what webhooks send.",
    "type": "object",
    "properties": {
        "id": {"type": "integer", "title": "Id", "examples": [2]},
        "event": {"$ref": "#/components/schemas/EventName"},
        "service_request": {"type": "integer", "title": "Service Request", "examples": [1]},
        "reference": {"type": "string", "title": "Reference", "examples": ["SR-7KQ-2M4-TDX"]},
        "update": {"$ref": "#/components/schemas/RequestUpdate"},
        "request": {"$ref": "#/components/schemas/ServiceRequest"},
    },
    "required": ["id", "event", "service_request", "reference", "update"],
}


def webhooks() -> dict[str, Any]:
    """Return the `webhooks` section: one for each event."""
    return {event.value: {"post": _webhook(event)} for event in Event}


def _webhook(event: Event) -> dict[str, Any]:
    name = event.value.partition(".")[2]
    return {
        "operationId": f"receive_{name}",
        "tags": ["Webhooks"],
        "summary": str(event.label),
        "description": TEXTS["events"][event.value],
        "security": [],
        "parameters": [
            {
                "in": "header",
                "name": header,
                "description": text,
                "required": True,
                "schema": {"type": "string", "maxLength": 500},
            }
            for header, text in SIGNATURE.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}},
        },
        "responses": {
            "2XX": {"description": "The receiver has stored the event."},
            "410": {"description": "The receiver is gone: the webhook is paused."},
        },
    }


def servers() -> list[dict[str, Any]]:
    """Return where the API is."""
    environment = "staging" if settings.SANDBOX else "production"
    about = f"{settings.SITE_NAME} ({environment})"
    return [{"url": settings.SITE_URL, "description": about, "x-internal": False}]


def front_page() -> dict[str, Any]:
    """Return the parts of the document besides its calls."""
    return {
        "info": {"contact": {"name": settings.SITE_NAME, "url": settings.SITE_URL}},
        "tags": [{"name": name, "description": text} for name, text in TEXTS["tags"].items()],
        "webhooks": webhooks(),
    }
