"""Find what an agent most likely means.

This is customers, requests and incidents, the best first, each with what matched.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from gasutil import access
from gasutil.access import Actor
from gasutil.models import Attachment, Incident, RequestUpdate, ServiceRequest, User, UserType
from gasutil.models.identifiers import format_phone_number
from gasutil.search.index import text_values
from gasutil.search.normalise import fold, index_text
from gasutil.search.query import by_relevance, find_exact, find_people
from gasutil.search.snippets import Part, Span, find_terms, mark_terms, snippet
from gasutil.search.terms import Query, parse, phone_digits

MAX_HITS, MAX_CUSTOMERS, MAX_INCIDENTS = 10, 3, 2
MAX_CANDIDATES = 30  # rows of each kind that are ranked; the queue's search shows all
MAX_RECENT_INCIDENTS = 300  # that are searched by their titles
MAX_TEXTS = 500  # notes and file names that are read
MIN_LENGTH = 2
INCIDENT = re.compile(r"inc[\s#:.-]*([0-9a-z]{3})[\s-]*([0-9a-z]{3})")


@dataclass(frozen=True, kw_only=True)
class Match:
    """The part of a hit that matched, such as `note`, and what is around the match.

    An answer has the name of its question.
    """

    part: str
    parts: Sequence[Part]
    question: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A row that was found, with the parts of it that are shown.

    `shown` are the texts that are always shown; `match` is the other part that matches most if
    these do not have all terms.
    """

    row: ServiceRequest | User | Incident
    shown: Mapping[str, Sequence[Part]]
    match: Match | None = None

    @property
    def matched(self) -> list[str]:
        """Return the names of the shown texts that match."""
        return [name for name, parts in self.shown.items() if any(part.is_match for part in parts)]


@dataclass(frozen=True, kw_only=True)
class Hits:
    """What was found, and whether it is all."""

    customers: Sequence[Hit] = ()
    requests: Sequence[Hit] = ()
    incidents: Sequence[Hit] = ()
    has_incident_first: bool = False
    has_more: bool = False

    @property
    def number(self) -> int:
        """Return how many hits there are."""
        return len(self.customers) + len(self.requests) + len(self.incidents)


@dataclass(kw_only=True)
class _Text:
    part: str
    text: str
    question: str = ""
    is_shown: bool = False
    spans: list[Span] = field(default_factory=list)


def is_searchable(text: str) -> bool:
    """Return whether a text is long enough to search while it is typed.

    It needs two characters, or one that is a word, as in Chinese.
    """
    folded = fold(text).strip(" -./#*%")
    return len(folded) >= MIN_LENGTH or (bool(folded) and not folded.isascii())


def find_hits(actor: Actor, text: str) -> Hits:
    """Return the hits of a search by a member of staff; for others there are none."""
    query = parse(text)
    if not actor.is_staff or not query.readings or not is_searchable(text):
        return Hits()
    exact = find_exact(
        access.visible_to(actor, ServiceRequest).select_related(
            "request_type", "customer", "incident"
        ),
        text,
    )
    if exact:
        return Hits(requests=_request_hits(actor, [exact], query))
    customers = [] if query.is_phrase else _customers(actor, text)[:MAX_CUSTOMERS]
    incidents, is_exact = _incidents(actor, text, query)
    rows = _requests(actor, text)
    room = MAX_HITS - len(customers) - len(incidents)
    return Hits(
        customers=[
            _hit(user, _matched(_of_customer(user, is_shown=True), query)) for user in customers
        ],
        requests=_request_hits(actor, rows[:room], query),
        incidents=[
            _hit(incident, _matched(_of_incident(incident), query)) for incident in incidents
        ],
        has_incident_first=is_exact,
        has_more=len(rows) > room,
    )


def _customers(actor: Actor, text: str) -> list[User]:
    """Return customers with this number or name.

    Active ones come first, then those with the whole name or the end of the number, then those
    whose name begins with it, then the newest.
    """
    rows = find_people(text) & access.visible_to(actor, User).filter(user_type=UserType.CUSTOMER)
    folded, digits = fold(text), phone_digits(text, 1)

    def rank(user: User) -> tuple[bool, bool, bool, int]:
        is_whole = fold(str(user)) == folded or (
            bool(digits) and user.phone_number.endswith(digits)
        )
        return not user.is_active, not is_whole, not fold(str(user)).startswith(folded), -user.pk

    return sorted(rows.order_by()[:MAX_CANDIDATES], key=rank)


def _requests(actor: Actor, text: str) -> list[ServiceRequest]:
    """Return the newest requests of each part of the result, those that are open first."""
    visible = access.visible_to(actor, ServiceRequest).select_related(
        "request_type", "customer", "incident"
    )
    rows: list[ServiceRequest] = []
    for part in by_relevance(actor, visible, text):
        if len(rows) <= MAX_HITS:
            rows += sorted(
                part.order_by("-pk")[:MAX_CANDIDATES], key=lambda obj: (not obj.is_open, -obj.pk)
            )
    return rows


def _incidents(actor: Actor, text: str, query: Query) -> tuple[list[Incident], bool]:
    """Return the incident with this reference, or recent ones, and whether it is by reference.

    Recent ones have all words in their title or reference.
    """
    visible = access.visible_to(actor, Incident)
    reference = INCIDENT.fullmatch(fold(text).strip("#( ).:"))
    if reference and (
        incident := visible.filter(reference="-".join(["INC", *reference.groups()]).upper()).first()
    ):
        return [incident], True
    rows = (
        row
        for row in visible.order_by("-pk")[:MAX_RECENT_INCIDENTS]
        if query.is_in(index_text(row.reference, row.title))
    )
    return sorted(rows, key=lambda row: (row.closed_at is not None, -row.pk))[:MAX_INCIDENTS], False


def _request_hits(actor: Actor, rows: Sequence[ServiceRequest], query: Query) -> list[Hit]:
    """Return the hits of requests.

    Notes and file names are read for those alone that nothing else explains.
    """
    texts = {obj.pk: _matched(_of_request(obj), query) for obj in rows}
    terms = min(len(reading) for reading in query.readings)
    unexplained = [pk for pk, result in texts.items() if len(_terms(result)) < terms]
    for pk, text in _notes_and_files(actor, unexplained, query):
        texts[pk].append(text)
    return [_hit(obj, texts[obj.pk]) for obj in rows]


def _matched(texts: Iterable[_Text], query: Query) -> list[_Text]:
    """Return texts with the places where the query is in them.

    These are the texts that are shown anyway, and those that the query is in.
    """
    texts = list(texts)
    for text in texts:
        text.spans = find_terms(text.text, query)
    return [text for text in texts if text.is_shown or text.spans]


def _terms(texts: Iterable[_Text]) -> set[int]:
    return {span.term for text in texts for span in text.spans}


def _hit(row: ServiceRequest | User | Incident, texts: Sequence[_Text]) -> Hit:
    shown = [text for text in texts if text.is_shown]
    return Hit(
        row=row,
        shown={text.part: _parts(text) for text in shown},
        match=_match(texts, _terms(shown)),
    )


def _parts(text: _Text) -> list[Part]:
    return (
        snippet(text.text, text.spans)
        if text.part == "description"
        else mark_terms(text.text, text.spans)
    )


def _match(texts: Iterable[_Text], shown: set[int]) -> Match | None:
    """Return the text with most of the terms that are not shown anyway, the first of several.

    None if there is none.
    """
    others = [text for text in texts if _terms([text]) - shown]
    if not others:
        return None
    best = max(others, key=lambda text: len(_terms([text]) - shown))
    return Match(part=best.part, parts=snippet(best.text, best.spans), question=best.question)


def _of_request(obj: ServiceRequest) -> Iterator[_Text]:
    yield _Text(part="reference", text=obj.reference, is_shown=True)
    yield _Text(part="type", text=obj.request_type.localised_name, is_shown=True)
    yield _Text(part="name", text=str(obj.customer), is_shown=True)
    yield _Text(part="description", text=" ".join(obj.summary.split()), is_shown=True)
    yield from (text for text in _of_customer(obj.customer) if text.part != "name")
    yield _Text(part="address", text=obj.address)
    for name, value in obj.details.items():
        yield from (_Text(part="answer", text=text, question=name) for text in text_values(value))
    if obj.incident:
        yield _Text(part="incident", text=str(obj.incident))


def _of_customer(user: User, *, is_shown: bool = False) -> Iterator[_Text]:
    yield _Text(part="name", text=str(user), is_shown=is_shown)
    yield _Text(part="phone", text=format_phone_number(user.phone_number), is_shown=is_shown)
    yield _Text(part="email", text=user.email)
    yield _Text(part="username", text=user.username)


def _of_incident(incident: Incident) -> Iterator[_Text]:
    yield _Text(part="reference", text=incident.reference, is_shown=True)
    yield _Text(part="title", text=incident.title, is_shown=True)


def _notes_and_files(actor: Actor, ids: Sequence[int], query: Query) -> Iterator[tuple[int, _Text]]:
    """Yield the notes and the file name of each request that match most, in two queries."""
    if not ids:
        return
    notes = access.visible_to(actor, RequestUpdate).filter(id__in=ids).exclude(notes="").order_by()
    files = access.visible_to(actor, Attachment).filter(service_request__in=ids).order_by()
    result: defaultdict[tuple[int, str], list[_Text]] = defaultdict(list)
    rows = chain(
        (
            (pk, "internal" if hidden else "note", text)
            for pk, hidden, text in notes.values_list("id", "is_internal", "notes")[:MAX_TEXTS]
        ),
        (
            (pk, "file", name)
            for pk, name in files.values_list("service_request_id", "filename")[:MAX_TEXTS]
        ),
    )
    for pk, part, text in rows:
        result[pk, part] += _matched([_Text(part=part, text=" ".join(text.split()))], query)
    yield from (
        (pk, max(texts, key=lambda text: len(_terms([text]))))
        for (pk, _part), texts in result.items()
        if texts
    )
