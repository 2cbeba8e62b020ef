"""Lists of the API."""

from collections.abc import Iterator
from typing import Any

from tests.support.api import Api

FIELDS = [
    "id",
    "reference",
    "request_type",
    "description",
    "address",
    "details",
    "status",
    "priority",
    "customer",
    "assigned_to",
    "created_at",
    "updated_at",
    "resolved_at",
    "respond_by",
    "resolve_by",
    "is_overdue",
    "safety_instructions",
    "version",
    "is_emergency",
    "is_unverified",
    "received_at",
    "contact",
    "latitude",
    "longitude",
    "next_milestone",
    "next_due_at",
]


def below(url: str) -> str:
    """Return the part of a page's address that the client uses."""
    assert url.startswith("http://testserver/api/v1/")
    return url.removeprefix("http://testserver/api/v1/")


def walk(client: Api, path: str | None, direction: str = "next") -> Iterator[Any]:
    """Follow a list from page to page."""
    while path:
        page = client.get(path)
        yield page
        path = page.json()[direction] and below(page.json()[direction])
