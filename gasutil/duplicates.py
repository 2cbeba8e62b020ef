"""Likely duplicates among requests.

They are of one type, filed about the same time, for the same address or one near it.
"""

import datetime as dt

from rapidfuzz import fuzz, utils

from gasutil import access
from gasutil.access import Actor
from gasutil.models import ServiceRequest, Status

COMPARED_PERIOD = dt.timedelta(hours=48)
# Newest requests: more of one type within the period are an outage, not duplicates.
MAX_COMPARED = 1000
# Of 100; neighbours in one street or house are alike, the same house number in another street is
# not
MIN_SIMILARITY_PERCENT = 80
MAX_SUGGESTED = 5


def likely(actor: Actor, obj: ServiceRequest) -> list[ServiceRequest]:
    """Return the requests that may report the same thing, the most alike first.

    Those joined with it already are none.

    Two queries, both by index, however long the log is.
    """
    near = access.visible_to(actor, ServiceRequest).filter(
        request_type__code=obj.request_type_id,
        created_at__range=(obj.created_at - COMPARED_PERIOD, obj.created_at + COMPARED_PERIOD),
    )
    rows = (
        near.exclude(pk=obj.pk)
        .exclude(status=Status.CANCELLED)
        .order_by("-created_at")
        .values_list("pk", "address", "incident")
    )
    result = [
        (likeness(obj.address, address), pk)
        for pk, address, incident in rows[:MAX_COMPARED]
        if incident is None or incident != obj.incident_id
    ]
    best = [pk for alike, pk in sorted(result, reverse=True) if alike >= MIN_SIMILARITY_PERCENT][
        :MAX_SUGGESTED
    ]
    known = (
        ServiceRequest.objects.select_related("incident", "request_type").in_bulk(best)
        if best
        else {}
    )
    return [known[pk] for pk in best]


def likeness(address: str, other: str) -> float:
    """Return the similarity of two addresses, from 0 to 100.

    The order, case and punctuation of their words do not matter.
    """
    return fuzz.token_sort_ratio(address, other, processor=utils.default_process)
