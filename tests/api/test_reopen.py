import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import APPROVAL_REQUIRED, NOT_FOUND, refused


@pytest.fixture
def resolved(support: User, connection: ServiceRequest) -> ServiceRequest:
    return requests.resolve(connection.pk, actor=Actor(support))


@pytest.mark.parametrize("who", ["customer", "support"])
def test_it_works(
    who: str, api: Any, customer: User, support: User, resolved: ServiceRequest
) -> None:
    user = {"customer": customer, "support": support}[who]
    answer = api(user).post(f"requests/{resolved.pk}/reopen/", {"notes": "It smells again."})
    assert (answer.status_code, answer.json()["status"], answer.json()["resolved_at"]) == (
        200,
        "in_progress",
        None,
    )
    row = RequestUpdate.objects.latest("history_id")
    assert (row.notes, row.history_user, row.previous_status) == (
        "It smells again.",
        user,
        "resolved",
    )


def test_it_is_too_late_for_the_owner_after_fourteen_days(
    api: Any, customer: User, support: User, resolved: ServiceRequest
) -> None:
    ServiceRequest.objects.update(resolved_at=timezone.now() - dt.timedelta(days=14, seconds=1))
    answer = api(customer).post(f"requests/{resolved.pk}/reopen/")
    message = f"{resolved.reference} is resolved and can't become in_progress. Allowed: none."
    assert (answer.status_code, answer.json()) == (409, refused(message, []))
    assert api(customer).get(f"requests/{resolved.pk}/").json()["allowed_statuses"] == []
    assert api(support).post(f"requests/{resolved.pk}/reopen/").status_code == 200


def test_it_is_for_resolved_requests_alone(
    api: Any, customer: User, connection: ServiceRequest
) -> None:
    answer = api(customer).post(f"requests/{connection.pk}/reopen/")
    message = f"{connection.reference} is pending and can't become in_progress. Allowed: cancelled."
    assert (answer.status_code, answer.json()) == (409, refused(message, ["cancelled"]))


def test_it_rejects_everyone_else(
    api: Any, neighbour: User, pending: User, resolved: ServiceRequest
) -> None:
    for user, status, body in ((neighbour, 404, NOT_FOUND), (pending, 403, APPROVAL_REQUIRED)):
        answer = api(user).post(f"requests/{resolved.pk}/reopen/")
        assert (answer.status_code, answer.json()) == (status, body)
