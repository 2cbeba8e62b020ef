"""The OpenAPI document, where ninja's is finished: problems, shared enums, and nothing that is not used."""

from collections.abc import Iterator
from typing import Any

import orjson

from gasutil.api.errors import JSON, PROBLEM


def finish(document: dict[str, Any]) -> None:
    """Make ninja's document say what the API does, and give each thing one name."""
    for operation in _operations(document):
        _tell_problems(operation)
        _share_enums(operation, document["components"]["schemas"])
    _drop_unused(document)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _tell_problems(operation: dict[str, Any]) -> None:
    """Say that an error is `application/problem+json`."""
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            response["content"] = {PROBLEM: response["content"][JSON]}


def _share_enums(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Refer to a named enum where a parameter repeats its values, so that a generated client has one type for it."""
    names = {tuple(component["enum"]): name for name, component in components.items() if "enum" in component}
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        for holder, key in ((parameter, "schema"), (schema, "items")):
            name = names.get(tuple(holder.get(key, {}).get("enum", ())))
            if name:
                holder[key] = {"$ref": f"#/components/schemas/{name}"}


def _drop_unused(document: dict[str, Any]) -> None:
    """Drop the components that nothing refers to: ninja keeps one for each query it has taken apart."""
    text = orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    components = document["components"]["schemas"]
    for name in [name for name in components if f'"#/components/schemas/{name}"' not in text]:
        del components[name]
