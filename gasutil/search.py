"""Finding service requests by what people know of them."""

import re

from django.db.models import Q, QuerySet

from gasutil.models import ServiceRequest

REFERENCE = re.compile(r"sr-?([0-9a-z]{3})-?([0-9a-z]{3})-?([0-9a-z]{3})", re.IGNORECASE)


def search_requests(rows: "QuerySet[ServiceRequest]", text: str) -> "QuerySet[ServiceRequest]":
    """Keep the request with this reference, however it is typed, or else those whose description or address has the text."""
    reference = REFERENCE.fullmatch(text.strip())
    if reference:
        return rows.filter(reference="SR-" + "-".join(reference.groups()).upper())
    return rows.filter(Q(description__icontains=text) | Q(address__icontains=text))
