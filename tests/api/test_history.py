from typing import Any

from gasutil.access import Actor
from gasutil.models import Channel, Priority, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.problems import APPROVAL_REQUIRED, NOT_FOUND, field_errors, not_allowed


def test_it_shows_who_changed_which_field(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    requests.update(
        connection.pk,
        actor=Actor(support, Channel.CONSOLE),
        status=Status.RESOLVED,
        priority=Priority.HIGH,
        assigned_to=support.pk,
        notes="Done",
    )
    answer = api(support).get(f"requests/{connection.pk}/history/")
    opened, changed = answer.json()["results"]
    assert (answer.status_code, answer.json()["next"], answer.json()["previous"]) == (
        200,
        None,
        None,
    )
    assert opened == {
        "id": opened["id"],
        "event": "request.created",
        "changed_at": connection.created_at.isoformat().replace("+00:00", "Z"),
        "occurred_at": connection.created_at.isoformat().replace("+00:00", "Z"),
        "changed_by": customer.pk,
        "author_kind": "customer",
        "author_name": "Customer Example",
        "channel": "api",
        "milestone": None,
        "attachment": None,
        "notes": "",
        "is_internal": False,
        "changes": opened["changes"],
    }
    assert {
        change["field"]: (change["from"], change["to"]) for change in opened["changes"]
    }.items() >= {
        "status": (None, "pending"),
        "priority": (None, "normal"),
        "request_type": (None, "new_connection"),
    }.items()
    assert changed == {
        "id": changed["id"],
        "occurred_at": changed["changed_at"],
        "author_kind": "support",
        "author_name": "Support Example",
        "milestone": None,
        "attachment": None,
        "event": "request.status_changed",
        "changed_at": changed["changed_at"],
        "changed_by": support.pk,
        "channel": "console",
        "notes": "Done",
        "is_internal": False,
        "changes": [
            {"field": "status", "from": "pending", "to": "resolved"},
            {"field": "priority", "from": "normal", "to": "high"},
            {"field": "assigned_to", "from": None, "to": support.pk},
            {"field": "resolved_at", "from": None, "to": changed["changed_at"]},
        ],
    }


def test_it_shows_what_is_internal(api: Any, support: User, connection: ServiceRequest) -> None:
    requests.update(connection.pk, actor=Actor(support), notes="Bad payer", is_internal=True)
    last = api(support).get(f"requests/{connection.pk}/history/").json()["results"][-1]
    assert (last["notes"], last["is_internal"], last["changes"]) == ("Bad payer", True, [])


def test_it_is_for_support_alone(
    api: Any, customer: User, neighbour: User, pending: User, connection: ServiceRequest
) -> None:
    result = [
        (customer, 403, not_allowed("Only support can do this.")),
        (neighbour, 404, NOT_FOUND),
        (pending, 403, APPROVAL_REQUIRED),
    ]
    for user, status, body in result:
        answer = api(user).get(f"requests/{connection.pk}/history/")
        assert (answer.status_code, answer.json()) == (status, body)


def test_a_missing_object_is_not_found(api: Any, support: User) -> None:
    answer = api(support).get("requests/999/history/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_it_comes_in_pages_each_compared_with_what_was_before_it(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    for priority in (Priority.HIGH, Priority.LOW, Priority.HIGH, Priority.LOW):
        requests.update(connection.pk, actor=Actor(support), priority=priority)
    whole = api(support).get(f"requests/{connection.pk}/history/").json()["results"]
    pages, path = [], f"requests/{connection.pk}/history/?page_size=2"
    while path:
        pages.append(api(support).get(path).json())
        path = (pages[-1]["next"] or "").removeprefix("http://testserver/api/v1/")
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert [row for page in pages for row in page["results"]] == whole
    back = api(support).get(pages[2]["previous"].removeprefix("http://testserver/api/v1/")).json()
    assert back["results"] == pages[1]["results"]


def test_a_page_has_twenty_rows_where_none_is_asked_for(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    for number in range(25):
        requests.comment(connection.pk, actor=Actor(support), notes=f"Note {number}")
    page = api(support).get(f"requests/{connection.pk}/history/").json()
    assert (len(page["results"]), bool(page["next"])) == (20, True)


def test_it_rejects_an_invalid_page(api: Any, support: User, connection: ServiceRequest) -> None:
    answer = api(support).get(f"requests/{connection.pk}/history/?page_size=1000&cursor=x&newest=1")
    assert [name for name, _ in field_errors(answer)] == ["page_size", "newest", "cursor"]
