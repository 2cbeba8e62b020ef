"""`POST requests/{id}/milestones/`, and what the detail says of them."""

from typing import Any

import pytest

from gasutil.models import ServiceRequest, User
from tests.api.conftest import faults
from tests.conftest import Api


def test_it_works(api: Any, support: User, customer: User, leak: ServiceRequest) -> None:
    answer = api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "on_site", "notes": "At the gate"})
    assert answer.status_code == 201
    update = answer.json()
    assert (update["service_request"], update["status"], update["notes"], update["author"]) == (
        leak.pk,
        "pending",
        "At the gate",
        support.pk,
    )
    assert api(customer).get(f"requests/{leak.pk}/").json()["updates"][-1] == update


def test_the_detail_shows_them_with_what_was_met(api: Any, support: User, customer: User, leak: ServiceRequest) -> None:
    api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "on_site"})
    shown = api(customer).get(f"requests/{leak.pk}/").json()
    assert [one["name"] for one in shown["milestones"]] == ["acknowledged", "on_site", "made_safe", "resolved"]
    assert [one["met_at"] is not None for one in shown["milestones"]] == [True, True, False, False]
    assert {key for one in shown["milestones"] for key in one} == {"name", "due_at", "met_at", "is_breached"}
    assert (shown["milestones"][0]["due_at"], shown["milestones"][-1]["due_at"]) == (shown["respond_by"], shown["resolve_by"])
    assert not any(one["is_breached"] for one in shown["milestones"])


def test_the_answer_to_a_leak_says_what_to_do_and_when_somebody_comes(api: Any, customer: User) -> None:
    filed = (
        api(customer)
        .post("requests/", {"request_type": "gas_leak_inspection", "description": "Suspected gas leak near kitchen stove"})
        .json()
    )
    assert filed["reference"].startswith("SR-")
    assert "1906" in filed["safety_instructions"]
    assert (filed["priority"], filed["is_overdue"]) == ("emergency", False)
    assert filed["created_at"] < filed["respond_by"] < filed["resolve_by"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("milestone", "missing")]),
        ({"milestone": "dug_up"}, [("milestone", "unknown_milestone")]),
        ({"milestone": 7}, [("milestone", "string_type")]),
        ({"milestone": "on_site", "at": "now"}, [("at", "extra_forbidden")]),
    ],
)
def test_it_names_what_is_wrong(
    body: dict[str, Any], expected: list[tuple[str, str]], api: Any, support: User, leak: ServiceRequest
) -> None:
    assert faults(api(support).post(f"requests/{leak.pk}/milestones/", body)) == expected


def test_it_is_recorded_once(api: Any, support: User, leak: ServiceRequest) -> None:
    client: Api = api(support)
    answers = [client.post(f"requests/{leak.pk}/milestones/", {"milestone": "made_safe"}).status_code for _ in range(2)]
    assert answers == [201, 409]
