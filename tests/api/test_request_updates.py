import datetime as dt
from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.lists import walk
from tests.support.problems import (
    APPROVAL_REQUIRED,
    NOT_FOUND,
    conflict,
    field_errors,
    invalid,
    not_allowed,
    refused,
)

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECRET = "Bad payer; send two technicians"


def notes_of(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [row["notes"] for row in answer.json()["results"]]


# --- Recording
# --------------------------------------------------------------------------------------------------
def test_it_accepts_the_example_of_the_contract(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    given = {
        "service_request": leak.pk,
        "status": "resolved",
        "notes": "Gas leak fixed. No further action required.",
    }
    answer = api(support).post("request-updates/", given)
    body = answer.json()
    assert answer.status_code == 201
    own = {
        "id": body["id"],
        "previous_status": "pending",
        "is_internal": False,
        "author": support.pk,
        "created_at": body["created_at"],
        "event": "request.status_changed",
        "milestone": None,
        "attachment": None,
        "changes": body["changes"],
        "occurred_at": body["created_at"],
        "author_kind": "support",
        "author_name": "Support Example",
    }
    assert body == given | own
    assert body["changes"]["status"] == {"from": "pending", "to": "resolved"}
    assert RequestUpdate.objects.get(pk=body["id"]).notes == given["notes"]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ({"notes": "On the way"}, "request.commented"),
        ({"status": "in_progress"}, "request.status_changed"),
    ],
)
def test_it_takes_a_status_or_notes(
    text: dict[str, str], event: str, api: Any, support: User, connection: ServiceRequest
) -> None:
    body = api(support).post("request-updates/", {"service_request": connection.pk} | text).json()
    assert RequestUpdate.objects.get(pk=body["id"]).event == event
    assert body.items() >= text.items()


def test_it_returns_the_internal_row_of_internal_notes(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    fields = {
        "service_request": connection.pk,
        "status": "on_hold",
        "notes": SECRET,
        "is_internal": True,
    }
    body = api(support).post("request-updates/", fields).json()
    assert (body["notes"], body["is_internal"], body["status"]) == (SECRET, True, "on_hold")
    assert ServiceRequest.objects.get().status == "on_hold"


@pytest.mark.parametrize("text", [{}, {"notes": ""}, {"notes": "  "}])
def test_it_asks_for_one_of_the_two(
    text: dict[str, str], api: Any, support: User, connection: ServiceRequest
) -> None:
    answer = api(support).post("request-updates/", {"service_request": connection.pk} | text)
    message = "Enter a status, notes or both."
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("status", "required", message), ("notes", "required", message)),
    )


def test_the_current_status_alone_is_an_error(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    answer = api(support).post(
        "request-updates/", {"service_request": connection.pk, "status": "pending"}
    )
    message = f"{connection.reference} is already pending. Add notes to record a note."
    assert (answer.status_code, answer.json()) == (409, conflict(message))
    again = api(support).post(
        "request-updates/",
        {"service_request": connection.pk, "status": "pending", "notes": "Still waiting"},
    )
    assert (again.status_code, again.json()["previous_status"], again.json()["status"]) == (
        201,
        "pending",
        "pending",
    )


def test_an_error_names_the_allowed_statuses(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    requests.cancel(connection.pk, actor=Actor(support))
    answer = api(support).post(
        "request-updates/", {"service_request": connection.pk, "status": "resolved"}
    )
    message = f"{connection.reference} is cancelled and can't become resolved. Allowed: none."
    assert (answer.status_code, answer.json()) == (409, refused(message, []))


def test_it_requires_support(
    api: Any, customer: User, neighbour: User, pending: User, leak: ServiceRequest
) -> None:
    result = [
        (customer, not_allowed("Only support can do this.")),
        (neighbour, not_allowed("Only support can do this.")),
        (pending, APPROVAL_REQUIRED),
    ]
    for user, body in result:
        answer = api(user).post("request-updates/", {"service_request": leak.pk, "notes": "x"})
        assert (answer.status_code, answer.json()) == (403, body)


def test_a_missing_object_is_not_found(api: Any, support: User) -> None:
    answer = api(support).post("request-updates/", {"service_request": 999, "notes": "x"})
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("pk", [0, -1, 2**63, 10**40, "x", None, 1.5, True, []])
def test_an_invalid_id_is_named(pk: Any, api: Any, support: User) -> None:
    assert {
        field
        for field, _ in field_errors(
            api(support).post("request-updates/", {"service_request": pk, "notes": "x"})
        )
    } == {"service_request"}


def test_it_reports_all_errors_at_once(api: Any, support: User) -> None:
    answer = api(support).post(
        "request-updates/", {"status": "done", "notes": 7, "is_internal": "perhaps", "author": 1}
    )
    assert field_errors(answer) == [
        ("service_request", "missing"),
        ("status", "enum"),
        ("notes", "string_type"),
        ("is_internal", "bool_type"),
        ("author", "extra_forbidden"),
    ]


# --- Listing
# --------------------------------------------------------------------------------------------------
@pytest.fixture
def spoken(support: User, leak: ServiceRequest) -> ServiceRequest:
    """The leak, with a public and an internal note by support."""
    requests.update(
        leak.pk, actor=Actor(support), status=Status.IN_PROGRESS, notes="Technician assigned"
    )
    requests.update(
        leak.pk, actor=Actor(support), status=Status.ON_HOLD, notes=SECRET, is_internal=True
    )
    return leak


def test_it_lists_the_newest_first(api: Any, support: User, spoken: ServiceRequest) -> None:
    assert notes_of(api(support).get("request-updates/")) == [SECRET, "", "Technician assigned", ""]


def test_it_never_shows_a_customer_what_is_internal(
    api: Any, customer: User, neighbour: User, spoken: ServiceRequest
) -> None:
    assign_perm("view_servicerequest", neighbour, spoken)
    for user in (customer, neighbour):
        client = api(user)
        pages = [
            page
            for path in ("request-updates/", "request-updates/?page_size=1&ordering=id")
            for page in walk(client, path)
        ]
        answers = [
            *pages,
            client.get("requests/"),
            client.get(f"requests/{spoken.pk}/"),
            client.get(f"requests/{spoken.pk}/history/"),
        ]
        assert all(SECRET not in answer.content.decode() for answer in answers)
        assert notes_of(client.get("request-updates/")) == ["", "Technician assigned", ""]
        assert [
            update["status"] for update in client.get(f"requests/{spoken.pk}/").json()["updates"]
        ] == ["pending", "in_progress", "on_hold"]


def test_it_shows_a_customer_no_updates_of_a_neighbour(
    api: Any, neighbour: User, spoken: ServiceRequest
) -> None:
    assert notes_of(api(neighbour).get("request-updates/")) == []
    assert notes_of(api(neighbour).get(f"request-updates/?service_request={spoken.pk}")) == []


def test_it_filters_by_request(
    api: Any, customer: User, spoken: ServiceRequest, connection: ServiceRequest
) -> None:
    rows = api(customer).get(f"request-updates/?service_request={connection.pk}").json()["results"]
    assert [row["service_request"] for row in rows] == [connection.pk]


def test_it_filters_by_time(api: Any, support: User, customer: User) -> None:
    obj = requests.submit(
        actor=Actor(customer), request_type="new_connection", description="x", now=NOON
    )
    for hours, notes in enumerate(("one", "two"), 1):
        requests.comment(
            obj.pk, actor=Actor(support), notes=notes, now=NOON + dt.timedelta(hours=hours)
        )
    assert notes_of(api(support).get("request-updates/?since=2026-03-01T13:00:00Z")) == [
        "two",
        "one",
    ]
    assert notes_of(api(customer).get("request-updates/?since=2026-03-01T13:00:00.000001Z")) == [
        "two"
    ]


def test_it_can_be_walked_to_the_end(
    api: Any, customer: User, support: User, leak: ServiceRequest
) -> None:
    for number in range(6):
        requests.comment(
            leak.pk, actor=Actor(support), notes=f"note {number}", is_internal=number % 2 == 1
        )
    result = [
        row["notes"]
        for page in walk(api(customer), "request-updates/?page_size=2")
        for row in page.json()["results"]
    ]
    assert result == ["note 4", "note 2", "note 0", ""]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("request=1", [("request", "extra_forbidden")]),
        ("service_request=x", [("service_request", "int_parsing")]),
        ("service_request=0", [("service_request", "greater_than_equal")]),
        (f"service_request={2**63}", [("service_request", "less_than_equal")]),
        ("since=lately", [("since", "invalid_time")]),
    ],
)
def test_an_invalid_query_is_named(
    query: str, expected: list[tuple[str, str]], api: Any, customer: User
) -> None:
    assert field_errors(api(customer).get(f"request-updates/?{query}")) == expected


def test_it_requires_approval(api: Any, pending: User, spoken: ServiceRequest) -> None:
    answer = api(pending).get("request-updates/")
    assert (answer.status_code, answer.json()) == (403, APPROVAL_REQUIRED)
