"""The OpenAPI document, beyond what schemathesis and the generated client hold it to."""

import re
from typing import Any

import pytest

from tests.conftest import Api


@pytest.fixture
def document(anyone: Api) -> Any:
    return anyone.get("openapi.json").json()


def test_it_names_each_operation_once(document: Any) -> None:
    names = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    assert len(names) == len(set(names)) > 20


def test_it_tells_every_error_as_a_problem(document: Any) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                assert list(response.get("content", {})) in ([], ["application/problem+json" if int(status) >= 400 else "application/json"])


def test_it_has_one_enum_for_one_set_of_values(document: Any) -> None:
    parameters = {parameter["name"]: parameter["schema"] for parameter in document["paths"]["/api/v1/requests/"]["get"]["parameters"]}
    assert parameters["status"]["items"] == {"$ref": "#/components/schemas/Status"}
    assert parameters["priority"]["items"] == {"$ref": "#/components/schemas/Priority"}


def test_it_has_no_component_that_nothing_refers_to(document: Any) -> None:
    assert set(document["components"]["schemas"]) == set(re.findall(r"#/components/schemas/(\w+)", str(document)))


def test_it_shows_an_example_of_every_body_and_of_every_field_that_comes_back(document: Any) -> None:
    schemas = document["components"]["schemas"]
    bodies = [
        operation["requestBody"]
        for operations in document["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    assert len(bodies) > 12
    for body in bodies:
        name = re.search(r"schemas/(\w+)", str(body))
        assert name
        assert schemas[name[1]]["examples"], name[1]
    for name in ("Profile", "RequestType", "RequestUpdate", "ServiceRequest"):
        for field, schema in schemas[name]["properties"].items():
            assert "$ref" in str(schema) or "examples" in schema, (name, field)


def test_its_page_needs_nothing_from_elsewhere(anyone: Api) -> None:
    page = anyone.get("docs").content.decode()
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "http://" not in page
    assert "https://" not in page
