"""The comparer of OpenAPI documents finds each kind of breaking change, and no addition."""

import copy
from typing import Any

import pytest

from tests.support.api_changes import breaking_changes

THING: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer", "format": "int64", "minimum": 1},
        "name": {"type": "string", "maxLength": 10},
        "state": {"$ref": "#/components/schemas/State"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
    },
}
JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
OLD: dict[str, Any] = {
    "paths": {
        "/things/": {
            "get": {
                "operationId": "list_things",
                "security": [{"Bearer": []}, {"Key": ["read"]}],
                "parameters": [LIMIT],
                "responses": {"200": {"content": JSON, "headers": {"ETag": {}}}, "404": {}},
            },
            "post": {
                "operationId": "create_thing",
                "security": [],
                "requestBody": {"content": {"application/json": {"schema": {}}}},
                "responses": {"201": {}},
            },
        }
    },
    "webhooks": {"event": {"post": {"requestBody": {"content": JSON}, "responses": {"200": {}}}}},
    "components": {
        "schemas": {"Thing": THING, "State": {"type": "string", "enum": ["open", "closed"]}}
    },
}
# The same component, once sent and once received.
SENT = ("paths", "/things/", "post", "requestBody", "content", "application/json", "schema")
GET, POST = ("paths", "/things/", "get"), ("paths", "/things/", "post")
PROPERTIES = ("components", "schemas", "Thing", "properties")
REMOVED = object()


def changed(document: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Return the document with another value at a path, or without it."""
    result = copy.deepcopy(document)
    part: Any = result
    for name in path[:-1]:
        part = part[name]
    if value is REMOVED:
        del part[path[-1]]
    else:
        part[path[-1]] = copy.deepcopy(value)
    return result


def changes(path: tuple[str | int, ...], value: Any, *, is_sent: bool = False) -> list[str]:
    """Return the breaking changes of one change; `is_sent` if clients send the component too."""
    old = changed(OLD, SENT, {"$ref": "#/components/schemas/Thing"}) if is_sent else OLD
    assert breaking_changes(old, old) == []
    return breaking_changes(old, changed(old, path, value))


@pytest.mark.parametrize(
    ("path", "value", "change"),
    [
        (("paths", "/things/"), REMOVED, ["GET /things/: removed", "POST /things/: removed"]),
        ((*GET, "operationId"), "things", ["GET /things/: operationId list_things became things"]),
        ((*GET, "security"), [{"Bearer": []}], ["GET /things/: Key is not enough"]),
        ((*GET, "security", 1, "Key"), ["all"], ["GET /things/: Key is not enough"]),
        ((*POST, "security"), [{"Bearer": []}], ["POST /things/: no login is not enough"]),
        ((*GET, "parameters"), [], ["GET /things/ ?limit: removed"]),
        ((*GET, "parameters", 0, "required"), True, ["GET /things/ ?limit: required"]),
        (
            (*GET, "parameters", 0, "schema", "maximum"),
            50,
            ["GET /things/ ?limit: maximum 100 became 50"],
        ),
        (
            (*GET, "parameters", 0, "schema", "type"),
            "string",
            ["GET /things/ ?limit: type integer became string"],
        ),
        ((*GET, "responses", "200"), REMOVED, ["GET /things/ 200: removed"]),
        ((*GET, "responses", "200", "headers"), {}, ["GET /things/ 200 ETag: removed"]),
        ((*GET, "responses", "200", "content"), {}, ["GET /things/ 200 application/json: removed"]),
        ((*POST, "requestBody", "required"), True, ["POST /things/ body: required"]),
        (("webhooks", "event"), REMOVED, ["POST event: removed"]),
        (("components", "schemas", "State"), REMOVED, ["State: removed"]),
        (("components", "schemas", "State", "enum"), ["open"], ["State: closed removed"]),
        ((*PROPERTIES, "name"), REMOVED, ["Thing.name: removed"]),
        ((*PROPERTIES, "id", "type"), "string", ["Thing.id: type integer became string"]),
        ((*PROPERTIES, "id", "type"), "number", ["Thing.id: type integer became number"]),
        ((*PROPERTIES, "id", "type"), ["integer", "null"], ["Thing.id: can be null"]),
        ((*PROPERTIES, "id", "format"), "int32", ["Thing.id: format int64 became int32"]),
        (
            (*PROPERTIES, "note", "anyOf", 0, "type"),
            "object",
            ["Thing.note: type string became object"],
        ),
        (
            (*PROPERTIES, "parts", "items"),
            {"type": "integer"},
            ["Thing: type object became integer"],
        ),
        (("components", "schemas", "Thing", "required"), [], ["Thing.id: optional"]),
    ],
)
def test_it_finds_what_breaks_readers(
    path: tuple[str | int, ...], value: Any, change: list[str]
) -> None:
    assert changes(path, value) == change


@pytest.mark.parametrize(
    ("path", "value", "change"),
    [
        (("components", "schemas", "Thing", "required"), ["id", "name"], "Thing.name: required"),
        ((*PROPERTIES, "note"), {"type": "string"}, "Thing.note: null refused"),
        ((*PROPERTIES, "name", "maxLength"), 9, "Thing.name: maxLength 10 became 9"),
        ((*PROPERTIES, "id", "minimum"), 2, "Thing.id: minimum 1 became 2"),
        ((*PROPERTIES, "name", "pattern"), "a", "Thing.name: pattern None became a"),
        ((*PROPERTIES, "name", "enum"), ["a"], "Thing.name: only certain values"),
        ((*PROPERTIES, "name", "format"), "date", "Thing.name: format None became date"),
        (
            ("components", "schemas", "Thing", "additionalProperties"),
            False,
            "Thing: other properties refused",
        ),
    ],
)
def test_it_finds_what_breaks_senders_alone(
    path: tuple[str | int, ...], value: Any, change: str
) -> None:
    assert changes(path, value) == []
    assert changes(path, value, is_sent=True) == [change]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("paths", "/more/"), OLD["paths"]["/things/"]),
        ((*GET, "parameters", 0, "schema", "maximum"), 200),
        ((*GET, "parameters"), [LIMIT, LIMIT | {"name": "q"}]),
        ((*GET, "security"), []),
        ((*GET, "responses", "404"), REMOVED),
        ((*PROPERTIES, "more"), {"type": "string"}),
        ((*PROPERTIES, "name", "maxLength"), 20),
        ((*PROPERTIES, "note", "anyOf", 0, "description"), "A note."),
        (("components", "schemas", "State", "enum"), ["open", "closed", "held"]),
    ],
)
def test_it_allows_additions(path: tuple[str | int, ...], value: Any) -> None:
    assert changes(path, value, is_sent=True) == []
