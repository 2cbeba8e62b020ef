from typing import Any

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import NOT_FOUND, conflict, field_errors, not_allowed


def test_it_works(api: Any, support: User, connection: ServiceRequest) -> None:
    response = api(support).post(
        f"requests/{connection.pk}/reclassify/",
        {"request_type": "no_supply", "notes": "The gas stopped coming"},
    )
    assert response.status_code == 200
    assert response.headers["ETag"] == '"2"'
    shown = response.json()
    assert (shown["request_type"], shown["version"], shown["status"]) == ("no_supply", 2, "pending")
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert (row.event, row.notes, row.channel, row.history_user) == (
        "request.reclassified",
        "The gas stopped coming",
        "api",
        support,
    )


def test_the_type_that_it_has_already_changes_nothing(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    body = {"request_type": "new_connection"}
    response = api(support).post(f"requests/{connection.pk}/reclassify/", body)
    assert (response.status_code, response.json()["version"]) == (200, 1)


def test_it_makes_an_emergency(api: Any, support: User, connection: ServiceRequest) -> None:
    shown = (
        api(support)
        .post(f"requests/{connection.pk}/reclassify/", {"request_type": "gas_leak_inspection"})
        .json()
    )
    assert (shown["is_emergency"], shown["priority"]) == (True, "emergency")
    assert shown["next_milestone"] == "acknowledged"


def test_an_emergency_needs_a_reason(api: Any, support: User, leak: ServiceRequest) -> None:
    for notes in ("", "..."):
        response = api(support).post(
            f"requests/{leak.pk}/reclassify/", {"request_type": "no_supply", "notes": notes}
        )
        assert (response.status_code, response.json()) == (
            409,
            conflict(
                f"{leak.reference} is an emergency. Add notes that explain why you are doing this."
                " Supervisors are notified."
            ),
        )


def test_it_names_what_is_wrong(api: Any, support: User, connection: ServiceRequest) -> None:
    client, path = api(support), f"requests/{connection.pk}/reclassify/"
    assert field_errors(client.post(path, {})) == [("request_type", "missing")]
    assert field_errors(client.post(path, {"request_type": "pizza"})) == [
        ("request_type", "unknown_type")
    ]
    assert field_errors(client.post(path, {"request_type": "no_supply", "status": "resolved"})) == [
        ("status", "extra_forbidden")
    ]


def test_a_closed_request_keeps_its_type(
    api: Any, support: User, customer: User, connection: ServiceRequest
) -> None:
    requests.cancel(connection.pk, actor=Actor(customer))
    response = api(support).post(
        f"requests/{connection.pk}/reclassify/", {"request_type": "no_supply"}
    )
    assert response.status_code == 409


def test_it_is_for_support(
    api: Any, customer: User, neighbour: User, connection: ServiceRequest
) -> None:
    path, body = f"requests/{connection.pk}/reclassify/", {"request_type": "no_supply"}
    own, others = api(customer).post(path, body), api(neighbour).post(path, body)
    assert (own.status_code, own.json()) == (403, not_allowed("Only support can do this."))
    assert (others.status_code, others.json()) == (404, NOT_FOUND)
