"""The language of the API: of its problems, its validation errors and the catalogue."""

import json
from typing import Any

import pytest
from django.utils import translation

from gasutil import errors
from gasutil.access import SYSTEM
from gasutil.api.framework.errors import HTTP_TEXTS, of_error, of_status
from gasutil.models import RequestType, RequestUpdate, ServiceRequest, User
from gasutil.workflow.type_translations import store_translations
from tests.support.api import Api

HINDI = {"Accept_Language": "hi-IN,hi;q=0.9,en;q=0.8"}
LEAK = {
    "request_type": "gas_leak_inspection",
    "description": "Smell of gas",
    "address": "1, MG Road",
}


def kinds() -> list[type[errors.DeskError]]:
    found, waiting = [], [errors.DeskError]
    while waiting:
        more = waiting.pop().__subclasses__()
        found += more
        waiting += more
    return found


def made(kind: type[errors.DeskError]) -> errors.DeskError:
    """Return an error of a class, with a message that has been translated before."""
    error = kind.__new__(kind)
    error.message, error.errors, error.allowed_statuses = "", [], []  # type: ignore[attr-defined]
    error.retry_after, error.safety_instructions = 2, ""  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_each_problem_has_a_title_in_each_language(kind: type[errors.DeskError]) -> None:
    def body(language: str) -> Any:
        with translation.override(language):
            return translated(of_error(made(kind)))

    english, hindi = body("en"), body("hi")
    assert english["type"] == hindi["type"]
    assert english["title"] != hindi["title"]


@pytest.mark.parametrize("status", sorted(HTTP_TEXTS))
def test_each_status_has_a_title_and_a_detail_in_each_language(status: int) -> None:
    def body(language: str) -> Any:
        with translation.override(language):
            return translated(of_status(status))

    english, hindi = body("en"), body("hi")
    assert english["type"] == hindi["type"]
    assert english["title"] != hindi["title"]
    assert english["detail"] != hindi["detail"]


def translated(response: Any) -> Any:
    return json.loads(response.content)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "requests/", {"request_type": "", "description": "a" * 4001, "nonsense": 1}),
        ("POST", "register/", {"username": "", "password": "1", "email": "x", "user_type": "x"}),
        ("PATCH", "profile/", {"language": "xx", "phone_number": "x"}),
        ("GET", "requests/?status=x&page_size=0&nonsense=1&created_after=x&cursor=x", None),
        (
            "POST",
            "requests/",
            LEAK
            | {
                "request_type": "no_supply",
                "details": {"since": "x", "valve": "x", "is_prepaid": "x", "credit_left": "x"},
            },
        ),
        ("POST", "requests/1/comments/", None),
        ("POST", "intake/", {}),
        ("GET", "nothing/", None),
        ("DELETE", "requests/", None),
    ],
)
def test_errors_are_in_the_language_of_the_client(
    method: str, path: str, body: Any, api: Any, customer: User
) -> None:
    call = api(customer)
    english, hindi = call(method, path, body), call(method, path, body, **HINDI)
    assert english.status_code == hindi.status_code >= 400
    assert (english["Content-Language"], hindi["Content-Language"]) == ("en", "hi")
    assert "Accept-Language" in hindi["Vary"]
    one, other = english.json(), hindi.json()
    assert one["type"] == other["type"]
    assert one["title"] != other["title"]
    assert one["detail"] != other["detail"]
    for error, same in zip(one.get("errors", []), other.get("errors", []), strict=True):
        assert (error["field"], error["code"]) == (same["field"], same["code"])
        assert error["params"] == same["params"]
        assert error["message"] != same["message"], error


def test_the_language_of_the_profile_applies_where_the_client_names_none(
    api: Any, customer: User
) -> None:
    User.objects.filter(pk=customer.pk).update(language="hi")
    call = api(customer)
    assert call.get("requests/0/")["Content-Language"] == "hi"
    assert call.get("requests/0/", Accept_Language="en")["Content-Language"] == "en"
    assert call.get("request-types/")["Content-Language"] == "hi"
    english = api(None).get("nothing/")
    for response in (call.get("nothing/"), call("DELETE", "requests/")):
        assert response["Content-Language"] == "hi"
        assert response.json()["detail"] != english.json()["detail"]
    assert english["Content-Language"] == "en"


HEADERS = [
    *("", "*", "xx", "hi;q=0", "hi;q=x", ";;;,,,", "-", "hi_", "\t"),
    "हिन्दी".encode().decode("latin-1"),
    "a," * 5000,
    "x" * 8000,
    "fr-FR, fr;q=0.9, *;q=0.5",
]


@pytest.mark.parametrize("header", HEADERS)
def test_any_header_is_harmless(header: str, api: Any, db: None) -> None:
    response = api(None).get("request-types/nothing/", Accept_Language=header)
    assert (response.status_code, response["Content-Language"]) == (404, "en")


def test_a_call_leaves_no_language_behind(api: Any, db: None) -> None:
    api(None).get("request-types/", **HINDI)
    assert translation.get_language() == "en"
    assert api(None).get("request-types/nothing/").json()["title"] == "Not found"


def test_a_bound_has_its_params(api: Any, customer: User) -> None:
    response = api(customer).post("requests/", LEAK | {"request_type": "x", "description": ""})
    long = api(customer).post(
        "requests/", {"request_type": "billing_dispute", "description": "a" * 4001}
    )
    assert long.json()["errors"][0]["params"] == {"max": 4000}
    assert response.json()["errors"][0]["params"] == {"min": 1}
    page = api(customer).get("requests/?page_size=101").json()["errors"][0]
    assert page["params"] == {"max": 100}


def test_the_document_has_one_language(api: Any, db: None) -> None:
    english = api(None).get("openapi.json")
    hindi = api(None).get("openapi.json", **HINDI)
    assert english.content == hindi.content
    assert english["ETag"] == hindi["ETag"]


# --- The catalogue


def test_the_catalogue_is_in_the_language_of_the_client(api: Any, db: None) -> None:
    response = api(None).get("request-types/gas_leak_inspection/", **HINDI)
    shown, schema = response.json(), response.json()["schema"]
    assert shown["name"] == "गैस रिसाव या गैस की गंध"
    assert shown["milestones"][0] == {
        "name": "acknowledged",
        "label": "पावती दी गई",
        "minutes": 5,
        "in_business_hours": False,
    }
    assert "1906" in shown["safety_instructions"]
    assert shown["safety_instructions"].startswith("नमूना पाठ")
    location = schema["properties"]["location"]
    assert location["title"] == "गंध कहाँ आ रही है?"
    assert location["oneOf"][0] == {"const": "inside", "title": "इमारत के अंदर"}


def test_every_text_of_the_deerror_types_is_in_hindi(api: Any, db: None) -> None:
    for english, hindi in zip(
        api(None).get("request-types/?page_size=100").json()["results"],
        api(None).get("request-types/?page_size=100", **HINDI).json()["results"],
        strict=True,
    ):
        assert english["code"] == hindi["code"]
        for name in ("name", "description", "safety_instructions"):
            assert not english[name] or english[name] != hindi[name]
        for name, field in english["schema"]["properties"].items():
            assert field["title"] != hindi["schema"]["properties"][name]["title"]


def test_a_catalogue_in_another_language_is_another_one_for_caches(api: Any, db: None) -> None:
    english, hindi = (api(None).get("request-types/", **about) for about in ({}, HINDI))
    tag, other = english["ETag"], hindi["ETag"]
    assert tag != other
    assert "Accept-Language" in english["Vary"]
    assert api(None).get("request-types/", If_None_Match=tag).status_code == 304
    assert api(None).get("request-types/", If_None_Match=tag, **HINDI).status_code == 200
    assert api(None).get("request-types/", If_None_Match=other, **HINDI).status_code == 304


def test_a_text_without_a_translation_is_shown_as_it_is(api: Any, db: None) -> None:
    request_type = RequestType.objects.get(code="no_supply")
    store_translations(request_type.pk, "hi", {"name": ""}, actor=SYSTEM)
    shown = api(None).get("request-types/no_supply/", **HINDI).json()
    assert shown["name"] == "No gas supply"
    assert shown["description"] == "किसी भी उपकरण में गैस नहीं आ रही है।"
    request_type.refresh_from_db()
    assert request_type.version == shown["schema_version"] == 1


# --- Requests


def test_a_request_has_the_safety_text_in_the_language_of_the_client(
    api: Any, customer: User
) -> None:
    response = api(customer).post("requests/", LEAK, **HINDI)
    assert response.json()["safety_instructions"].startswith("नमूना पाठ")
    obj = ServiceRequest.objects.get()
    assert obj.safety_language == "hi"
    path = f"requests/{obj.pk}/"
    assert api(customer).get(path).json()["safety_instructions"].startswith("SAMPLE")
    assert api(customer).get(path, **HINDI).json()["safety_instructions"].startswith("नमूना")


def test_a_request_keeps_its_text_when_the_type_changes(api: Any, customer: User) -> None:
    api(customer).post("requests/", LEAK)
    request_type = RequestType.objects.get(code="gas_leak_inspection")
    store_translations(request_type.pk, "hi", {"safety_instructions": "नया"}, actor=SYSTEM)
    obj = ServiceRequest.objects.get()
    shown = api(customer).get(f"requests/{obj.pk}/", **HINDI).json()["safety_instructions"]
    assert shown.startswith("नमूना")
    assert obj.safety_language == "en"


def test_a_report_without_an_account_speaks_the_language_of_the_client(api: Any, db: None) -> None:
    body = {"address": "1, MG Road", "phone_number": "x", "details": {"location": "x"}}
    response = Api()("POST", "emergencies/", body, **HINDI)
    shown = response.json()
    assert shown["safety_instructions"].startswith("नमूना")
    assert User.objects.get(pk=shown["customer"]).language == "hi"
    by_field = {warning["field"]: warning for warning in shown["warnings"]}
    assert by_field["details.location"]["params"] == {
        "values": ["inside", "outside", "both", "unsure"]
    }


def test_notes_of_the_system_are_stored_in_one_language(
    api: Any, customer: User, connection: ServiceRequest
) -> None:
    api(customer).post("requests/", LEAK, **HINDI)
    leak = ServiceRequest.objects.get(request_type="gas_leak_inspection")
    api(customer).post(f"requests/{leak.pk}/cancel/", {"notes": "x"}, **HINDI)
    api(customer).post(f"requests/{leak.pk}/reopen/", {}, **HINDI)
    notes = RequestUpdate.objects.filter(id=leak.pk).values_list("notes", flat=True)
    assert "The customer tried to reopen this request." in notes
