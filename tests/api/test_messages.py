"""Messages of validation errors: our own sentences, never those of a validator."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings

from gasutil.models import RequestType, ServiceRequest, User
from tests.support.access_matrix import BODIES, TABLE, Scene, operations, place_of
from tests.support.api import Api

pytestmark = pytest.mark.sweep

LONG = "x" * 5000
WRONG_VALUES: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        7,
        1.5,
        10**30,
        1e300,
        "",
        " ",
        "x",
        LONG,
        "\0",
        "2026-99-99",
        "2026-11-23",
    ),
    *([], [1], ["x", "x"], {}, {"x": 1}, {"name": 7}),
]
WRONG_TEXTS = ["", "x", "-1", "0", "1.5", "9" * 30, LONG, "\0", "true", "2026-99-99", "2026-11-23"]
VALIDATOR = re.compile(
    r"Input should|valid (string|integer|number|boolean|list|dictionary|datetime)|^Field required"
    r"|Extra inputs|String should|Value error|Unable to parse|Expected UploadFile|\w_\w|pydantic"
)
LIMITS = [
    *("REGISTER_LIMIT", "OLD_PASSWORD_LIMIT", "EMAIL_CHANGE_LIMIT", "PASSWORD_RESET_LIMIT"),
    *("REQUEST_LIMIT", "COMMENT_LIMIT", "UPLOAD_LIMIT", "UPDATE_LIMIT", "EMERGENCY_LIMIT"),
]
WITH_BODY = sorted(BODIES)
LISTS = [name for name in TABLE if name.startswith("list_")]


def messages(response: Any) -> Iterator[tuple[str, str]]:
    """Yield the code and the message of each error of a response."""
    assert response.status_code < 500
    assert response.status_code != 429
    if response.status_code == 422:
        for error in response.json()["errors"]:
            yield error["code"], error["message"]


def check(response: Any, sent: Any) -> None:
    for code, message in messages(response):
        hint = f"{json.dumps(sent)[:200]}: {code}: {message}"
        text = re.sub(r"`[^`]*`|(?<=Choose one of: ).*", "", message)  # names may be in a message
        assert not VALIDATOR.search(text), hint
        assert re.match(r"[A-Z“`'].*[.?!]$", message, re.DOTALL), hint


@pytest.fixture(autouse=True)
def no_limits(settings: LazySettings) -> None:
    """Remove the limits on calls."""
    for name in LIMITS:
        setattr(settings, name, 0)
    settings.LOGIN_LIMIT = settings.LOGIN_LIMIT_ADDRESS = 10**6


def properties(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """Return the fields of a body, in each of its forms."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return properties(document, document["components"]["schemas"][name])
    branches = schema.get("oneOf", ()) or schema.get("anyOf", ())
    return set(schema.get("properties", ())).union(
        *(properties(document, branch) for branch in branches)
    )


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_wrong_value_in_a_body_gets_a_sentence(
    name: str, leak: ServiceRequest, customer: User, support: User
) -> None:
    document = Api().get("openapi.json").json()
    method, path, operation = operations()[name]
    content = operation["requestBody"]["content"].get("application/json")
    if content is None:
        return
    users = {"customer": customer, "support": support}
    statuses = dict(zip(("customer", "support"), (TABLE[name][1], TABLE[name][4]), strict=True))
    caller = users["customer" if statuses["customer"] < 300 else "support"]
    api, place = Api(caller), place_of(path, leak)
    for field in sorted(properties(document, content["schema"]) | {"unknown_field"}):
        for value in WRONG_VALUES:
            body = BODIES[name](Scene(caller, leak)) | {field: value}
            check(api(method, place, body), {field: value})
    check(api(method, place, {}), {})
    check(api(method, place, "[]"), [])


@pytest.mark.parametrize("name", LISTS)
def test_a_wrong_value_in_a_query_gets_a_sentence(
    name: str, leak: ServiceRequest, support: User
) -> None:
    method, path, operation = operations()[name]
    fields = [item["name"] for item in operation["parameters"] if item["in"] == "query"]
    for field in [*fields, "unknown_field"]:
        for value in WRONG_TEXTS:
            query = urlencode({field: value})
            check(Api(support)(method, f"{path}?{query}"), {field: value})


def test_a_wrong_answer_gets_a_sentence(customer: User) -> None:
    api = Api(customer)
    for request_type in RequestType.objects.filter(is_emergency=False):
        for question in request_type.form:
            for value in WRONG_VALUES:
                body = {
                    "request_type": request_type.code,
                    "description": "A question",
                    "details": {question["name"]: value},
                }
                check(api.post("requests/", body), body["details"])
