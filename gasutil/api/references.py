"""The IDs of requests in other systems, as support and machines read them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from gasutil.access import Actor
from gasutil.models import ExternalReference, ServiceRequest


def add_references(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Add the references to requests, with one query; a customer gets none."""
    if not actor.is_staff:
        return
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for pk, system, external_id, url in (
        ExternalReference.objects.filter(service_request__in=[row["id"] for row in rows])
        .order_by("system")
        .values_list("service_request", "system", "external_id", "url")
    ):
        found[pk].append({"system": system, "id": external_id, "url": url})
    for row in rows:
        row["references"] = found[row["id"]]


def with_external(rows: "QuerySet[ServiceRequest]", text: str) -> "QuerySet[ServiceRequest]":
    """Return the request that has an ID in another system, written as `system:id`."""
    system, _colon, external_id = text.partition(":")
    return rows.filter(references__system=system, references__external_id=external_id)
