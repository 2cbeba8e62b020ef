"""The OpenAPI document, where ninja's is finished: problems, shared enums, a component for each request type, nothing unused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gasutil.api.errors import JSON, PROBLEM
from gasutil.api.resource import Call
from gasutil.api.samples import example_of, problems, told_headers, told_problems
from gasutil.api.uploads import MULTIPART, WRITTEN_AS_JSON, Files
from gasutil.details import component
from gasutil.files.judging import KINDS

SUBMISSION = "Submission"
BYTES = "application/octet-stream"  # which generators of clients take for all kinds of them


@dataclass(frozen=True)
class Kind:
    """What the document says of a request type."""

    code: str
    version: int
    name: str
    description: str
    form: list[dict[str, Any]]


def finish(document: dict[str, Any], calls: Mapping[str, Call]) -> None:
    """Make ninja's document say what the API does, and give each thing one name."""
    for operation in _operations(document):
        call = calls.get(operation["operationId"])
        if call and call.files:
            _tell_files(operation, call.files, document["components"]["schemas"])
        if call and call.is_download:
            _tell_download(operation)
        _tell_examples(operation, document["components"]["schemas"])
        _tell_problems(operation)
        _share_enums(operation, document["components"]["schemas"])
    _drop_unused(document)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _tell_files(operation: dict[str, Any], files: Files, components: Mapping[str, Any]) -> None:
    """Say that a call takes files as well, or nothing else."""
    body = operation.setdefault("requestBody", {"content": {}, "required": True})
    one = {"type": "string", "format": "binary"}
    if files.is_form:
        form: dict[str, Any] = {"type": "object", "properties": {files.name: one}, "required": [files.name]}
    else:
        plain = components[body["content"][JSON]["schema"]["$ref"].rpartition("/")[2]]
        parts = {name: _as_text(schema) if name in WRITTEN_AS_JSON else schema for name, schema in plain["properties"].items()}
        parts[files.name] = {"type": "array", "items": one, "maxItems": files.most}
        form = {"type": "object", "properties": parts, "required": plain["required"]}
    body["content"][MULTIPART] = {"schema": form | {"title": f"{operation['operationId'].title().replace('_', '')}Form"}}


def _as_text(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "string", "title": schema.get("title", ""), "description": "As JSON.", "examples": ["{}"]}


def _tell_download(operation: dict[str, Any]) -> None:
    """Say that a call answers with bytes, or with the way to them."""
    operation["responses"][200] = {
        "description": "The content, as an attachment.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (BYTES, *(kind.content_type for kind in KINDS))},
    }
    operation["responses"][302] = {"description": "A link to it that is good for a minute."} | told_headers(["Location"])


def _tell_examples(operation: dict[str, Any], components: Mapping[str, Any]) -> None:
    """Show an answer of each call."""
    for status, response in operation["responses"].items():
        if int(status) < 400 and JSON in response.get("content", {}):
            response["content"][JSON]["example"] = example_of(response["content"][JSON]["schema"], components)


def _tell_problems(operation: dict[str, Any]) -> None:
    """Say that an error is `application/problem+json`, show one, and tell of the headers that it has."""
    known = problems()
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            answers = known[int(status)]
            response["content"] = {PROBLEM: response["content"][JSON] | {"examples": told_problems(answers)}}
            response.update(told_headers(answers[0].headers))


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


def with_types(document: Mapping[str, Any], kinds: Iterable[Kind]) -> dict[str, Any]:
    """Return the document with a submission of its own for each request type, told apart by `request_type`.

    A generated client has a type for each. Where there are no request types, any submission is described as it was.
    """
    components: dict[str, Any] = dict(document["components"]["schemas"])
    general: Mapping[str, Any] = components.get(SUBMISSION, {})  # an API that takes no submissions has none
    mapping: dict[str, str] = {}
    for kind in kinds if general else ():
        details = _add(components, f"{_camel(kind.code)}Details", component(kind.form, f"{_camel(kind.code)}Details"))
        mapping[kind.code] = _add(components, f"{_camel(kind.code)}{SUBMISSION}", _submission(general, kind, details))
    if mapping:
        components[SUBMISSION] = {
            "title": SUBMISSION,
            "description": "A service request as it is filed. What `details` takes is the type's own, and changes with it.",
            "oneOf": [{"$ref": reference} for reference in mapping.values()],
            "discriminator": {"propertyName": "request_type", "mapping": mapping},
            "examples": general["examples"],
        }
    return {**document, "components": {**document["components"], "schemas": components}}


def _submission(general: Mapping[str, Any], kind: Kind, details: str) -> dict[str, Any]:
    """Return what a request of one type takes: what any does, with this type's code and details."""
    needs_details = any(one.get("is_required") and not one.get("shown_if") for one in kind.form)
    properties = {
        **general["properties"],
        "request_type": {"type": "string", "const": kind.code, "title": "Request type"},
        "details": {"$ref": details},
    }
    return {
        "title": f"{_camel(kind.code)}{SUBMISSION}",
        "description": f"{kind.name}. {kind.description}".strip(),
        "type": "object",
        "properties": properties,
        "required": [*general["required"], *(["details"] if needs_details else [])],
        "additionalProperties": False,
        "examples": [one for one in general["examples"] if one["request_type"] == kind.code],
    }


def _add(components: dict[str, Any], name: str, schema: dict[str, Any]) -> str:
    """Add a component under its name, or one like it if that is taken, and return how to refer to it."""
    while name in components:
        name += "_"
    components[name] = schema
    return f"#/components/schemas/{name}"


def _camel(code: str) -> str:
    return "".join(word.title() for word in code.split("_"))
