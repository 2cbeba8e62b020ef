import re
from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from gasutil.access import Actor
from gasutil.models import ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.lists import FIELDS
from tests.support.problems import APPROVAL_REQUIRED, NOT_FOUND


def test_it_works(api: Any, customer: User, leak: ServiceRequest) -> None:
    answer = api(customer).get(f"requests/{leak.pk}/")
    body = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert re.fullmatch(r'"1-[0-9a-f]{16}"', answer.headers["ETag"])
    assert body.keys() >= {*FIELDS, "updates", "allowed_statuses"}
    assert {name: body[name] for name in FIELDS} == api(customer).get("requests/").json()[
        "results"
    ][0]


def test_it_shows_the_updates_oldest_first(
    api: Any, customer: User, support: User, leak: ServiceRequest
) -> None:
    requests.update(
        leak.pk,
        actor=Actor(support),
        status=Status.IN_PROGRESS,
        notes="Technician assigned for inspection",
    )
    updates = api(customer).get(f"requests/{leak.pk}/").json()["updates"]
    assert [
        (
            update["service_request"],
            update["status"],
            update["previous_status"],
            update["notes"],
            update["is_internal"],
            update["author"],
        )
        for update in updates
    ] == [
        (leak.pk, "pending", None, "", False, customer.pk),
        (
            leak.pk,
            "in_progress",
            "pending",
            "Technician assigned for inspection",
            False,
            support.pk,
        ),
    ]
    assert list(updates[0]) == [
        "id",
        "service_request",
        "status",
        "previous_status",
        "notes",
        "is_internal",
        "author",
        "created_at",
        "event",
        "milestone",
        "attachment",
        "changes",
        "occurred_at",
        "author_kind",
        "author_name",
    ]


@pytest.mark.parametrize(
    ("status", "for_customer", "for_support"),
    [
        (Status.PENDING, ["cancelled"], ["in_progress", "on_hold", "resolved", "cancelled"]),
        (Status.ON_HOLD, [], ["in_progress", "resolved", "cancelled"]),
        (Status.RESOLVED, ["in_progress"], ["in_progress"]),
    ],
)
def test_it_shows_the_allowed_statuses_of_each_role(
    status: Status,
    for_customer: list[str],
    for_support: list[str],
    api: Any,
    customer: User,
    neighbour: User,
    support: User,
    connection: ServiceRequest,
) -> None:
    requests.update(connection.pk, actor=Actor(support), status=status)
    assign_perm("view_servicerequest", neighbour, connection)
    result = [
        api(user).get(f"requests/{connection.pk}/").json()["allowed_statuses"]
        for user in (customer, neighbour, support)
    ]
    assert result == [for_customer, [], for_support]


def test_it_names_the_version(api: Any, support: User, connection: ServiceRequest) -> None:
    requests.start(connection.pk, actor=Actor(support))
    answer = api(support).get(f"requests/{connection.pk}/")
    assert (answer.headers["ETag"][:3], answer.json()["version"]) == ('"2-', 2)


def test_a_neighbour_gets_404(api: Any, neighbour: User, leak: ServiceRequest) -> None:
    answers = [
        api(neighbour).get(f"requests/{pk}/", X_Request_Id="the-same-id")
        for pk in (leak.pk, leak.pk + 1000)
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, NOT_FOUND)] * 2
    assert answers[0].headers == answers[1].headers


def test_it_shows_a_neighbour_what_a_permission_shows(
    api: Any, neighbour: User, leak: ServiceRequest
) -> None:
    assign_perm("view_servicerequest", neighbour, leak)
    assert api(neighbour).get(f"requests/{leak.pk}/").json()["reference"] == leak.reference


def test_it_requires_approval(api: Any, pending: User, leak: ServiceRequest) -> None:
    answer = api(pending).get(f"requests/{leak.pk}/")
    assert (answer.status_code, answer.json()) == (403, APPROVAL_REQUIRED)


@pytest.mark.parametrize(
    "pk", ["0", str(2**63 - 1), str(2**63), str(10**40), "-1", "1.5", "x", "%00", "1%0A"]
)
def test_an_invalid_id_is_404(pk: str, api: Any, support: User, leak: ServiceRequest) -> None:
    answer = api(support).get(f"requests/{pk}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
