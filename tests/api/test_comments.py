from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import APPROVAL_REQUIRED, NOT_FOUND, field_errors


@pytest.mark.parametrize("who", ["customer", "support"])
def test_it_works(
    who: str, api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    user = {"customer": customer, "support": support}[who]
    answer = api(user).post(
        f"requests/{connection.pk}/comments/", {"notes": "My neighbour can let the technician in."}
    )
    body = answer.json()
    assert answer.status_code == 201
    assert body == {
        "id": body["id"],
        "service_request": connection.pk,
        "status": "pending",
        "previous_status": "pending",
        "notes": "My neighbour can let the technician in.",
        "is_internal": False,
        "author": user.pk,
        "created_at": body["created_at"],
        "event": "request.commented",
        "milestone": None,
        "attachment": None,
        "changes": {},
        "occurred_at": body["created_at"],
        "author_kind": who,
        "author_name": user.get_full_name(),
    }
    shown = {"customer": "Customer Example", "support": "Support"}[who]
    last = api(customer).get(f"requests/{connection.pk}/").json()["updates"][-1]
    assert last == body | {"author_name": shown}


def test_it_resumes_a_request_that_waited_for_the_owner(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    requests.hold(connection.pk, actor=Actor(support))
    body = (
        api(customer)
        .post(f"requests/{connection.pk}/comments/", {"notes": "Here is the permit."})
        .json()
    )
    assert (body["status"], body["previous_status"], body["notes"]) == (
        "in_progress",
        "on_hold",
        "Here is the permit.",
    )
    assert api(customer).get(f"requests/{connection.pk}/").json()["status"] == "in_progress"


def test_it_resumes_nothing_for_support(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    requests.hold(connection.pk, actor=Actor(support))
    assert (
        api(support)
        .post(f"requests/{connection.pk}/comments/", {"notes": "Still waiting."})
        .json()["status"]
        == "on_hold"
    )


def test_it_rejects_everyone_else(
    api: Any, neighbour: User, pending: User, connection: ServiceRequest
) -> None:
    for user, status, body in ((neighbour, 404, NOT_FOUND), (pending, 403, APPROVAL_REQUIRED)):
        answer = api(user).post(f"requests/{connection.pk}/comments/", {"notes": "Me too."})
        assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("notes", "missing")]),
        ({"notes": ""}, [("notes", "string_too_short")]),
        ({"notes": "  "}, [("notes", "string_too_short")]),
        ({"notes": "a" * 4001}, [("notes", "string_too_long")]),
        ({"notes": "x", "is_internal": True}, [("is_internal", "extra_forbidden")]),
    ],
)
def test_it_names_what_is_wrong(
    body: dict[str, Any],
    expected: list[tuple[str, str]],
    api: Any,
    customer: User,
    connection: ServiceRequest,
) -> None:
    assert field_errors(api(customer).post(f"requests/{connection.pk}/comments/", body)) == expected
