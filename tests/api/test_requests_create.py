import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from gasutil.access import Actor
from gasutil.api.framework import idempotency
from gasutil.models import IdempotencyKey, RequestType, RequestUpdate, ServiceRequest, User
from gasutil_verify.proofs import verify_proof
from tests.support.api import Api
from tests.support.bodies import CONNECTION, LEAK
from tests.support.problems import TYPE, field_errors, invalid, not_allowed
from tests.support.proof import log_key, publish

KEY = "5e7a9f9e-0a35-4b0c-8a92-0e0f6a2d2c11"


@pytest.mark.parametrize(
    ("given", "priority"), [(LEAK, "emergency"), (CONNECTION, "normal")], ids=["leak", "connection"]
)
def test_it_accepts_the_examples_of_the_contract(
    given: dict[str, str], priority: str, api: Any, customer: User
) -> None:
    answer = api(customer).post("requests/", given)
    body = answer.json()
    assert answer.status_code == 201
    assert body.items() >= given.items()
    assert (
        body["status"],
        body["priority"],
        body["customer"],
        body["version"],
        body["details"],
    ) == (
        "pending",
        priority,
        customer.pk,
        1,
        {},
    )
    assert (answer.headers["Location"], answer.headers["ETag"]) == (
        f"/api/v1/requests/{body['id']}/",
        '"1"',
    )


def test_it_says_where_its_proof_is(api: Any, customer: User) -> None:
    answers = [api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY) for _ in range(2)]
    pk = answers[0].json()["id"]
    link = f'</api/v1/requests/{pk}/proof/>; rel="https://c2sp.org/tlog-proof"'
    assert [answer.headers["Link"] for answer in answers] == [link, link]
    publish()
    proof = verify_proof(api(customer).get(f"requests/{pk}/proof/").content, log_key())
    assert proof.rows[0].values["description"] == CONNECTION["description"]


def test_it_can_be_read_at_the_location_header(api: Any, customer: User) -> None:
    answer = api(customer).post("requests/", CONNECTION)
    shown = api(customer).get(answer.headers["Location"].removeprefix("/api/v1/"))
    assert shown.json().items() >= answer.json().items()


def test_it_shows_the_safety_text_to_the_reporter_at_once(api: Any, customer: User) -> None:
    text = RequestType.objects.get(code="gas_leak_inspection").safety_instructions
    assert text
    assert api(customer).post("requests/", LEAK).json()["safety_instructions"] == text


def test_it_takes_the_address_of_the_profile_where_none_is_given(api: Any, customer: User) -> None:
    assert (
        api(customer)
        .post("requests/", {"request_type": "new_connection", "description": "x"})
        .json()["address"]
        == "1 customer Street"
    )


def test_it_keeps_text_as_people_type_it_without_blank_ends(api: Any, customer: User) -> None:
    body = (
        api(customer)
        .post("requests/", CONNECTION | {"description": "  नया कनेक्शन 🔥\r\nplease \r"})
        .json()
    )
    assert body["description"] == "नया कनेक्शन 🔥\nplease"


def test_it_rejects_support(api: Any, support: User, pending: User) -> None:
    for user in (support, pending):
        answer = api(user).post("requests/", LEAK)
        assert (answer.status_code, answer.json()) == (
            403,
            not_allowed("Only a customer can do this."),
        )


def test_it_reports_all_errors_at_once(api: Any, customer: User) -> None:
    answer = api(customer).post(
        "requests/",
        {
            "request_type": "no_such_type",
            "address": "a" * 501,
            "details": {},
            "priority": "emergency",
        },
    )
    assert answer.status_code == 422
    assert answer.json() == invalid(
        ("description", "missing", "This field is required."),
        ("address", "string_too_long", "Enter at most 500 characters.", {"max": 500}),
        ("priority", "extra_forbidden", "There is no field with this name."),
        ("request_type", "unknown_type", "No such request type. `GET request-types/` lists them."),
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"description": ""}, [("description", "string_too_short")]),
        ({"description": " \n "}, [("description", "string_too_short")]),
        ({"description": "a" * 4001}, [("description", "string_too_long")]),
        ({"description": "a\x00b"}, [("description", "null_characters_not_allowed")]),
        ({"description": None}, [("description", "string_type")]),
        ({"description": 7}, [("description", "string_type")]),
        ({"address": "a" * 501}, [("address", "string_too_long")]),
        ({"address": "a\x00b"}, [("address", "null_characters_not_allowed")]),
        ({"request_type": "NEW_CONNECTION"}, [("request_type", "unknown_type")]),
        ({"customer": 1}, [("customer", "extra_forbidden")]),
        ({"status": "resolved"}, [("status", "extra_forbidden")]),
        ({"reference": "SR-222-222-222"}, [("reference", "extra_forbidden")]),
        ({"details": {"no_such_field": 1}}, [("details.no_such_field", "extra_forbidden")]),
    ],
)
def test_it_names_what_is_wrong(
    changed: dict[str, Any], expected: list[tuple[str, str]], api: Any, customer: User
) -> None:
    assert field_errors(api(customer).post("requests/", CONNECTION | changed)) == expected
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("details", [[], "x", 7])
def test_details_have_to_be_an_object(details: Any, api: Any, customer: User) -> None:
    assert {
        field
        for field, _ in field_errors(
            api(customer).post("requests/", CONNECTION | {"details": details})
        )
    } == {"details"}


def test_an_answer_to_no_question_is_an_unknown_field(api: Any, customer: User) -> None:
    answer = api(customer).post("requests/", CONNECTION | {"details": {"no_such_field": 1}})
    [error] = answer.json()["errors"]
    assert (error["field"], error["message"]) == (
        "details.no_such_field",
        "There is no field with this name.",
    )


def test_it_takes_what_is_as_long_as_allowed(api: Any, customer: User) -> None:
    assert (
        api(customer)
        .post("requests/", CONNECTION | {"description": "a" * 4000, "address": "b" * 500})
        .status_code
        == 201
    )


def test_it_takes_no_request_of_an_inactive_type(
    api: Any, customer: User, connection: ServiceRequest
) -> None:
    RequestType.objects.filter(code="new_connection").update(is_active=False)
    assert field_errors(api(customer).post("requests/", CONNECTION)) == [
        ("request_type", "unknown_type")
    ]
    assert (
        api(customer).get(f"requests/{connection.pk}/").json()["request_type"] == "new_connection"
    )


def test_it_asks_for_an_address_where_the_profile_has_none(api: Any, customer: User) -> None:
    User.objects.update(address="")
    answer = api(customer).post("requests/", {"request_type": "new_connection", "description": "x"})
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("address", "required", "Enter an address or coordinates.")),
    )


# --- Idempotency-Key
# ----------------------------------------------------------------------------------------------
def test_a_retry_gets_the_first_response(api: Any, customer: User) -> None:
    first, retry = (
        api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY) for _ in range(2)
    )
    assert (
        (retry.status_code, retry.content)
        == (first.status_code, first.content)
        == (201, first.content)
    )
    assert [retry.headers[name] for name in ("Location", "ETag")] == [
        first.headers[name] for name in ("Location", "ETag")
    ]
    assert (first.headers.get("Idempotency-Replayed"), retry.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert (ServiceRequest.objects.count(), RequestUpdate.objects.count()) == (1, 1)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_retry_has_the_status_of_the_first_response(status: int, customer: User) -> None:
    def perform(keep: Callable[[HttpResponse], None]) -> HttpResponse:
        keep(response := HttpResponse(b"{}", status=status))
        return response

    stored = idempotency.StoredCall(
        Actor(customer), KEY, method="POST", path="/api/v1/requests/", body={}
    )
    first, retry = (idempotency.once(stored, perform, stores_itself=True) for _ in range(2))
    assert (first.status_code, retry.status_code, retry.headers["Idempotency-Replayed"]) == (
        status,
        status,
        "true",
    )


def test_the_same_body_in_another_form_is_the_same(api: Any, customer: User) -> None:
    first = api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY)
    retry = api(customer).post("requests/", dict(reversed(CONNECTION.items())), Idempotency_Key=KEY)
    assert (retry.status_code, retry.json()) == (201, first.json())


def test_it_rejects_another_body_with_the_same_key(api: Any, customer: User) -> None:
    api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY)
    answer = api(customer).post(
        "requests/", CONNECTION | {"description": "Another"}, Idempotency_Key=KEY
    )
    assert answer.status_code == 409
    assert answer.json() == {
        "type": TYPE + "idempotency-conflict",
        "title": "Idempotency key reused",
        "status": 409,
        "detail": "This Idempotency-Key was already used with a different body.",
    }
    assert ServiceRequest.objects.count() == 1


def test_it_keeps_the_keys_of_different_customers_apart(
    api: Any, customer: User, neighbour: User
) -> None:
    answers = [
        api(user).post("requests/", CONNECTION, Idempotency_Key=KEY)
        for user in (customer, neighbour)
    ]
    assert [answer.json()["customer"] for answer in answers] == [customer.pk, neighbour.pk]


def test_no_error_is_stored_for_retries(api: Any, customer: User) -> None:
    RequestType.objects.filter(code="new_connection").update(is_active=False)
    assert api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY).status_code == 422
    RequestType.objects.filter(code="new_connection").update(is_active=True)
    assert api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY).status_code == 201


def test_it_forgets_a_key_after_a_day(api: Any, customer: User) -> None:
    api(customer).post("requests/", CONNECTION, Idempotency_Key=KEY)
    IdempotencyKey.objects.update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    answer = api(customer).post(
        "requests/", CONNECTION | {"description": "Another"}, Idempotency_Key=KEY
    )
    assert (answer.status_code, ServiceRequest.objects.count()) == (201, 2)


def test_it_files_a_second_request_without_a_key(api: Any, customer: User) -> None:
    for _ in range(2):
        api(customer).post("requests/", CONNECTION)
    assert ServiceRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "status"), [("a" * 255, 201), ("a" * 256, 422), ("ключ", 201), ("a\x00b", 422)]
)
def test_any_key_that_can_be_stored_is_accepted(
    key: str, status: int, api: Any, customer: User
) -> None:
    assert api(customer).post("requests/", CONNECTION, Idempotency_Key=key).status_code == status


def test_it_rejects_a_call_without_a_token(anyone: Api, db: None) -> None:
    assert anyone.post("requests/", LEAK).status_code == 401


def test_null_for_an_optional_field_means_absent(api: Any, customer: User) -> None:
    answer = api(customer).post("requests/", CONNECTION | {"address": None, "details": None})
    assert (answer.status_code, answer.json()["address"], answer.json()["details"]) == (
        201,
        customer.address,
        {},
    )


def test_a_line_break_counts_once_however_it_is_written(api: Any, customer: User) -> None:
    answer = api(customer).post(
        "requests/", CONNECTION | {"description": "a" + "\r\n" * 3998 + "b"}
    )
    assert (answer.status_code, answer.json()["description"]) == (201, "a" + "\n" * 3998 + "b")
    assert field_errors(
        api(customer).post("requests/", CONNECTION | {"description": "a" + "\r\n" * 3999 + "b"})
    ) == [("description", "string_too_long")]
