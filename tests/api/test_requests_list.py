import datetime as dt
from base64 import urlsafe_b64encode
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import LazySettings
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import Priority, RequestType, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.lists import FIELDS, below, walk
from tests.support.problems import APPROVAL_REQUIRED, field_errors, invalid
from tests.support.request_types import make_type

NO_CURSOR = invalid(
    (
        "cursor",
        "invalid_cursor",
        (
            "This cursor is not valid for this list. Follow `next` and `previous`, or start without"
            " a cursor."
        ),
    )
)
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def file_many(customer: User, number: int, **given: Any) -> list[int]:
    """File requests a minute apart, and return their ids in that order."""
    submission = {
        "request_type": "new_connection",
        "description": "Application for new gas connection",
    } | given
    return [
        requests.submit(actor=Actor(customer), now=NOON + dt.timedelta(minutes=n), **submission).pk
        for n in range(number)
    ]


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_it_works(api: Any, customer: User, leak: ServiceRequest) -> None:
    answer = api(customer).get("requests/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    row = answer.json()["results"][0]
    assert answer.json() == {"results": [row], "next": None, "previous": None}
    stamp = leak.created_at.isoformat().replace("+00:00", "Z")
    assert list(row) == FIELDS
    assert row == {
        "id": leak.pk,
        "reference": leak.reference,
        "request_type": "gas_leak_inspection",
        "description": "Suspected gas leak near kitchen stove",
        "address": "1 customer Street",
        "details": {},
        "status": "pending",
        "priority": "emergency",
        "customer": customer.pk,
        "assigned_to": None,
        "created_at": stamp,
        "updated_at": stamp,
        "resolved_at": None,
        "respond_by": row["respond_by"],
        "resolve_by": row["resolve_by"],
        "is_overdue": False,
        "safety_instructions": (
            RequestType.objects.get(code="gas_leak_inspection").safety_instructions
        ),
        "version": 1,
        "is_emergency": True,
        "is_unverified": False,
        "received_at": stamp,
        "contact": None,
        "latitude": None,
        "longitude": None,
        "next_milestone": "acknowledged",
        "next_due_at": row["respond_by"],
    }


def test_it_shows_customers_their_own_and_support_all(
    api: Any, customer: User, neighbour: User, support: User, leak: ServiceRequest
) -> None:
    theirs = file_many(neighbour, 1)
    assert [ids(api(user).get("requests/")) for user in (customer, neighbour, support)] == [
        [leak.pk],
        theirs,
        [*theirs, leak.pk],
    ]


def test_it_requires_approval(api: Any, pending: User, leak: ServiceRequest) -> None:
    answer = api(pending).get("requests/")
    assert (answer.status_code, answer.json()) == (403, APPROVAL_REQUIRED)


def test_it_is_empty_where_there_is_nothing(
    api: Any, neighbour: User, leak: ServiceRequest
) -> None:
    assert api(neighbour).get("requests/").json() == {"results": [], "next": None, "previous": None}


# --- Pages
# --------------------------------------------------------------------------------------------------
def test_it_has_twenty_rows_a_page(api: Any, customer: User) -> None:
    file_many(customer, 21)
    pages = [len(page.json()["results"]) for page in walk(api(customer), "requests/")]
    assert pages == [20, 1]


@pytest.mark.parametrize("who", ["customer", "support"])
@pytest.mark.parametrize(
    "ordering",
    [
        "id",
        "-id",
        "created_at",
        "-created_at",
        "updated_at",
        "-updated_at",
        "priority",
        "-priority",
    ],
)
def test_it_can_be_walked_to_the_end_and_back(
    ordering: str, who: str, api: Any, customer: User, support: User
) -> None:
    made = file_many(customer, 11)
    for pk in made[::3]:
        requests.prioritise(pk, actor=Actor(support), priority=Priority.HIGH, now=NOON)
    client = api({"customer": customer, "support": support}[who])
    there = list(walk(client, f"requests/?ordering={ordering}&page_size=3"))
    back = list(walk(client, below(there[-1].json()["previous"]), "previous"))
    rows = [row for page in there for row in page.json()["results"]]
    assert sorted(row["id"] for row in rows) == made
    assert [ids(page) for page in there[:-1]] == [ids(page) for page in reversed(back)]
    assert (there[0].json()["previous"], back[-1].json()["previous"]) == (None, None)
    field = ordering.removeprefix("-")
    rank = {"normal": 1, "high": 2}
    keys = [(rank.get(row[field], row[field]), row["id"]) for row in rows]
    assert keys == sorted(keys, reverse=ordering.startswith("-"))


def test_it_repeats_and_skips_nothing_while_requests_come_in(api: Any, customer: User) -> None:
    made = file_many(customer, 6)
    pages = walk(api(customer), "requests/?page_size=2")
    seen = ids(next(pages))
    file_many(customer, 2)
    seen += [pk for page in pages for pk in ids(page)]
    assert seen == made[::-1]


def test_it_keeps_filters_and_size_in_the_addresses_of_other_pages(
    api: Any, customer: User
) -> None:
    file_many(customer, 3)
    query = parse_qs(
        urlsplit(
            api(customer)
            .get("requests/?status=pending&status=on_hold&page_size=1&q=gas")
            .json()["next"]
        ).query
    )
    assert query == {
        "status": ["pending", "on_hold"],
        "page_size": ["1"],
        "q": ["gas"],
        "cursor": query["cursor"],
    }


def test_a_cursor_of_a_neighbour_reveals_nothing(api: Any, customer: User, neighbour: User) -> None:
    file_many(customer, 3)
    cursor = parse_qs(urlsplit(api(customer).get("requests/?page_size=1").json()["next"]).query)[
        "cursor"
    ][0]
    assert ids(api(neighbour).get(f"requests/?cursor={cursor}")) == []


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "%00",
        "bnVsbA",
        "W10",
        "WzFd",
        "W10=",
        "eyJhIjoxfQ",
        "WyItaWQiLDEsMSwwXQ",
        "WyItaWQiLHRydWUsMSxmYWxzZV0",
        "a" * 500,
        "WyItaWQiLDEsOTk5OTk5OTk5OTk5OTk5OTk5OTk5OSxmYWxzZV0",
        "WyItY3JlYXRlZF9hdCIsIngiLDEsZmFsc2Vd",
    ],
)
def test_it_rejects_an_invalid_cursor(
    cursor: str, api: Any, customer: User, leak: ServiceRequest
) -> None:
    answer = api(customer).get(f"requests/?cursor={cursor}")
    assert (answer.status_code, answer.json()) == (422, NO_CURSOR)


@pytest.mark.parametrize(
    "value",
    [
        '"x"',
        "7",
        '"2026-13-01"',
        '"2026-01-01"',
        '"9999999-01-01T00:00:00Z"',
        '"0001-01-01T00:00:00+14:00"',
        '"2026-01-01T00:00:00+23:59"',
        '"2026-01-01T00:00:00-16:00"',
        '"9999-12-31T23:59:59-14:00"',
        '"\\u0000"',
        "1.5",
        "null",
        "99999999999999999999999",
    ],
)
@pytest.mark.parametrize("ordering", ["-id", "created_at", "priority"])
def test_a_forged_cursor_is_no_server_error(
    value: str, ordering: str, api: Any, support: User, leak: ServiceRequest
) -> None:
    made_up = urlsafe_b64encode(f'["{ordering}",{value},1,false]'.encode()).decode().rstrip("=")
    answer = api(support).get(f"requests/?ordering={ordering}&cursor={made_up}")
    assert answer.status_code in (200, 422)


def test_it_rejects_a_cursor_of_another_ordering(api: Any, customer: User) -> None:
    file_many(customer, 2)
    cursor = parse_qs(urlsplit(api(customer).get("requests/?page_size=1").json()["next"]).query)[
        "cursor"
    ][0]
    answer = api(customer).get(f"requests/?ordering=id&cursor={cursor}")
    assert (answer.status_code, answer.json()) == (422, NO_CURSOR)


@pytest.mark.parametrize(
    ("size", "code"),
    [
        ("0", "greater_than_equal"),
        ("101", "less_than_equal"),
        ("-1", "greater_than_equal"),
        ("x", "int_parsing"),
    ],
)
def test_it_bounds_the_page(size: str, code: str, api: Any, customer: User) -> None:
    assert field_errors(api(customer).get(f"requests/?page_size={size}")) == [("page_size", code)]


def test_it_has_a_hundred_rows_a_page_at_most(api: Any, support: User, customer: User) -> None:
    file_many(customer, 101)
    assert len(ids(api(support).get("requests/?page_size=100"))) == 100


# --- Filters
# --------------------------------------------------------------------------------------------------
@pytest.fixture
def three(customer: User, support: User) -> list[ServiceRequest]:
    """A leak on hold, a connection in progress that is support's, and one that is pending."""
    made = file_many(
        customer,
        1,
        request_type="gas_leak_inspection",
        description="A smell in the kitchen",
        address="12, Green Valley",
    )
    made += file_many(customer, 2)
    requests.hold(made[0], actor=Actor(support))
    requests.update(
        made[1], actor=Actor(support), status=Status.IN_PROGRESS, assigned_to=support.pk
    )
    return [ServiceRequest.objects.get(pk=pk) for pk in made]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=on_hold", [0]),
        ("status=on_hold&status=pending", [2, 0]),
        ("status=cancelled", []),
        ("request_type=new_connection", [2, 1]),
        ("request_type=meter_reading_dispute", []),
        ("priority=emergency", [0]),
        ("priority=emergency&priority=normal", [2, 1, 0]),
        ("assigned_to=me", [1]),
        ("assigned_to=none", [2, 0]),
        ("assigned_to=999", []),
        ("status=in_progress&request_type=new_connection&assigned_to=me&priority=normal", [1]),
        ("created_after=2026-03-01T12:01:00Z", [2]),
        ("created_after=2026-03-01T17:31:00%2B05:30", [2]),
        ("created_after=2026-03-01T17:31:00+05:30", [2]),  # an unescaped + is a space
        ("created_after=2026-03-01+17:31:00+0530", [2]),
        ("created_after=2026-03-01t12:01:00z", [2]),
        ("created_after=2026-03-01", [2, 1, 0]),
        ("created_after=2026-03-02T09:27:00%2B21:26", [2]),  # a zone that is none on earth
        ("created_before=2026-03-01T12:00:00Z", []),
        ("created_before=2026-03-01T12:00:00.000001Z", [1, 0]),
        ("q=smell", [0]),
        ("q=SMELL", [0]),
        ("q=green%20valley", [0]),
        ("q=nothing%20like%20it", []),
        ("q=%25", []),
        ("q=_", []),
        ("q=", [2, 1, 0]),
        ("overdue=false", []),
        ("overdue=true", [2, 1, 0]),
    ],
)
def test_it_filters(
    query: str, expected: list[int], api: Any, support: User, three: list[ServiceRequest]
) -> None:
    assert ids(api(support).get(f"requests/?{query}")) == [three[n].pk for n in expected]


def test_a_plain_date_is_that_day_where_the_operator_is(
    api: Any, support: User, three: list[ServiceRequest], settings: LazySettings
) -> None:
    """The request is filed 45 minutes after the operator's midnight, the day before in UTC."""
    settings.TIME_ZONE = "Asia/Kolkata"
    ServiceRequest.objects.filter(pk=three[1].pk).update(created_at="2026-03-04T19:15:00Z")
    desk = api(support)
    assert ids(desk.get("requests/?created_after=2026-03-05")) == [three[1].pk]
    assert ids(desk.get("requests/?created_after=2026-03-05&created_before=2026-03-06")) == [
        three[1].pk
    ]
    assert three[1].pk not in ids(desk.get("requests/?created_before=2026-03-05"))


@pytest.mark.parametrize("code", ["me", "none"])
def test_me_and_none_are_ordinary_codes_of_types(
    code: str, api: Any, customer: User, support: User
) -> None:
    make_type(code)
    row = requests.submit(
        actor=Actor(customer),
        request_type=code,
        description="Filed under an odd code",
        address="1 Main Street",
    )
    assert ids(api(support).get(f"requests/?request_type={code}")) == [row.pk]


def test_it_filters_what_a_customer_sees_alike(
    api: Any, customer: User, neighbour: User, three: list[ServiceRequest]
) -> None:
    for query in (
        "status=on_hold",
        "q=smell",
        "request_type=gas_leak_inspection",
        "priority=emergency",
    ):
        assert [ids(api(user).get(f"requests/?{query}")) for user in (customer, neighbour)] == [
            [three[0].pk],
            [],
        ]


def test_it_finds_a_request_by_its_reference_however_it_is_typed(
    api: Any, support: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    written = leak.reference
    for typed in (written, written.lower(), written.replace("-", ""), f" {written} "):
        assert ids(api(support).get(f"requests/?q={typed}")) == [leak.pk]


def test_it_shows_what_is_overdue(
    api: Any, customer: User, support: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=leak.pk).update(
        due_at=timezone.now() - dt.timedelta(minutes=1)
    )
    assert ids(api(customer).get("requests/?overdue=true")) == [leak.pk]
    assert ids(api(customer).get("requests/?overdue=false")) == [connection.pk]
    assert {
        row["id"]: row["is_overdue"] for row in api(customer).get("requests/").json()["results"]
    } == {
        leak.pk: True,
        connection.pk: False,
    }
    requests.resolve(leak.pk, actor=Actor(support), notes="Fixed.")
    assert ids(api(customer).get("requests/?overdue=true")) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=pending", [("state", "extra_forbidden")]),
        ("page=2&limit=10", [("page", "extra_forbidden"), ("limit", "extra_forbidden")]),
        ("status=open", [("status", "enum")]),
        ("assigned_to=somebody", [("assigned_to", "int_parsing")]),
        (
            "zz=1&page_size=0&cursor=x",
            [
                ("page_size", "greater_than_equal"),
                ("zz", "extra_forbidden"),
                ("cursor", "invalid_cursor"),
            ],
        ),
        ("zz=1&cursor=x", [("zz", "extra_forbidden"), ("cursor", "invalid_cursor")]),
        ("priority=emergency&priority=7", [("priority", "enum")]),
        ("request_type=no-such", [("request_type", "unknown_type")]),
        ("request_type=no-such&status=pending", [("request_type", "unknown_type")]),
        ("created_after=yesterday", [("created_after", "invalid_time")]),
        ("created_after=99999-01-01T00:00:00Z", [("created_after", "invalid_time")]),
        ("created_after=0001-01-01T00:00:00%2B05:00", [("created_after", "invalid_time")]),
        ("overdue=perhaps", [("overdue", "bool_parsing")]),
        ("ordering=customer", [("ordering", "literal_error")]),
        (
            "ordering=address&page_size=1000",
            [("ordering", "literal_error"), ("page_size", "less_than_equal")],
        ),
        ("q=%00", [("q", "null_characters_not_allowed")]),
        ("request_type=%00", [("request_type", "null_characters_not_allowed")]),
        ("q=" + "a" * 201, [("q", "string_too_long")]),
    ],
)
def test_it_names_what_is_wrong(
    query: str, expected: list[tuple[str, str]], api: Any, support: User
) -> None:
    assert field_errors(api(support).get(f"requests/?{query}")) == expected


@pytest.mark.parametrize("value", ["0", "-1", str(2**63), "1.5", "you", ""])
def test_an_invalid_assignee_is_named(value: str, api: Any, support: User) -> None:
    assert {
        field.split(".")[0]
        for field, _ in field_errors(api(support).get(f"requests/?assigned_to={value}"))
    } == {"assigned_to"}


def test_an_unknown_parameter_is_named(api: Any, support: User) -> None:
    answer = api(support).get("requests/?state=pending")
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("state", "extra_forbidden", "Unknown parameter.")),
    )


def test_it_orders_the_newest_first(api: Any, customer: User) -> None:
    result = ids(api(customer).get("requests/")) if file_many(customer, 3) else []
    assert all(newer > older for newer, older in pairwise(result))


# --- Filters for integrations
# --------------------------------------------------------------------------------------------------
def test_it_finds_a_reference_in_any_spelling(
    api: Any, support: User, neighbour: User, leak: ServiceRequest
) -> None:
    spoken = leak.reference.removeprefix("SR-").replace("-", " ").lower()
    for written in (leak.reference, leak.reference.lower(), f"sr {spoken}"):
        assert ids(api(support).get(f"requests/?{urlencode({'reference': written})}")) == [leak.pk]
    assert ids(api(neighbour).get(f"requests/?reference={leak.reference}")) == []
    assert ids(api(support).get("requests/?reference=leak")) == []


def test_it_shows_the_requests_of_one_customer(
    api: Any, support: User, customer: User, neighbour: User, leak: ServiceRequest
) -> None:
    (theirs,) = file_many(neighbour, 1)
    assert ids(api(support).get(f"requests/?customer={neighbour.pk}")) == [theirs]
    assert ids(api(customer).get(f"requests/?customer={neighbour.pk}")) == []
    assert ids(api(customer).get(f"requests/?customer={customer.pk}")) == [leak.pk]


def test_it_shows_what_changed_since(api: Any, customer: User, support: User) -> None:
    first, second, _third = file_many(customer, 3)
    later = NOON + dt.timedelta(hours=1)
    requests.comment(first, actor=Actor(support), notes="x", now=later)
    after = (NOON + dt.timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    path = f"requests/?ordering=updated_at&updated_after={after}"
    assert ids(api(support).get(path)) == [second, _third, first]
    assert ids(api(support).get("requests/?updated_after=2026-03-01T13:00:00Z")) == [first]


def test_it_names_the_milestone_that_is_due_next(api: Any, customer: User, support: User) -> None:
    make_type("slow", limits={"acknowledged": 60, "looked": 600, "resolved": 6000})
    obj = requests.submit(actor=Actor(customer), request_type="slow", description="x", now=NOON)
    client, path = api(support), f"requests/{obj.pk}/"

    def shown() -> list[Any]:
        return [client.get(path).json()[name] for name in ("next_milestone", "next_due_at")]

    assert shown() == ["acknowledged", "2026-03-01T13:00:00Z"]
    requests.record_milestone(obj.pk, actor=Actor(support), milestone="looked", now=NOON)
    assert shown() == ["resolved", "2026-03-05T16:00:00Z"]
    requests.hold(obj.pk, actor=Actor(support), now=NOON)
    assert shown() == [None, None]
    requests.resolve(obj.pk, actor=Actor(support), now=NOON)
    assert shown() == [None, None]
