"""Disputes: which customers must not be disconnected."""

from django.db.models import Exists, OuterRef, QuerySet

from gasutil.models import Effect, ServiceRequest
from gasutil.statements import Given, Statement, compiled


def open_disputes(customer_id: int | Given | OuterRef) -> "QuerySet[ServiceRequest]":
    """Return the requests of a customer that are open and dispute a bill or a reading."""
    return ServiceRequest.objects.filter(
        customer=customer_id, is_open=True, request_type__effect=Effect.DISPUTE
    )


def with_dispute(rows: "QuerySet[ServiceRequest]") -> "QuerySet[ServiceRequest]":
    """Read with each request whether its customer has an open dispute (`has_dispute`)."""
    return rows.annotate(has_dispute=Exists(open_disputes(OuterRef("customer"))))


def do_not_disconnect(customer_id: int) -> bool:
    """Return whether a customer has an open dispute; while they have, their gas is not cut off."""
    return bool(_dispute().read(customer=customer_id))


@compiled
def _dispute() -> Statement:
    """Return the statement that finds one open dispute of a customer."""
    disputes = open_disputes(Given("customer")).order_by()
    return Statement(disputes.values_list("pk")[:1])
