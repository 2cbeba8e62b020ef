"""Finding service requests by what people know of them: a reference, a telephone number, a name, an address, a word."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User

Rows = QuerySet[ServiceRequest]
REFERENCE = re.compile(r"sr-?([0-9a-z]{3})-?([0-9a-z]{3})-?([0-9a-z]{3})", re.IGNORECASE)
QUOTED = re.compile(r'"(.+)"', re.DOTALL)
PHONE = re.compile(r"\+?[\d\s()./-]+")
FEWEST_DIGITS = 5  # of a telephone number; fewer are a house number
MOST_PEOPLE = 500  # whose requests are looked for; more have no name worth the asking
CUSTOMERS_FIELDS = ("first_name", "last_name", "username", "email")


class Found(NamedTuple):
    """What was found, and by which of the things that it might have been: the first that anything answers to."""

    rows: Rows
    kind: str


def search_requests(actor: Actor, rows: Rows, text: str) -> Rows:
    """Keep the requests that a text says, as `find` finds them; what may stand in an address or a description is looked for in both."""
    found = find(actor, rows, text)
    return _by_text(rows, text.strip()) if found.kind in ("address", "description") else found.rows


def find(actor: Actor, rows: Rows, text: str) -> Found:
    """Keep what a text says: a reference, or else the first that answers of a telephone number, a name, an address and a description.

    What stands in quotation marks is looked for in addresses and descriptions alone, in both.
    Only staff finds people: whoever has been shown somebody else's request learns no number by asking for it.
    """
    text = text.strip()
    reference = REFERENCE.fullmatch(text)
    if reference:
        return Found(rows.filter(reference="SR-" + "-".join(reference.groups()).upper()), "reference")
    quoted = QUOTED.fullmatch(text)
    if quoted:
        return Found(_by_text(rows, quoted[1]), "text")
    kinds: Mapping[str, Callable[[Rows, str], Rows | None]] = {"address": _by_address}
    if actor.is_staff:
        kinds = {"phone" if _digits(text) else "name": _by_people, **kinds}
    for kind, narrow in kinds.items():
        found = narrow(rows, text)
        if found is not None and found.exists():
            return Found(found, kind)
    return Found(rows.filter(description__icontains=text), "description")


def people(text: str) -> QuerySet[User]:
    """Return who has a telephone number, or else who has every word in a name, a user name or an e-mail address.

    A number is found from its end, so that it needs no country code; PostgreSQL has an index on the number read backwards.
    """
    digits, words = _digits(text), text.split()[:4]
    if digits:
        return User.objects.alias(backwards=Reverse("phone_number")).filter(backwards__startswith=digits[::-1])
    if not any(letter.isalpha() for letter in text):
        return User.objects.none()
    found = User.objects.all()
    for word in words:
        found = found.filter(_any(word))
    return found


def _digits(text: str) -> str:
    """Return the end of a telephone number that a text is, as every way to dial it has it; empty for what is none."""
    text = text.strip()
    digits = re.sub(r"\D", "", text) if PHONE.fullmatch(text) else ""
    if not text.startswith("+"):
        digits = digits.lstrip("0")  # dialled in the country, or out of it
    return digits if len(digits) >= FEWEST_DIGITS else ""


def _any(word: str) -> Q:
    condition = Q()
    for name in CUSTOMERS_FIELDS:
        condition |= Q(**{f"{name}__icontains": word})
    return condition


def _by_people(rows: Rows, text: str) -> Rows | None:
    """Keep the requests of some people, who are looked up first: the database knows better what to do with a few ids."""
    ids = list(people(text).order_by().values_list("pk", flat=True)[:MOST_PEOPLE])
    return rows.filter(customer__in=ids) if ids else None


def _by_address(rows: Rows, text: str) -> Rows:
    return rows.filter(address__icontains=text)


def _by_text(rows: Rows, text: str) -> Rows:
    return rows.filter(Q(address__icontains=text) | Q(description__icontains=text))
