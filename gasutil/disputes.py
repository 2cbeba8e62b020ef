"""Disputes: who must not be disconnected."""

from django.db.models import QuerySet

from gasutil.models import Effect, ServiceRequest


def open_disputes(customer_id: int) -> "QuerySet[ServiceRequest]":
    """Return the requests of a customer that are open and dispute a bill or a reading."""
    return ServiceRequest.objects.filter(
        customer=customer_id, is_open=True, request_type__effect=Effect.DISPUTE
    )


def do_not_disconnect(customer_id: int) -> bool:
    """Return whether a customer has an open dispute; while they have, their gas is not cut off."""
    return open_disputes(customer_id).exists()
