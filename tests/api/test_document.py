"""The OpenAPI document: what schemathesis and the generated client do not check."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from django.conf import settings

from gasutil.access import SYSTEM, Actor
from gasutil.api.introduction import TEXTS
from gasutil.models import Event, RequestType, RequestUpdate, ServiceRequest, User
from gasutil.updates import events_of, joined
from gasutil.workflow import catalogue as types
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.documentation import documented_errors

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


def test_every_error_is_a_problem(document: Any) -> None:
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
    """Yield every response with its operation and status."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                yield operation["operationId"], int(status), answer


def test_it_has_a_valid_example_of_every_response(document: Any) -> None:
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


def test_it_documents_the_headers_that_clients_need(
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
    assert result["create_request", 201] == {"Location", "Link", "ETag"} <= set(filed.headers)
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


def test_it_has_a_submission_for_each_type_by_its_code(document: Any) -> None:
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
        "$ref": "#/components/schemas/GasLeakInspectionDetails",
        "description": "The answers to the questions of the type.",
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
        "description": "The answers to the questions of the type “Street works”.",
        "properties": {"depth": {"type": "number", "description": "How deep? (m)"}},
        "required": ["depth"],
        "additionalProperties": False,
    }
    assert "StreetWorksSubmission" not in before.json()["components"]["schemas"]


def test_it_hides_an_inactive_type(anyone: Api, db: None) -> None:
    RequestType.objects.filter(code="reconnection").update(is_active=False)
    assert (
        "ReconnectionSubmission" not in anyone.get("openapi.json").json()["components"]["schemas"]
    )


def test_a_client_that_has_it_gets_304(anyone: Api, db: None) -> None:
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
        "items": {"type": "string", "format": "binary", "maxLength": 10 * 2**20},
        "maxItems": 5,
        "description": "The files, each in a part of this name.",
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


def test_it_describes_every_property_parameter_and_call(document: Any) -> None:
    silent = [
        (name, field)
        for name, schema in document["components"]["schemas"].items()
        for field, part in {"": schema, **schema.get("properties", {})}.items()
        if not part.get("description")
    ]
    for operations in document["paths"].values():
        for operation in operations.values():
            name = operation["operationId"]
            assert operation["summary"], name
            assert operation["description"], name
            silent += [
                (name, parameter["name"])
                for parameter in operation.get("parameters", ())
                if not parameter["description"]
            ]
    assert silent == [], "Describe them in gasutil/api/descriptions.toml."


def test_it_has_no_description_for_nothing(document: Any) -> None:
    schemas = document["components"]["schemas"]
    properties = {name: set(schema.get("properties", ())) for name, schema in schemas.items()}
    for body in ("Submission", "Intake"):
        properties[body] = properties[f"NoSupply{body}"]
    properties["EmergencyReport"] = properties["GasLeakInspectionEmergencyReport"]
    unused = [
        (name, field)
        for name, fields in TEXTS["types"].items()
        for field in fields
        if field not in properties.get(name, ())
    ]
    unused += [
        ("", name) for name in TEXTS["fields"] if name not in set().union(*properties.values())
    ]
    unused += [("", name) for name in TEXTS["schemas"] if name not in schemas]
    parameters = {
        parameter["name"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
    }
    unused += [("", name) for name in TEXTS["parameters"] if name not in parameters]
    assert unused == []


def test_it_shows_the_help_text_of_a_column(document: Any) -> None:
    latitude = document["components"]["schemas"]["ServiceRequest"]["properties"]["latitude"]
    assert latitude["description"] == ServiceRequest._meta.get_field("latitude").help_text


def test_it_bounds_every_text_and_list(document: Any) -> None:
    open_ended = [path for path, part in parts(document, "") if is_open_ended(part)]
    assert open_ended == []


def test_it_says_how_large_an_integer_can_be(document: Any) -> None:
    schemas = document["components"]["schemas"]
    count = schemas["ApplianceConversionDetails"]["properties"]["appliance_count"]
    assert (count["format"], schemas["Profile"]["properties"]["id"]["format"]) == ("int32", "int64")
    integers = [part for _, part in parts(document, "") if part.get("type") == "integer"]
    assert [part for part in integers if "format" not in part] == []


def test_it_bounds_every_integer_that_a_caller_sends(document: Any) -> None:
    sent = [
        part
        for operations in document["paths"].values()
        for operation in operations.values()
        for source in (operation.get("requestBody", {}), *operation.get("parameters", ()))
        if source.get("in") != "path"  # any other number is 404
        for _, part in parts_behind(source, document)
        if part.get("type") == "integer"
    ]
    assert len(sent) > 20
    assert [part for part in sent if not {"minimum", "maximum"} <= part.keys()] == []


def parts_behind(part: Any, document: Any) -> Iterator[tuple[str, Any]]:
    """Find every schema of a part of a call, with those that it refers to."""
    seen, pending = set[str](), [part]
    while pending:
        for path, item in parts(pending.pop(), ""):
            yield path, item
            name = item.get("$ref", "").rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                pending.append(document["components"]["schemas"][name])


def parts(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Find every schema, with its path."""
    if isinstance(part, dict):
        yield path, part
    items = part.items() if isinstance(part, dict) else enumerate(part)
    for name, item in items:
        if isinstance(item, dict | list) and name not in ("example", "examples"):
            yield from parts(item, f"{path}/{name}")


def is_open_ended(part: Any) -> bool:
    if part.get("type") == "array":
        return "maxItems" not in part
    return part.get("type") == "string" and not {"enum", "const", "maxLength"} & part.keys()


def test_it_names_the_problems_that_each_call_can_return(document: Any) -> None:
    def types(path: str, method: str, status: str) -> list[str]:
        response = document["paths"][f"/api/v1/{path}"][method]["responses"][status]
        assert list(response["content"]["application/problem+json"]["examples"]) == [
            name.rpartition(":")[2] for name in response["x-problem-types"]
        ]
        return [name.rpartition(":")[2] for name in response["x-problem-types"]]

    assert types("requests/", "post", "409") == ["idempotency-conflict"]
    assert types("requests/{id}/milestones/", "post", "409") == [
        "conflict",
        "transition-refused",
        "idempotency-conflict",
    ]
    assert types("requests/{id}/attachments/", "post", "415") == [
        "unsupported-media-type",
        "unsupported",
        "unreadable",
    ]
    assert "409" not in document["paths"]["/api/v1/login/"]["post"]["responses"]


def test_it_lists_every_problem_type(document: Any) -> None:
    schemas = document["components"]["schemas"]
    listed = {name.rpartition(":")[2] for name in schemas["ProblemType"]["enum"]}
    known, _codes = documented_errors()
    assert listed == known
    assert schemas["Problem"]["properties"]["type"]["anyOf"][0] == {
        "$ref": "#/components/schemas/ProblemType"
    }


def test_it_names_every_event_and_what_webhooks_receive(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["EventName"]["enum"] == Event.values == list(document["webhooks"])
    assert schemas["Event"]["properties"]["event"]["$ref"] == "#/components/schemas/EventName"
    for event in document["webhooks"].values():
        assert event["post"]["summary"]
        assert event["post"]["description"]
        body = event["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert body == {"$ref": "#/components/schemas/Event"}


def test_an_event_is_as_its_component_says(document: Any, customer: User) -> None:
    requests.submit(actor=Actor(customer), request_type="new_connection", description="Please")
    rows = joined(RequestUpdate.objects.all())
    schema = document["components"]["schemas"]["Event"] | {"components": document["components"]}
    [event] = events_of(SYSTEM, list(rows), ["SR-7KQ-2M4-TDX"])
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(json.loads(event))


def test_it_says_which_calls_are_public(document: Any) -> None:
    assert document["paths"]["/api/v1/login/"]["post"]["security"] == []
    assert document["paths"]["/api/v1/requests/"]["post"]["security"] == [{"Bearer": []}]
    assert document["paths"]["/api/v1/requests/"]["get"]["security"] == [
        {"Bearer": []},
        {"MachineKey": ["requests:read"]},
    ]


def test_it_starts_with_an_introduction_and_describes_its_tags(document: Any) -> None:
    assert "POST login/" in document["info"]["description"]
    assert document["servers"][0]["url"] == settings.SITE_URL
    used = {
        tag
        for section in ("paths", "webhooks")
        for operations in document[section].values()
        for operation in operations.values()
        for tag in operation["tags"]
    }
    assert {tag["name"] for tag in document["tags"] if tag["description"]} == used


def test_it_types_the_answers_of_every_way_to_file_a_request(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert len(schemas["Intake"]["oneOf"]) == 13
    assert schemas["Intake"]["discriminator"]["propertyName"] == "request_type"
    report = schemas["EmergencyReport"]
    assert [item["$ref"].rpartition("/")[2] for item in report["oneOf"]] == [
        "GasLeakInspectionEmergencyReport",
        "ThirdPartyDamageEmergencyReport",
        "AnyEmergencyReport",
    ]
    validator = jsonschema_rs.validator_for(report | {"components": document["components"]})
    for example in report["examples"]:
        validator.validate(example)
    assert not validator.is_valid(
        {"request_type": "gas_leak_inspection", "details": {"location": "nowhere"}}
    )
