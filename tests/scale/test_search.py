"""Searches with ten thousand requests: any search reads a few hundred rows."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from bench import fill
from gasutil.access import Actor, visible_to
from gasutil.models import SearchEntry, ServiceRequest, User
from gasutil.search import index
from gasutil.search.hits import MAX_CANDIDATES, find_hits
from gasutil.search.query import by_relevance, search_requests

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SIZE, AGENT = 10_000, 7
MAX_ROWS_READ = 3_000  # rows of ten thousand requests and as many entries
TEXTS = {
    "common": "gas",
    "rare": "user60@example.com",
    "absent": "chimney",
    "two common words": "kitchen pilot",
    "common words that never occur together": "bill pilot",
    "a common and a rare word": "meter user60@example.com",
    "a common and an absent word": "meter chimney",
    "one letter": "b",
    "two letters": "me",
    "two letters that no word begins with": "qq",
    "a reference": "SR-387-420-489",
    "a reference that does not exist": "SR-387-420-488",
    "a part of a reference": "387-420",
    "a phone number": "+91 78900 00060",
    "the end of a phone number": "0060",
    "a name": "last60 first60",
    "a phrase": '"smell of gas"',
    "an absent phrase": '"gas of smell"',
}
ORDERINGS = ("-pk", "-updated_at", "-urgency")


@pytest.fixture
def desk(filled: Callable[[int], None]) -> None:
    filled(SIZE)
    with connection.cursor() as cursor:
        with fill.without_trigrams(cursor):
            index.fill_index()
        cursor.execute("VACUUM ANALYZE gasutil_searchentry")


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


def visited(statement: str) -> int:
    """Return the number of rows that a statement reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0]
    result = steps((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    tables = [step for step in result if "Relation Name" in step]
    return sum(
        step["Actual Loops"]
        * (
            step["Actual Rows"]
            + step.get("Rows Removed by Filter", 0)
            + step.get("Rows Removed by Index Recheck", 0)
        )
        for step in tables
    )


def cost(read: Callable[[], object]) -> tuple[int, int]:
    """Return the number of statements, and of the rows that the largest of them reads."""
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries), max(visited(query["sql"]) for query in queries)


def too_slow(
    user: User, texts: dict[str, str], orderings: tuple[str, ...], most: int
) -> list[tuple[str, str, tuple[int, int]]]:
    actor, result = Actor(user), []
    for name, text in texts.items():
        for ordering in orderings:
            rows = visible_to(actor, ServiceRequest)
            taken = cost(
                lambda rows=rows, text=text, by=ordering: list(
                    search_requests(actor, rows, text).order_by(by)[:20]
                )
            )  # type: ignore[misc]  # bound here and now
            if taken[0] > 4 or taken[1] > most:
                result.append((name, ordering, taken))
    return result


def test_words_that_only_the_newest_requests_have_are_found_as_fast(desk: None) -> None:
    newest = list(SearchEntry.objects.order_by("-pk").values_list("pk", flat=True)[:5])
    SearchEntry.objects.filter(pk__in=newest).update(
        identity=Concat(F("identity"), Value(" zanzibar")),
        public=Concat(F("public"), Value(" flooded")),
    )
    agent = User.objects.get(pk=AGENT)
    assert (
        too_slow(
            agent,
            {text: text for text in ("zanzibar", "flooded", "zanzibar flooded", "gas flooded")},
            ORDERINGS,
            MAX_ROWS_READ,
        )
        == []
    )
    for text in ("zanzibar", "flooded"):
        for part in by_relevance(Actor(agent), ServiceRequest.objects.all(), text):
            assert (
                cost(lambda part=part: list(part.order_by("-pk")[:MAX_CANDIDATES]))[1]
                <= MAX_ROWS_READ
            ), text  # type: ignore[misc]
        statements, rows = cost(lambda text=text: find_hits(Actor(agent), text))  # type: ignore[misc]
        assert (statements <= 10, rows <= MAX_ROWS_READ) == (True, True), (text, statements, rows)


def test_the_search_of_every_page_looks_at_few_rows(desk: None) -> None:
    agent = User.objects.get(pk=AGENT)
    costs = {
        name: cost(lambda text=text: find_hits(Actor(agent), text))
        for name, text in TEXTS.items()
        if len(text) > 1
    }  # type: ignore[misc]
    assert {
        name: taken for name, taken in costs.items() if taken[0] > 10 or taken[1] > MAX_ROWS_READ
    } == {}


def test_staff_look_at_few_rows(desk: None) -> None:
    agent = User.objects.get(pk=AGENT)
    assert too_slow(agent, TEXTS, ORDERINGS, MAX_ROWS_READ) == []
    for name, text in TEXTS.items():
        parts = by_relevance(Actor(agent), ServiceRequest.objects.all(), text)
        assert (
            len(parts) == 1
            or cost(lambda part=parts[0]: list(part.order_by("-pk")[:20]))[1] <= MAX_ROWS_READ
        ), name  # type: ignore[misc]


def test_customers_look_at_their_own_rows(desk: None) -> None:
    heavy = User.objects.get(pk=fill.HEAVY)
    own = visible_to(Actor(heavy), ServiceRequest).count()
    assert too_slow(heavy, TEXTS, ORDERINGS, 4 * own + MAX_ROWS_READ) == []
    few = User.objects.get(pk=fill.FIRST_CUSTOMER)
    assert too_slow(few, TEXTS, ORDERINGS, MAX_ROWS_READ) == []
