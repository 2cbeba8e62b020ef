from typing import Any

from gasutil.access import Actor
from gasutil.models import Channel, Priority, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.api.conftest import APPROVAL_REQUIRED, NOT_FOUND, not_allowed


def test_it_tells_field_by_field_who_changed_what(api: Any, customer: User, support: User, connection: ServiceRequest) -> None:
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
    assert (answer.status_code, answer.json()["next"], answer.json()["previous"]) == (200, None, None)
    assert opened == {
        "id": opened["id"],
        "event": "request.created",
        "changed_at": connection.created_at.isoformat().replace("+00:00", "Z"),
        "changed_by": customer.pk,
        "channel": "api",
        "notes": "",
        "is_internal": False,
        "changes": opened["changes"],
    }
    assert {change["field"]: (change["from"], change["to"]) for change in opened["changes"]}.items() >= {
        "status": (None, "pending"),
        "priority": (None, "normal"),
        "request_type": (None, "new_connection"),
    }.items()
    assert changed == {
        "id": changed["id"],
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


def test_it_is_for_support_alone(api: Any, customer: User, neighbour: User, pending: User, connection: ServiceRequest) -> None:
    told = [(customer, 403, not_allowed("Only support can do this.")), (neighbour, 404, NOT_FOUND), (pending, 403, APPROVAL_REQUIRED)]
    for user, status, body in told:
        answer = api(user).get(f"requests/{connection.pk}/history/")
        assert (answer.status_code, answer.json()) == (status, body)


def test_it_does_not_find_what_is_not_there(api: Any, support: User) -> None:
    answer = api(support).get("requests/999/history/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
