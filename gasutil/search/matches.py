"""Name the part of a request that a search matched."""

from collections.abc import Mapping

from gasutil.models import ServiceRequest
from gasutil.search.normalise import index_text
from gasutil.search.query import NAME_FIELDS
from gasutil.search.terms import parse


def matched_part(text: str, obj: ServiceRequest) -> str:
    """Return the part of a request that contains a query.

    The part is `reference`, `phone`, `name`, `type`, `address` or `description`; else `text`. Only
    the request and its customer are read: notes, files and words in several parts are `text`.
    """
    query = parse(text)
    if query.is_phrase:
        return "text"
    return next(
        (part for part, content in _parts(obj).items() if query.is_in(index_text(*content))), "text"
    )


def _parts(obj: ServiceRequest) -> Mapping[str, list[str]]:
    return {
        "reference": [obj.reference],
        "phone": [obj.customer.phone_number],
        "name": [getattr(obj.customer, name) for name in NAME_FIELDS],
        "type": [obj.request_type.localised_name],
        "address": [obj.address],
        "description": [obj.description],
    }
