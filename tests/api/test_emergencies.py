"""Anyone can report an emergency, without an account and with invalid further fields."""

import uuid
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.api import bodies
from gasutil.models import (
    AuthorKind,
    IdempotencyKey,
    ReportKey,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.workflow import passwords, requests
from tests.support.api import Api
from tests.support.notices import mail_of
from tests.support.problems import TYPE

REPORT = {
    "description": "Strong smell in the stairwell",
    "address": "12 Green Valley, Pune",
    "phone_number": "+919876543210",
    "name": "Asha Rao Kulkarni",
    "email": "asha@example.com",
    "language": "hi",
}


def report(body: Any = REPORT, **headers: str) -> Any:
    return Api().post("emergencies/", body, **headers)


def reported(body: Any = REPORT) -> tuple[dict[str, Any], ServiceRequest]:
    response = report(body)
    assert response.status_code == 201, response.content
    shown = response.json()
    return shown, ServiceRequest.objects.select_related("customer").get(pk=shown["id"])


def codes(shown: Any) -> list[tuple[str, str]]:
    return [(warning["field"], warning["code"]) for warning in shown.get("warnings", ())]


def test_it_works(db: None) -> None:
    response = report()
    shown = response.json()
    obj = ServiceRequest.objects.get(pk=shown["id"])
    assert (response.status_code, response.headers["Location"]) == (
        201,
        f"/api/v1/requests/{obj.pk}/",
    )
    assert response.headers["Link"].startswith(f"</api/v1/requests/{obj.pk}/proof/>")
    assert (shown["request_type"], shown["is_emergency"], shown["is_unverified"]) == (
        "gas_leak_inspection",
        True,
        False,
    )
    assert shown["safety_instructions"]
    assert shown["tracking_token"].startswith("gst_")
    assert "warnings" not in shown
    person = obj.customer
    assert (person.first_name, person.last_name, person.phone_number) == (
        "Asha",
        "Rao Kulkarni",
        "+919876543210",
    )
    assert (person.language, person.email, obj.contact_email) == ("hi", "", "asha@example.com")
    row = RequestUpdate.objects.get(id=obj.pk)
    assert (row.event, row.history_user) == ("request.created", person)


def test_only_a_place_is_required(db: None) -> None:
    shown, _obj = reported({"address": "Corner of MG Road"})
    assert (shown["address"], shown["description"]) == ("Corner of MG Road", "")
    shown, obj = reported({"latitude": 12.93524321, "longitude": 77.6245})
    assert (shown["latitude"], shown["longitude"]) == (12.93524321, 77.6245)
    assert shown["address"] == "12.93524, 77.62450"
    assert str(obj.customer) == "Unknown caller"
    response = report({"description": "Gas!"})
    assert response.status_code == 422
    assert [
        (field_error["field"], field_error["code"]) for field_error in response.json()["errors"]
    ] == [("address", "required")]


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"phone_number": "call my mother"}, "phone_number", "call my mother"),
        ({"email": "no address"}, "email", "no address"),
        ({"language": "tlh"}, "language", "tlh"),
        ({"name": "https://example.com"}, "name", "https://example.com"),
        ({"name": "x" * 400}, "name", "x" * 400),
        ({"details": {"no_such_question": "yes"}}, "details.no_such_question", "yes"),
        ({"latitude": 91.5, "longitude": 3.25}, "latitude", "91.5"),
        ({"latitude": 3.5}, "longitude", "latitude 3.5"),
        ({"request_type": "no_such_type"}, "request_type", "no_such_type"),
        ({"description": "x" * 5000}, "description", "x" * 1000),
        ({"address": "y" * 600}, "address", "y" * 100),
        ({"name": "Asha\0"}, "name", "Asha\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_wrong_value_does_not_stop_it(db: None, wrong: Any, field: str, text: str) -> None:
    shown, obj = reported(REPORT | wrong)
    note = RequestUpdate.objects.get(id=obj.pk).notes
    assert text in note
    assert [name for name, _code in codes(shown)] == [field]


def test_an_unknown_field_and_a_wrong_type_are_errors(db: None) -> None:
    wrong = {"description": 5, "details": [], "latitude": "north", "colour": "red"}
    response = report(REPORT | wrong)
    assert response.status_code == 422
    assert sorted(field_error["field"] for field_error in response.json()["errors"]) == sorted(
        wrong
    )
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("name", bodies.REPORT.fields.replace("?", "").split())
def test_no_field_may_have_another_json_type(name: str, db: None) -> None:
    is_number = name in ("latitude", "longitude")
    others: list[Any] = [True, ["1"], "1" if is_number else 5]
    if name != "details":
        others.append({"a": 1})
    for value in others:
        response = report(REPORT | {name: value})
        assert response.status_code == 422, value
        assert [error["field"] for error in response.json()["errors"]] == [name], value


def test_another_type_is_for_customers(db: None) -> None:
    response = report(REPORT | {"request_type": "billing_dispute"})
    assert response.json()["errors"][0]["code"] == "not_an_emergency"


def test_damaged_text_does_not_stop_it(db: None) -> None:
    response = report(b'\xef\xbb\xbf{"address": "1 High Street \xff", "description": "\\ud83d"}')
    assert response.status_code == 201, response.content


def test_another_emergency_type_can_be_named(db: None) -> None:
    assert reported(REPORT | {"request_type": "third_party_damage"})[0]["request_type"] == (
        "third_party_damage"
    )
    RequestType.objects.filter(code="gas_leak_inspection").update(is_active=False)
    assert reported()[0]["request_type"] == "third_party_damage"


# --- The reporter
# --------------------------------------------------------------------------------------------------
def test_no_login_opens_the_account(db: None, rf: Any) -> None:
    _shown, obj = reported()
    person = obj.customer
    assert not person.has_usable_password()
    person.set_password("Blue-Flame-2026")
    person.save()
    assert authenticate(rf.get("/"), username=person.username, password="Blue-Flame-2026") is None
    passwords.request_reset(email="asha@example.com")
    assert not mail.outbox


def test_a_report_is_never_attached_to_an_account(customer: User) -> None:
    _shown, obj = reported(REPORT | {"email": customer.email, "phone_number": "+917890123456"})
    assert obj.customer != customer
    assert Api(customer).get("requests/").json()["results"] == []
    assert Api(customer).get(f"requests/{obj.pk}/").status_code == 404


def test_support_sees_the_reporter_as_a_customer(support: User) -> None:
    shown, obj = reported()
    row = Api(support).get(f"customers/{obj.customer_id}/").json()
    assert (row["name"], row["phone_number"]) == ("Asha Rao Kulkarni", "+919876543210")
    update = Api(support).get(f"requests/{shown['id']}/").json()["updates"][0]
    assert (update["author_kind"], update["author_name"]) == (
        AuthorKind.CUSTOMER,
        "Asha Rao Kulkarni",
    )


def test_mails_go_to_the_address_of_the_request(support: User, mailoutbox: Any) -> None:
    _shown, obj = reported(REPORT | {"language": "en"})
    message = mail_of(obj, mailoutbox)
    assert message.to == ["asha@example.com"]
    assert "unclaimed-" not in message.body


# --- Keys
# --------------------------------------------------------------------------------------------------
def test_a_retry_returns_the_first_response(db: None) -> None:
    key = str(uuid.uuid4())
    first, again = (report(Idempotency_Key=key) for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (ServiceRequest.objects.count(), IdempotencyKey.objects.count()) == (1, 0)


def test_a_stored_response_has_no_tracking_token_in_clear(db: None) -> None:
    key = str(uuid.uuid4())
    token = report(Idempotency_Key=key).json()["tracking_token"]
    assert token not in bytes(ReportKey.objects.get().answer).decode()
    ReportKey.objects.update(answer=b"sealed with another key")
    assert report(Idempotency_Key=key).status_code == 201  # never an error


def test_another_body_or_address_is_another_report(db: None) -> None:
    key = str(uuid.uuid4())
    api = Api()
    api.post("emergencies/", REPORT, Idempotency_Key=key)
    api.post("emergencies/", REPORT | {"description": "Now it hisses"}, Idempotency_Key=key)
    elsewhere = Api()
    elsewhere.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    elsewhere.post("emergencies/", REPORT, Idempotency_Key=key)
    assert (ServiceRequest.objects.count(), ReportKey.objects.count()) == (3, 3)


def test_a_key_that_is_no_uuid_is_ignored(db: None) -> None:
    for _ in range(2):
        assert report(Idempotency_Key="1").status_code == 201
    assert (ServiceRequest.objects.count(), ReportKey.objects.count()) == (2, 0)


# --- Many
# --------------------------------------------------------------------------------------------------
def test_beyond_the_limit_it_is_unverified(db: None, settings: Settings) -> None:
    settings.EMERGENCY_LIMIT = 2
    shown = [reported(REPORT | {"phone_number": f"+9198765432{n}0"})[0] for n in range(3)]
    assert [row["is_unverified"] for row in shown] == [False, False, True]


def test_a_phone_number_is_counted_from_any_address(db: None, settings: Settings) -> None:
    settings.EMERGENCY_LIMIT = 2
    shown = []
    for number in range(3):
        api = Api()
        api.client.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        shown.append(api.post("emergencies/", REPORT).json())
    assert [row["is_unverified"] for row in shown] == [False, False, True]


def test_an_address_that_is_named_too_often_gets_no_mails(db: None, settings: Settings) -> None:
    settings.EMAIL_CHANGE_LIMIT = 1
    assert codes(reported()[0]) == []
    shown, obj = reported()
    assert codes(shown) == [("email", "too_many")]
    assert obj.contact_email == ""


# --- requests/ and intake/
# --------------------------------------------------------------------------------------------------
def test_customers_and_support_can_send_coordinates(customer: User, support: User) -> None:
    User.objects.filter(pk=customer.pk).update(address="")
    body = {"request_type": "gas_leak_inspection", "latitude": 18.5204, "longitude": 73.8567}
    by_customer = Api(customer).post("requests/", body)
    by_support = Api(support).post("intake/", body | {"customer": customer.pk})
    for response in (by_customer, by_support):
        assert response.status_code == 201, response.content
        assert (response.json()["latitude"], response.json()["longitude"]) == (18.5204, 73.8567)
    bad = {"request_type": "new_connection", "description": "x", "address": "y", "latitude": 99.5}
    response = Api(customer).post("requests/", bad)
    assert (response.status_code, response.json()["type"]) == (422, TYPE + "invalid")


def test_a_request_by_form_can_have_coordinates(customer: User) -> None:
    response = Api(customer).send(
        "requests/", request_type="gas_leak_inspection", latitude="18.5", longitude="73.8"
    )
    assert response.json()["latitude"] == 18.5


def test_the_engine_does_not_change_an_owner_by_the_way(support: User) -> None:
    _shown, obj = reported()
    requests.comment(obj.pk, actor=Actor(support), notes="On our way")
    assert ServiceRequest.objects.get(pk=obj.pk).customer_id == obj.customer_id
