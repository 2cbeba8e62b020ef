from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import Priority, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import (
    APPROVAL_REQUIRED,
    NOT_FOUND,
    TYPE,
    field_errors,
    invalid,
    not_allowed,
    refused,
)

GIVEN = {"status": "in_progress", "notes": "Technician assigned for inspection"}


def test_it_accepts_the_example_of_the_contract(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    answer = api(support).patch(f"requests/{leak.pk}/", GIVEN)
    assert (
        answer.status_code,
        answer.json()["status"],
        answer.json()["version"],
        answer.headers["ETag"],
    ) == (200, "in_progress", 2, '"2"')
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.notes, row.history_user, row.channel) == (
        "Technician assigned for inspection",
        support,
        "api",
    )


def test_it_changes_several_things_at_once(
    api: Any, support: User, colleague: User, connection: ServiceRequest
) -> None:
    body = {
        "status": "on_hold",
        "priority": "high",
        "assigned_to": colleague.pk,
        "notes": "Waiting for the permit",
    }
    answer = api(support).patch(f"requests/{connection.pk}/", body)
    shown = answer.json()
    assert (shown["status"], shown["priority"], shown["assigned_to"], shown["version"]) == (
        "on_hold",
        "high",
        colleague.pk,
        2,
    )


def test_it_removes_the_assignee(api: Any, support: User, connection: ServiceRequest) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    assert (
        api(support)
        .patch(f"requests/{connection.pk}/", {"assigned_to": None})
        .json()["assigned_to"]
        is None
    )


@pytest.mark.parametrize(
    "body", [{}, {"status": "pending"}, {"priority": "normal", "assigned_to": None}, {"notes": ""}]
)
def test_a_change_without_an_effect_writes_nothing(
    body: dict[str, Any], api: Any, support: User, connection: ServiceRequest
) -> None:
    answer = api(support).patch(f"requests/{connection.pk}/", body)
    assert (answer.status_code, answer.json()["version"], RequestUpdate.objects.count()) == (
        200,
        1,
        1,
    )


def test_it_rejects_the_customer_on_their_own_request(
    api: Any, customer: User, leak: ServiceRequest
) -> None:
    answer = api(customer).patch(f"requests/{leak.pk}/", GIVEN)
    assert (answer.status_code, answer.json()) == (403, not_allowed("Only support can do this."))
    assert ServiceRequest.objects.get().status == "pending"


def test_it_does_not_find_anothers_request_for_a_customer(
    api: Any, neighbour: User, leak: ServiceRequest
) -> None:
    answers = [api(neighbour).patch(f"requests/{pk}/", GIVEN) for pk in (leak.pk, leak.pk + 1000)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, NOT_FOUND)] * 2


def test_it_requires_approval(api: Any, pending: User, leak: ServiceRequest) -> None:
    answer = api(pending).patch(f"requests/{leak.pk}/", GIVEN)
    assert (answer.status_code, answer.json()) == (403, APPROVAL_REQUIRED)


def test_an_error_names_the_allowed_statuses(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    requests.resolve(connection.pk, actor=Actor(support))
    answer = api(support).patch(f"requests/{connection.pk}/", {"status": "cancelled"})
    message = (
        f"{connection.reference} is resolved and can't become cancelled. Allowed: in_progress."
    )
    assert (answer.status_code, answer.json()) == (409, refused(message, ["in_progress"]))


def test_an_emergency_is_not_resolved_without_notes(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    answer = api(support).patch(f"requests/{leak.pk}/", {"status": "resolved"})
    message = (
        f"{leak.reference} is an emergency: record `made_safe` or `not_a_leak` first, or add notes"
        " that explain why it can be resolved."
    )
    assert (answer.status_code, answer.json()) == (
        409,
        refused(message, ["in_progress", "on_hold", "cancelled"]),
    )
    assert (
        api(support)
        .patch(f"requests/{leak.pk}/", {"status": "resolved", "notes": "Made safe."})
        .status_code
        == 200
    )


# --- If-Match
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tag", ['"1"', "*", '"7", "1"', '"1","2"'])
def test_it_changes_the_version_that_was_seen(
    tag: str, api: Any, support: User, connection: ServiceRequest
) -> None:
    assert api(support).patch(f"requests/{connection.pk}/", GIVEN, If_Match=tag).status_code == 200


def test_it_rejects_a_stale_version(
    api: Any, support: User, colleague: User, connection: ServiceRequest
) -> None:
    seen = api(support).get(f"requests/{connection.pk}/").headers["ETag"]
    requests.prioritise(connection.pk, actor=Actor(colleague), priority=Priority.HIGH)
    answer = api(support).patch(f"requests/{connection.pk}/", {"priority": "low"}, If_Match=seen)
    assert answer.status_code == 412
    assert answer.json() == {
        "type": TYPE + "stale-version",
        "title": "Stale version",
        "status": 412,
        "detail": f"{connection.reference} has changed. Its current version is 2.",
    }
    assert ServiceRequest.objects.get().priority == "high"


@pytest.mark.parametrize(
    "tag", ['"0"', '"x"', "nonsense", '""', '"-1"', '"99999999999999999999"', 'W/"1"', '"¹"']
)
def test_it_rejects_an_invalid_version(
    tag: str, api: Any, support: User, connection: ServiceRequest
) -> None:
    assert api(support).patch(f"requests/{connection.pk}/", GIVEN, If_Match=tag).status_code == 412


def test_a_version_reveals_nothing_to_a_neighbour(
    api: Any, neighbour: User, leak: ServiceRequest
) -> None:
    answer = api(neighbour).patch(f"requests/{leak.pk}/", GIVEN, If_Match='"7"')
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


# --- What is wrong
# ------------------------------------------------------------------------------------------------
def test_it_reports_all_errors_at_once(api: Any, support: User, leak: ServiceRequest) -> None:
    answer = api(support).patch(
        f"requests/{leak.pk}/",
        {"status": "done", "priority": 1, "notes": "a" * 4001, "assigned_to": 0, "owner": 1},
    )
    assert field_errors(answer) == [
        ("status", "enum"),
        ("notes", "string_too_long"),
        ("priority", "enum"),
        ("assigned_to", "greater_than_equal"),
        ("owner", "extra_forbidden"),
    ]


def test_it_assigns_to_approved_representatives_alone(
    api: Any, support: User, pending: User, customer: User, leak: ServiceRequest
) -> None:
    for user in (pending, customer):
        answer = api(support).patch(f"requests/{leak.pk}/", {"assigned_to": user.pk})
        assert (answer.status_code, answer.json()) == (
            422,
            invalid(
                (
                    "assigned_to",
                    "not_a_representative",
                    "This is not an approved support representative.",
                )
            ),
        )


@pytest.mark.parametrize(
    "field",
    [
        "description",
        "address",
        "request_type",
        "customer",
        "details",
        "reference",
        "resolved_at",
        "version",
    ],
)
def test_it_leaves_what_the_customer_filed_alone(
    field: str, api: Any, support: User, leak: ServiceRequest
) -> None:
    assert field_errors(api(support).patch(f"requests/{leak.pk}/", {field: "x"})) == [
        (field, "extra_forbidden")
    ]


@pytest.mark.parametrize("pk", [0, 2**63 - 1, 2**63, 10**30])
def test_a_missing_object_is_not_found(pk: int, api: Any, support: User) -> None:
    assert api(support).patch(f"requests/{pk}/", GIVEN).status_code == 404


@pytest.mark.parametrize(
    ("field", "code"), [("status", "enum"), ("priority", "enum"), ("is_internal", "bool_type")]
)
def test_null_for_what_cannot_be_empty_is_an_error(
    field: str, code: str, api: Any, support: User, connection: ServiceRequest
) -> None:
    assert field_errors(api(support).patch(f"requests/{connection.pk}/", {field: None})) == [
        (field, code)
    ]


def test_null_for_notes_is_no_note(api: Any, support: User, connection: ServiceRequest) -> None:
    answer = api(support).patch(
        f"requests/{connection.pk}/", {"status": "in_progress", "notes": None, "assigned_to": None}
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "in_progress")
