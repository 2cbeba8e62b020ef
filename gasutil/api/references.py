"""The filter by the ID of a request in another system."""

from django.db.models import QuerySet

from gasutil.models import ServiceRequest


def with_external(rows: "QuerySet[ServiceRequest]", text: str) -> "QuerySet[ServiceRequest]":
    """Return the request that has an ID in another system, written as `system:id`."""
    system, _colon, external_id = text.partition(":")
    return rows.filter(references__system=system, references__external_id=external_id)
