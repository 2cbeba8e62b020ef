"""Likely duplicates among requests.

They are of one type, filed about the same time, for the same address or one near it.
"""

import datetime as dt
import re
from collections.abc import Sequence

from django.db.models import QuerySet
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
SAMPLED_ROWS = 200  # newest open requests
MAX_OF_RARE_WORD = 2  # of the sample
MIN_WORD_LENGTH = 3  # a trigram: the index finds no shorter word
MAX_PATTERNS = 8
SEPARATORS = re.compile(r"[\s,;:./()#&-]+")
MIN_WORDS_OF_PART = 2  # a house number or a town alone is no address


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


def open_near(actor: Actor, address: str) -> list[ServiceRequest]:
    """Return the open requests at a similar address, the most alike first.

    The address may be the first words of one, as it is while it is typed.
    """
    rows = access.visible_to(actor, ServiceRequest).filter(is_open=True)
    alike = sorted(
        ((typed_likeness(address, other), pk) for pk, other in _candidates(rows, address)),
        reverse=True,
    )
    best = [pk for percent, pk in alike if percent >= MIN_SIMILARITY_PERCENT][:MAX_SUGGESTED]
    known = ServiceRequest.objects.select_related("incident", "request_type").in_bulk(best)
    return [known[pk] for pk in best]


def _candidates(rows: QuerySet[ServiceRequest], address: str) -> Sequence[tuple[int, str]]:
    """Return the numbers and addresses of the rows that may have a similar address.

    They have one of its rare words, which the trigram index of open requests finds; the newest
    rows show which words are rare. If none is, the newest with all of its words are enough.
    """
    addresses = rows.values_list("pk", "address").order_by("-pk")
    newest = list(addresses[:SAMPLED_ROWS])
    if len(newest) < SAMPLED_ROWS:
        return newest  # these are all
    words = {word for word in SEPARATORS.split(address.lower()) if len(word) >= MIN_WORD_LENGTH}
    rare = {word for word in words if _number_with(word, newest) <= MAX_OF_RARE_WORD}
    patterns = ["|".join(map(re.escape, rare))] if rare else [re.escape(word) for word in words]
    for pattern in patterns[:MAX_PATTERNS]:
        addresses = addresses.filter(address__iregex=pattern)
    return list(addresses[:MAX_COMPARED]) if words else []


def _number_with(word: str, addresses: Sequence[tuple[int, str]]) -> int:
    return sum(word in address.lower() for _pk, address in addresses)


def typed_likeness(address: str, other: str) -> float:
    """Return the similarity of an address to one of which it may be a part, from 0 to 100."""
    words = address.split()
    of_part = fuzz.token_set_ratio if len(words) >= MIN_WORDS_OF_PART else fuzz.token_sort_ratio
    return max(likeness(address, other), of_part(address, other, processor=utils.default_process))


def likeness(address: str, other: str) -> float:
    """Return the similarity of two addresses, from 0 to 100.

    The order, case and punctuation of their words do not matter.
    """
    return fuzz.token_sort_ratio(address, other, processor=utils.default_process)
