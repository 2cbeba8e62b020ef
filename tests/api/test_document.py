"""The OpenAPI document, beyond what schemathesis and the generated client hold it to."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from gasutil.access import SYSTEM
from gasutil.models import RequestType, User
from gasutil.workflow import catalogue as types
from tests.support.api import Api

FILES = ["application/octet-stream", "image/jpeg", "image/png", "image/webp", "application/pdf"]


@pytest.fixture
def document(anyone: Api, db: None) -> Any:
    return anyone.get("openapi.json").json()


def test_it_names_each_operation_once(document: Any) -> None:
    names = [
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
    ]
    assert len(names) == len(set(names)) > 20


def test_it_tells_every_error_as_a_problem(document: Any) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                answers = (
                    [["application/problem+json"]]
                    if int(status) >= 400
                    else [["application/json"], ["text/event-stream"], FILES[:2], FILES]
                )
                assert list(response.get("content", {})) in ([], *answers)


def test_it_has_one_enum_for_one_set_of_values(document: Any) -> None:
    parameters = {
        parameter["name"]: parameter["schema"]
        for parameter in document["paths"]["/api/v1/requests/"]["get"]["parameters"]
    }
    assert parameters["status"]["items"] == {"$ref": "#/components/schemas/Status"}
    assert parameters["priority"]["items"] == {"$ref": "#/components/schemas/Priority"}


def test_it_has_no_component_that_nothing_refers_to(document: Any) -> None:
    assert set(document["components"]["schemas"]) == set(
        re.findall(r"#/components/schemas/(\w+)", str(document))
    )


def test_it_shows_an_example_of_every_body_and_of_every_field_that_comes_back(
    document: Any,
) -> None:
    schemas = document["components"]["schemas"]
    bodies = [
        operation["requestBody"]
        for operations in document["paths"].values()
        for operation in operations.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    assert len(bodies) > 12
    for body in bodies:
        name = re.search(r"schemas/(\w+)", str(body))
        assert name
        assert schemas[name[1]]["examples"], name[1]
    for name in ("Attachment", "Profile", "RequestType", "RequestUpdate", "ServiceRequest"):
        for field, schema in schemas[name]["properties"].items():
            assert "$ref" in str(schema) or "examples" in schema, (name, field)


def answers_of(document: Any) -> Iterator[tuple[str, int, Any]]:
    """Find every answer: of which operation, with which status."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                yield operation["operationId"], int(status), answer


def test_it_shows_an_answer_of_every_call_that_its_schema_allows(document: Any) -> None:
    shown = set()
    for name, status, answer in answers_of(document):
        for media in answer.get("content", {}).values() if status < 400 else ():
            if "example" in media:
                schema = media["schema"] | {"components": document["components"]}
                jsonschema_rs.validator_for(schema, validate_formats=True).validate(
                    media["example"]
                )
                assert '"…"' not in json.dumps(media["example"], ensure_ascii=False), name
                shown.add(name)
    silent = {
        name
        for name, status, answer in answers_of(document)
        if status < 300 and answer.get("content")
    } - shown
    assert silent == {"download_attachment", "preview_attachment"}


def test_it_shows_every_error_as_a_problem(document: Any) -> None:
    problem = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    for name, status, answer in answers_of(document):
        if status >= 400:
            shown = [
                example["value"]
                for example in answer["content"]["application/problem+json"]["examples"].values()
            ]
            assert {item["status"] for item in shown} == {status}, name
            for item in shown:
                jsonschema_rs.validator_for(problem).validate(item)


def test_any_call_may_find_the_desk_busy(document: Any) -> None:
    named = {name for name, _, _ in answers_of(document)}
    assert {name for name, status, _ in answers_of(document) if status == 503} == named


def test_it_tells_of_the_headers_that_a_client_has_to_know_of(
    document: Any, api: Any, customer: User
) -> None:
    result = {
        (name, status): set(answer["headers"]) for name, status, answer in answers_of(document)
    }
    assert all("X-Request-Id" in headers for headers in result.values())
    result = {key: headers - {"X-Request-Id"} for key, headers in result.items()}
    errors = {401: {"WWW-Authenticate"}, 429: {"Retry-After"}, 503: {"Retry-After"}}
    assert all(
        headers == errors.get(status, set())
        for (_, status), headers in result.items()
        if status >= 400
    )
    filed = api(customer).post(
        "requests/", {"request_type": "new_connection", "description": "Please"}
    )
    shown = api(customer).get(f"requests/{filed.json()['id']}/")
    assert result["create_request", 201] == {"Location", "ETag"} <= set(filed.headers)
    assert result["get_request", 200] == {"ETag"} <= set(shown.headers)
    profile = api(customer).get("profile/")
    assert result["get_profile", 200] == result["get_profile", 304] == {"ETag"}
    assert {"ETag", "X-Request-Id"} <= set(profile.headers)
    assert result["list_requests", 200] == set()
    assert result["download_attachment", 302] == {"Location"}


@pytest.mark.django_db
def test_its_page_needs_nothing_from_elsewhere(anyone: Api) -> None:
    page = anyone.get("docs").content.decode()
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "http://" not in page
    assert "https://" not in page


def test_it_has_a_submission_for_each_type_told_apart_by_its_code(document: Any) -> None:
    schemas = document["components"]["schemas"]
    submission = schemas["Submission"]
    assert submission["discriminator"]["propertyName"] == "request_type"
    assert len(submission["discriminator"]["mapping"]) == len(submission["oneOf"]) == 13
    assert (
        submission["discriminator"]["mapping"]["gas_leak_inspection"]
        == "#/components/schemas/GasLeakInspectionSubmission"
    )
    leak = schemas["GasLeakInspectionSubmission"]
    assert leak["properties"]["request_type"]["const"] == "gas_leak_inspection"
    assert leak["properties"]["details"] == {
        "$ref": "#/components/schemas/GasLeakInspectionDetails"
    }
    assert leak["required"] == ["request_type", "description"]
    assert schemas["GasLeakInspectionDetails"]["additionalProperties"] is False
    assert "details" in schemas["DisconnectionSubmission"]["required"]


def test_it_shows_a_type_as_soon_as_it_is_saved(anyone: Api, db: None) -> None:
    before = anyone.get("openapi.json")
    request_type = RequestType.objects.create(code="street_works", name="Street works")
    request_type.fields.create(
        name="depth", label="How deep?", kind="decimal", unit="m", is_required=True
    )
    types.publish(request_type.pk, actor=SYSTEM)
    after = anyone.get("openapi.json", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.json()["components"]["schemas"]["StreetWorksDetails"] == {
        "title": "StreetWorksDetails",
        "type": "object",
        "properties": {"depth": {"type": "number", "description": "How deep? (m)"}},
        "required": ["depth"],
        "additionalProperties": False,
    }
    assert "StreetWorksSubmission" not in before.json()["components"]["schemas"]


def test_it_hides_a_type_that_takes_no_requests(anyone: Api, db: None) -> None:
    RequestType.objects.filter(code="reconnection").update(is_active=False)
    assert (
        "ReconnectionSubmission" not in anyone.get("openapi.json").json()["components"]["schemas"]
    )


def test_it_is_sent_once_to_whoever_has_it(anyone: Api, db: None) -> None:
    tag = anyone.get("openapi.json").headers["ETag"]
    again = anyone.get("openapi.json", If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")


def test_it_keeps_types_apart_whose_names_look_alike(anyone: Api, db: None) -> None:
    for code in ("gas__meter", "gas_meter"):
        RequestType.objects.create(code=code, name=code)
    mapping = anyone.get("openapi.json").json()["components"]["schemas"]["Submission"][
        "discriminator"
    ]["mapping"]
    assert len(set(mapping.values())) == len(mapping) == 15


@pytest.mark.django_db
def test_it_describes_any_submission_where_there_are_no_types(anyone: Api) -> None:
    RequestType.objects.all().delete()
    schemas = anyone.get("openapi.json").json()["components"]["schemas"]
    assert set(schemas["Submission"]["properties"]) == {
        "request_type",
        "description",
        "address",
        "details",
        "latitude",
        "longitude",
    }


def test_it_says_which_calls_take_files(document: Any) -> None:
    paths = document["paths"]
    filing = paths["/api/v1/requests/"]["post"]["requestBody"]["content"]
    assert set(filing) == {"application/json", "multipart/form-data"}
    form = filing["multipart/form-data"]["schema"]
    assert form["properties"]["attachments"] == {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "maxItems": 5,
    }
    assert form["properties"]["details"]["type"] == "string"
    assert form["required"] == ["request_type", "description"]
    attaching = paths["/api/v1/requests/{id}/attachments/"]["post"]["requestBody"]["content"]
    assert attaching["multipart/form-data"]["schema"]["required"] == ["file"]


def test_it_describes_calls_without_the_errors_of_our_code(document: Any) -> None:
    operations = [operation for paths in document["paths"].values() for operation in paths.values()]
    assert [
        operation["operationId"] for operation in operations if "Raises" in operation["description"]
    ] == []
