"""The best hits of a search: their order, the part that matched, and the queries."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gasutil.access import Actor
from gasutil.models import Channel, Incident, RequestType, ServiceRequest, User
from gasutil.search import index
from gasutil.search.hits import MAX_CANDIDATES, MAX_CUSTOMERS, MAX_HITS, Hit, Hits, find_hits
from gasutil.workflow import attachments, incidents, requests
from tests.support.people import make_user

MAX_QUERIES = 9 if connection.vendor == "postgresql" else 8  # it samples how common a text is


@pytest.fixture
def priya(db: None) -> User:
    return make_user(
        "priya",
        first_name="Priya",
        last_name="Sharma",
        phone_number="+919820012345",
        address="B-14, Lotus Residency",
    )


@pytest.fixture
def rahul(db: None) -> User:
    return make_user(
        "rahul",
        first_name="Rahul",
        last_name="Verma",
        phone_number="+917020099999",
        address="Sharma Lane 3",
    )


def file(customer: User, description: str, **fields: Any) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description=description,
        **fields,
    )


def show(parts: Any) -> str:
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in parts)


def matched(hit: Hit) -> tuple[str, str]:
    """Return the part that matches. The first part is always shown; a second one is the match."""
    if hit.match:
        return hit.match.part, show(hit.match.parts)
    return hit.matched[0], show(hit.shown[hit.matched[0]])


def rows(hits: Hits) -> list[Any]:
    return [hit.row for hit in (*hits.customers, *hits.requests, *hits.incidents)]


def find(user: User, text: str) -> Hits:
    return find_hits(Actor(user, Channel.CONSOLE), text)


def test_it_works(support: User, priya: User, rahul: User) -> None:
    hers, his = file(priya, "The meter hums"), file(rahul, "Ask Priya about the valve")
    assert rows(find(support, hers.reference)) == [hers]
    assert rows(find(support, f" #{hers.reference.replace('-', ' ').lower()}")) == [hers]
    assert rows(find(support, "098200 12345")) == [priya, hers]
    assert rows(find(support, "priya")) == [priya, hers, his]
    assert rows(find(support, "sharma")) == [priya, hers, his]
    assert rows(find(support, "valve")) == [his]
    assert rows(find(support, "hums nothing")) == []


def test_what_matched_is_named_and_marked(support: User, priya: User, jpeg: bytes) -> None:
    obj = file(priya, "Near the lift, on the second floor, it hisses", address="Sunrise 4")
    ServiceRequest.objects.filter(pk=obj.pk).update(details={"meter_number": "MTR-77-4421"})
    index.rebuild([obj.pk])
    requests.comment(obj.pk, actor=Actor(support), notes="The technician comes on Tuesday")
    requests.comment(obj.pk, actor=Actor(support), notes="Beware of\nthe dog", is_internal=True)
    attachments.attach(
        obj.pk,
        actor=Actor(priya),
        file=SimpleUploadedFile("Kitchen regulator.jpg", jpeg, "image/jpeg"),
    )
    incident = incidents.open_incident(actor=Actor(support), title="Main burst", reports=[obj.pk])
    expected = {
        obj.reference: ("reference", f"[{obj.reference}]"),
        "12345": ("phone", "+91 98200 [12345]"),
        "sharma": ("name", "Priya [Sharma]"),
        "priya@exam": ("email", "[priya@exam]ple.com"),
        "new connection": ("type", "[New] [connection]"),
        "second hisses": ("description", "Near the lift, on the [second] floor, it [hisses]"),
        "sunrise": ("address", "[Sunrise] 4"),
        "4421": ("answer", "MTR-77-[4421]"),
        "mtr774421": ("answer", "[MTR-77-4421]"),
        "technician": ("note", "The [technician] comes on Tuesday"),
        "beware dog": ("internal", "[Beware] of the [dog]"),
        "regulator": ("file", "Kitchen [regulator].jpg"),
        "burst": ("incident", f"{incident.reference} Main [burst]"),
        "sharma beware dog": ("internal", "[Beware] of the [dog]"),
    }
    assert {text: matched(find(support, text).requests[0]) for text in expected} == expected
    assert find(support, "4421").requests[0].match.question == "meter_number"  # type: ignore[union-attr]


def test_the_texts_that_every_hit_shows_are_marked_too(support: User, priya: User) -> None:
    file(priya, "The meter hums")
    (hit,) = find(support, "sharma meter").requests
    assert {
        name: show(parts) for name, parts in hit.shown.items() if name in ("name", "description")
    } == {
        "name": "Priya [Sharma]",
        "description": "The [meter] hums",
    }


def test_a_name_and_the_name_of_a_type_find_a_request(
    support: User, priya: User, rahul: User
) -> None:
    RequestType.objects.filter(code="new_connection").update(name="Gas leak")
    hers, his = file(priya, "It smells"), file(rahul, "It smells")
    hits = find(support, "leak sharma")
    assert [hit.row for hit in hits.requests] == [hers, his]  # their street has that name
    assert show(hits.requests[0].shown["type"]) == "Gas [leak]"
    assert (hits.requests[0].matched, hits.requests[0].match) == (["type", "name"], None)
    assert matched(hits.requests[1]) == ("address", "[Sharma] Lane 3")
    assert [hit.row for hit in find(support, "leak").requests] == [his, hers]


def test_open_requests_come_before_closed_ones(support: User, priya: User) -> None:
    first, second, third = (file(priya, f"Hums {name}") for name in ("a", "b", "c"))
    requests.cancel(third.pk, actor=Actor(priya))
    assert [hit.row for hit in find(support, "hums").requests] == [second, first, third]


def test_an_incident_is_found_by_its_reference_and_by_words(support: User, priya: User) -> None:
    report = file(priya, "Hums")
    old = Incident.objects.create(
        title="Fuite à la Défense", closed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    new = incidents.open_incident(actor=Actor(support), title="Fuite", reports=[report.pk])
    hits = find(support, f"#{new.reference.lower().replace('-', ' ')}")
    assert (
        hits.has_incident_first,
        [hit.row for hit in hits.incidents],
        [hit.row for hit in hits.requests],
    ) == (True, [new], [report])
    assert [hit.row for hit in find(support, "fuite").incidents] == [new, old]
    (hit,) = find(support, "defense").incidents
    assert matched(hit) == ("title", "Fuite à la [Défense]")


def test_at_most_ten_are_shown(support: User) -> None:
    people = [make_user(f"kumar{number}", last_name="Kumar") for number in range(6)]
    for number in range(14):
        file(people[number % 6], f"Kumar {number}")
    Incident.objects.bulk_create(Incident(title=f"Kumar {number}") for number in range(5))
    hits = find(support, "kumar")
    assert (hits.number, len(hits.customers), len(hits.incidents), hits.has_more) == (
        MAX_HITS,
        MAX_CUSTOMERS,
        2,
        True,
    )
    hits = find(support, "kumar 13")
    assert (hits.number, hits.has_more) == (1, False)


@pytest.mark.parametrize(
    "text", ["", " ", "a", "%", "--", "\u200d", "“”", '""', "((", "\\", "?" * 50]
)
def test_too_little_finds_nothing(text: str, support: User, priya: User) -> None:
    file(priya, "a % -- hums")
    assert find(support, text).number == 0


def test_one_letter_is_a_word_in_some_scripts(support: User, priya: User) -> None:
    obj = file(priya, "漏气了")
    assert [hit.row for hit in find(support, "气").requests] == [obj]


@pytest.mark.parametrize("who", ["customer", "neighbour", "pending"])
def test_no_one_but_staff_finds_anything(
    who: str, priya: User, support: User, request: pytest.FixtureRequest
) -> None:
    obj = file(priya, "Hums")
    incidents.open_incident(actor=Actor(support), title="Hums", reports=[obj.pk])
    for text in ("hums", "priya", "12345", obj.reference):
        assert find(request.getfixturevalue(who), text) == Hits()
    assert find(priya, "hums") == Hits()


def test_staff_are_no_customers(support: User, colleague: User, priya: User) -> None:
    assert rows(find(support, colleague.username)) == []


@pytest.mark.parametrize("text", ["kumar", "kumar hums", "secret", "SR-", "12345", "absent"])
def test_the_number_of_queries_does_not_grow(text: str, support: User) -> None:
    batch = 3 if text == "absent" else MAX_CANDIDATES // 2
    few, many = (queries_of(support, text, numbers) for numbers in batches(batch))
    assert len(few) == len(many) <= MAX_QUERIES
    assert all(
        " LIMIT " in query
        for query in many
        if "requesttype" not in query or "servicerequest" in query
    )


def batches(size: int) -> list[range]:
    return [range(size), range(size, 2 * size)]


def queries_of(support: User, text: str, numbers: range) -> list[str]:
    """File requests of new customers, then return the queries of a search."""
    for number in numbers:
        obj = file(
            make_user(f"kumar{number}", last_name="Kumar", phone_number=f"+9198{number:03}12345"),
            "Hums",
        )
        requests.comment(obj.pk, actor=Actor(support), notes="Secret", is_internal=True)
    with CaptureQueriesContext(connection) as queries:
        assert (find(support, text).number > 0) is (text != "absent")
    return [query["sql"] for query in queries]
