"""Likely duplicates: requests of one type, filed about the same time, for the same address or one near it."""

import datetime as dt

from rapidfuzz import fuzz, utils

from gasutil import access
from gasutil.access import Actor
from gasutil.models import ServiceRequest, Status

WINDOW = dt.timedelta(hours=48)
COMPARED = 1000  # requests at most, the newest: so many of one type within the window are an outage, not duplicates
ALIKE = 80  # of 100; neighbours in one street or house are alike, the same house number in another street is not
SHOWN = 5


def likely(actor: Actor, obj: ServiceRequest) -> list[ServiceRequest]:
    """Return the requests that may report the same thing, the most alike first; those joined with it already are none.

    Two queries, both by index, however long the log is.
    """
    near = access.visible_to(actor, ServiceRequest).filter(
        request_type__code=obj.request_type_id, created_at__range=(obj.created_at - WINDOW, obj.created_at + WINDOW)
    )
    rows = near.exclude(pk=obj.pk).exclude(status=Status.CANCELLED).order_by("-created_at").values_list("pk", "address", "incident")
    found = [
        (likeness(obj.address, address), pk) for pk, address, incident in rows[:COMPARED] if incident is None or incident != obj.incident_id
    ]
    best = [pk for alike, pk in sorted(found, reverse=True) if alike >= ALIKE][:SHOWN]
    known = ServiceRequest.objects.select_related("incident").in_bulk(best) if best else {}
    return [known[pk] for pk in best]


def likeness(address: str, other: str) -> float:
    """Return how alike two addresses are, from 0 to 100, whatever the order, case and punctuation of their words."""
    return fuzz.token_sort_ratio(address, other, processor=utils.default_process)
