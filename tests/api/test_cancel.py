from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import APPROVAL_REQUIRED, NOT_FOUND, field_errors, refused


@pytest.mark.parametrize("who", ["customer", "support"])
def test_it_works(
    who: str, api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    user = {"customer": customer, "support": support}[who]
    answer = api(user).post(f"requests/{connection.pk}/cancel/", {"notes": "We moved."})
    assert (answer.status_code, answer.json()["status"], answer.headers["ETag"]) == (
        200,
        "cancelled",
        '"2"',
    )
    row = RequestUpdate.objects.latest("history_id")
    assert (row.notes, row.history_user, row.previous_status) == ("We moved.", user, "pending")


@pytest.mark.parametrize("body", [None, {}, {"notes": ""}])
def test_it_needs_no_notes(body: Any, api: Any, customer: User, connection: ServiceRequest) -> None:
    assert api(customer).post(f"requests/{connection.pk}/cancel/", body).status_code == 200


def test_it_is_too_late_for_the_owner_once_work_has_begun(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    requests.start(connection.pk, actor=Actor(support))
    answer = api(customer).post(f"requests/{connection.pk}/cancel/")
    message = f"{connection.reference} is in_progress and can't become cancelled. Allowed: none."
    assert (answer.status_code, answer.json()) == (409, refused(message, []))
    assert api(support).post(f"requests/{connection.pk}/cancel/").status_code == 200


def test_it_cannot_be_done_twice(api: Any, customer: User, connection: ServiceRequest) -> None:
    assert [
        api(customer).post(f"requests/{connection.pk}/cancel/").status_code for _ in range(2)
    ] == [200, 409]


def test_it_rejects_everyone_else(
    api: Any, neighbour: User, pending: User, connection: ServiceRequest
) -> None:
    for user, status, body in ((neighbour, 404, NOT_FOUND), (pending, 403, APPROVAL_REQUIRED)):
        answer = api(user).post(f"requests/{connection.pk}/cancel/")
        assert (answer.status_code, answer.json()) == (status, body)


def test_it_names_what_is_wrong(api: Any, customer: User, connection: ServiceRequest) -> None:
    answer = api(customer).post(
        f"requests/{connection.pk}/cancel/", {"notes": 7, "status": "pending"}
    )
    assert field_errors(answer) == [("notes", "string_type"), ("status", "extra_forbidden")]
