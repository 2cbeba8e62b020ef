"""Support creates a request for a customer, as it was received."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import Attachment, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.documents import PDF
from tests.support.machines import make_machine
from tests.support.problems import TYPE, field_errors, not_allowed
from tests.support.request_types import make_type

LEAK = {"request_type": "gas_leak_inspection", "description": "Smells gas in the stairwell"}
CONNECTION = {"request_type": "new_connection", "description": "Asks for a connection"}


def ago(**time: float) -> str:
    moment = timezone.now().replace(microsecond=0) - dt.timedelta(**time)
    return moment.isoformat().replace("+00:00", "Z")


def test_it_works(api: Any, support: User, customer: User) -> None:
    received = ago(minutes=20)
    body = LEAK | {"customer": customer.pk, "received_at": received, "contact": "phone"}
    response = api(support).post("intake/", body)
    assert response.status_code == 201, response.content
    shown = response.json()
    assert response.headers["Location"] == f"/api/v1/requests/{shown['id']}/"
    assert (shown["customer"], shown["received_at"], shown["contact"], shown["address"]) == (
        customer.pk,
        received,
        "phone",
        customer.address,
    )
    row = RequestUpdate.objects.get(id=shown["id"])
    assert (row.event, row.history_user, row.channel, row.contact) == (
        "request.created",
        support,
        "api",
        "phone",
    )
    assert row.received_at == row.occurred_at == parse_datetime(received)
    assert row.history_date > row.occurred_at
    assert api(customer).get(f"requests/{shown['id']}/").status_code == 200


def test_its_clocks_begin_when_it_was_received(api: Any, support: User, customer: User) -> None:
    received = ago(minutes=20)
    body = LEAK | {"customer": customer.pk, "received_at": received}
    shown = api(support).post("intake/", body).json()
    at = parse_datetime(received)
    assert at is not None
    assert parse_datetime(shown["respond_by"]) == at + dt.timedelta(minutes=5)
    assert parse_datetime(shown["resolve_by"]) == at + dt.timedelta(hours=12)
    assert (shown["is_overdue"], shown["next_milestone"]) == (True, "acknowledged")


def test_another_type_counts_from_when_it_was_received_too(
    api: Any, support: User, customer: User
) -> None:
    make_type("slow", limits={"acknowledged": 600, "resolved": 6000})
    make_type("fast", limits={"acknowledged": 60, "resolved": 600})
    received = ago(hours=2)
    body = {"request_type": "slow", "description": "x", "received_at": received}
    pk = api(support).post("intake/", body | {"customer": customer.pk}).json()["id"]
    requests.reclassify(pk, actor=Actor(support), request_type="fast")
    obj = ServiceRequest.objects.get(pk=pk)
    assert obj.resolve_by == parse_datetime(received) + dt.timedelta(hours=10)  # type: ignore[operator]


def test_it_lists_every_error_beside_a_missing_customer(api: Any, support: User) -> None:
    report = CONNECTION | {"received_at": ago(days=8), "details": {"no_such_field": 1}}
    assert set(field_errors(api(support).post("intake/", report))) == {
        ("customer", "required"),
        ("received_at", "too_long_ago"),
        ("details.no_such_field", "extra_forbidden"),
    }


def test_without_a_time_it_was_received_now(api: Any, support: User, customer: User) -> None:
    shown = api(support).post("intake/", CONNECTION | {"customer": customer.pk}).json()
    assert (shown["received_at"], shown["contact"]) == (shown["created_at"], None)


def test_a_clock_that_is_a_little_ahead_is_now(api: Any, support: User, customer: User) -> None:
    body = CONNECTION | {"customer": customer.pk, "received_at": ago(minutes=-4)}
    shown = api(support).post("intake/", body).json()
    assert shown["received_at"] == shown["created_at"]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"minutes": -6}, "in_the_future"),
        ({"days": 7, "minutes": 1}, "too_long_ago"),
        ("yesterday", "invalid_time"),
    ],
    ids=["future", "old", "text"],
)
def test_a_time_has_to_be_possible_but_never_rejects_an_emergency(
    when: str | dict[str, float], code: str, api: Any, support: User, customer: User
) -> None:
    received = when if isinstance(when, str) else ago(**when)
    about = {"customer": customer.pk, "received_at": received}
    client = api(support)
    assert field_errors(client.post("intake/", CONNECTION | about)) == [("received_at", code)]
    shown = client.post("intake/", LEAK | about)
    assert shown.status_code == 201
    assert [(one["field"], one["code"]) for one in shown.json()["warnings"]] == [
        ("received_at", code)
    ]
    assert shown.json()["received_at"] == shown.json()["created_at"]
    assert RequestUpdate.objects.get(id=shown.json()["id"]).notes == f"received_at: {received}"


def test_a_contact_is_one_of_six(api: Any, support: User, customer: User) -> None:
    about = {"customer": customer.pk, "contact": "pigeon"}
    client = api(support)
    assert field_errors(client.post("intake/", CONNECTION | about)) == [("contact", "enum")]
    response = client.post("intake/", LEAK | about)
    assert (response.status_code, response.json()["contact"]) == (201, None)
    assert [one["field"] for one in response.json()["warnings"]] == ["contact"]


@pytest.mark.parametrize("name", ["received_at", "contact"])
@pytest.mark.parametrize("value", [5, 1.5, True, ["phone"], {"a": 1}])
def test_no_value_has_another_json_type(
    name: str, value: Any, api: Any, support: User, customer: User
) -> None:
    response = api(support).post("intake/", LEAK | {"customer": customer.pk, name: value})
    assert response.status_code == 422
    assert [field for field, _code in field_errors(response)] == [name]


def test_it_is_for_exactly_one_person(
    api: Any, support: User, customer: User, colleague: User, pending: User
) -> None:
    caller = {"name": "Anshu", "phone_number": "+917890123456"}
    client = api(support)
    for body in (CONNECTION, LEAK):
        for about, error in (
            ({}, ("customer", "required")),
            ({"customer": None}, ("customer", "required")),
            ({"customer": customer.pk, "caller": caller}, ("caller", "not_both")),
            ({"customer": colleague.pk}, ("customer", "not_a_customer")),
            ({"customer": pending.pk}, ("customer", "not_a_customer")),
            ({"customer": 2**60}, ("customer", "not_a_customer")),
        ):
            assert field_errors(client.post("intake/", body | about)) == [error], about
    User.objects.filter(pk=customer.pk).update(is_active=False)
    response = client.post("intake/", LEAK | {"customer": customer.pk})
    assert field_errors(response) == [("customer", "not_a_customer")]
    assert not ServiceRequest.objects.exists()


def test_it_names_everything_that_is_wrong_at_once(api: Any, support: User) -> None:
    body = {"request_type": "pizza", "caller": {"name": "x"}, "status": "resolved", "customer": "1"}
    assert field_errors(api(support).post("intake/", body)) == [
        ("customer", "int_type"),
        ("caller.phone_number", "missing"),
        ("description", "missing"),
        ("status", "extra_forbidden"),
        ("request_type", "unknown_type"),
    ]


def test_it_takes_files_in_a_form(
    api: Any, support: User, customer: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("letter.pdf", PDF, "application/pdf")
    parts = CONNECTION | {"customer": str(customer.pk), "contact": "letter", "attachments": file}
    response = api(support).send("intake/", **parts)
    assert response.status_code == 201, response.content
    attachment = Attachment.objects.get(service_request=response.json()["id"])
    assert (attachment.filename, attachment.uploaded_by) == ("letter.pdf", support)


def test_a_repeated_call_creates_one_request(api: Any, support: User, customer: User) -> None:
    body = CONNECTION | {"customer": customer.pk, "received_at": ago(hours=1)}
    client = api(support)
    first, second = (client.post("intake/", body, Idempotency_Key="call-1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()
    assert ServiceRequest.objects.count() == 1


def test_it_needs_the_permission(api: Any, support: User, customer: User) -> None:
    support.groups.clear()
    response = api(support).post("intake/", CONNECTION | {"customer": customer.pk})
    assert (response.status_code, response.json()) == (
        403,
        {
            "type": TYPE + "permission-required",
            "title": "Permission required",
            "status": 403,
            "detail": "You need permission to file requests for customers.",
        },
    )
    own = api(customer).post("intake/", CONNECTION | {"customer": customer.pk})
    assert (own.status_code, own.json()) == (403, not_allowed("Only support can do this."))


# --- Callers without an account
# --------------------------------------------------------------------------------------------------
CALLER = {"name": "Asha Rao", "phone_number": "+919876543210"}
PLACE = {"address": "12 Green Valley, Pune"}


@pytest.mark.parametrize(
    ("caller", "warned"),
    [
        (CALLER | {"zz": 1}, "caller.zz"),
        (CALLER | {"name": 5}, ""),
        ({"name": 5, "phone_number": ["x"]}, "caller.phone_number"),
        (CALLER | {"name": "Asha\0Rao"}, "caller.name"),
    ],
)
def test_nothing_about_a_caller_refuses_an_emergency(
    api: Any, support: User, caller: dict[str, Any], warned: str
) -> None:
    response = api(support).post("intake/", LEAK | PLACE | {"caller": caller})
    assert response.status_code == 201, response.json()
    warnings = [warning["field"] for warning in response.json().get("warnings", [])]
    assert warnings == ([warned] if warned else [])
    assert api(support).post("intake/", CONNECTION | PLACE | {"caller": caller}).status_code == 422


def test_a_caller_becomes_an_unclaimed_customer(api: Any, support: User) -> None:
    caller = CALLER | {"email": "asha@example.com"}
    response = api(support).post("intake/", CONNECTION | PLACE | {"caller": caller})
    assert response.status_code == 201, response.content
    obj = ServiceRequest.objects.select_related("customer").get(pk=response.json()["id"])
    assert response.json()["customer"] == obj.customer_id
    assert "tracking_token" not in response.json()
    assert (str(obj.customer), obj.customer.is_unclaimed, obj.contact_email) == (
        "Asha Rao",
        True,
        "asha@example.com",
    )
    again = api(support).post("intake/", CONNECTION | PLACE | {"customer": obj.customer_id})
    assert again.status_code == 201


@pytest.mark.parametrize(
    ("caller", "field"),
    [
        ({"name": "", "phone_number": "+919876543210"}, "caller.name"),
        ({"name": "Asha", "phone_number": ""}, "caller.phone_number"),
        ({"name": "Asha", "phone_number": "call me"}, "caller.phone_number"),
        ({"name": "Asha"}, "caller.phone_number"),
        (CALLER | {"email": "none"}, "caller.email"),
        (CALLER | {"age": 5}, "caller.age"),
    ],
)
def test_a_caller_needs_a_name_and_a_number(
    api: Any, support: User, caller: Any, field: str
) -> None:
    response = api(support).post("intake/", CONNECTION | PLACE | {"caller": caller})
    assert response.status_code == 422, response.content
    assert [field_error["field"] for field_error in response.json()["errors"]] == [field]
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("caller", "warned"),
    [
        ({"name": "", "phone_number": ""}, []),
        ({}, []),
        ({"name": "Asha", "phone_number": "call me"}, ["caller.phone_number"]),
        (CALLER | {"email": "none"}, ["caller.email"]),
    ],
)
def test_a_caller_with_an_emergency_needs_neither(
    api: Any, support: User, caller: Any, warned: list[str]
) -> None:
    response = api(support).post("intake/", LEAK | PLACE | {"caller": caller})
    assert response.status_code == 201, response.content
    assert [row["field"] for row in response.json().get("warnings", ())] == warned


def test_an_unknown_customer_and_an_incomplete_caller_are_errors(api: Any, support: User) -> None:
    body = CONNECTION | {"customer": 999_999, "caller": {}}
    response = api(support).post("intake/", body)
    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} >= {"caller.name"}


def test_the_account_of_a_caller_names_the_machine_account_that_made_it(db: None) -> None:
    machine = make_machine("intake:create")
    response = machine.post("intake/", CONNECTION | PLACE | {"caller": CALLER})
    assert response.status_code == 201, response.content
    row = User.history.get(id=response.json()["customer"])
    assert (row.machine_account, row.history_user) == (machine.account, None)
