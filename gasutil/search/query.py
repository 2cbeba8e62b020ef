"""Search service requests by anything that an agent knows of them, and people by number or name."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse

from gasutil.access import Actor
from gasutil.models import MachineScope, ServiceRequest, User
from gasutil.search.matching import (
    CUSTOMER_COLUMNS,
    IDENTIFYING,
    PHRASES_FOR_STAFF,
    STAFF_COLUMNS,
    Columns,
    Rows,
    either,
    matches,
    matching,
)
from gasutil.search.terms import Query, find_reference, parse, phone_digits
from gasutil.search.type_names import resolve_type_names
from gasutil.visible_text import is_displayed

MIN_ENDING_DIGITS = 4  # of the end of a number; fewer are a house number
MAX_NAME_WORDS = 4
NAME_FIELDS = ("first_name", "last_name", "username", "email")


def search_requests(actor: Actor, rows: Rows, text: str) -> Rows:
    """Return the requests that contain all words of a text, in any order.

    In quotation marks, the exact words.

    A text that shows nothing, such as spaces, returns all of them.
    """
    if not is_displayed(text):
        return rows
    reference = find_reference(text)
    if reference and ServiceRequest.objects.filter(reference=reference).exists():
        return rows.filter(
            reference=reference
        )  # by the unique index: the trigrams of references are common
    query = resolve_type_names(parse(text))
    return matching(actor, rows, query, _columns(actor, query)) if query.readings else rows.none()


def find_exact(rows: Rows, text: str) -> ServiceRequest | None:
    """Return the request whose reference a text contains."""
    reference = find_reference(text)
    return rows.filter(reference=reference).first() if reference else None


def with_reference(rows: Rows, text: str) -> Rows:
    """Return the request with a reference, in any spelling that people read out or write."""
    return rows.filter(reference=find_reference(text) or text)


def by_relevance(actor: Actor, rows: Rows, text: str) -> Sequence[Rows]:
    """Return the requests found, in parts.

    The first part is the requests whose reference matches, or the name or number of whose customer
    does. The others follow.
    """
    query = resolve_type_names(parse(text))
    if not query.readings or query.is_phrase or not actor.is_staff:
        return [search_requests(actor, rows, text)]
    others = rows.exclude(matches(query, IDENTIFYING))
    return [
        matching(actor, rows, query, IDENTIFYING),
        matching(actor, others, query, STAFF_COLUMNS),
    ]


def find_people(text: str) -> QuerySet[User]:
    """Return the people who match a text. See `search_people`."""
    return search_people(User.objects.all(), text)


def search_people(rows: QuerySet[User], text: str) -> QuerySet[User]:
    """Return the people among rows who match a phone number, or else words.

    Without a number, each person has every word in a name, username or email address.

    A number is searched from its end, so that it needs no country code; PostgreSQL has an index on
    the reversed number.
    """
    digits, words = phone_digits(text, MIN_ENDING_DIGITS), text.split()[:MAX_NAME_WORDS]
    if digits:
        return rows.alias(backwards=Reverse("phone_number")).filter(
            backwards__startswith=digits[::-1]
        )
    if not any(letter.isalpha() for letter in text):
        return rows.none()
    for word in words:
        rows = rows.filter(either(Q(**{f"{name}__icontains": word}) for name in NAME_FIELDS))
    return rows


def _columns(actor: Actor, query: Query) -> Columns:
    if not actor.is_staff or not actor.has_scope(MachineScope.CUSTOMERS_READ):
        return CUSTOMER_COLUMNS
    return PHRASES_FOR_STAFF if query.is_phrase else STAFF_COLUMNS
