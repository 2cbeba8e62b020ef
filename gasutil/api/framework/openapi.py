"""The last steps of the OpenAPI document.

They add problems, shared enums and a component for each request type, and leave nothing unused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gasutil.api.framework.errors import JSON, PROBLEM, WRITTEN_AS_JSON
from gasutil.api.framework.examples import (
    REQUEST_ID,
    REQUEST_ID_HEADER,
    example_of,
    header_docs,
    problem_examples,
    problems,
)
from gasutil.api.framework.resource import Call
from gasutil.api.framework.uploads import MULTIPART, Files
from gasutil.dynamic_forms import component
from gasutil.files.upload_validation import FILE_KINDS

SUBMISSION_COMPONENT = "Submission"
BYTES = "application/octet-stream"  # client generators use it for files of any type


MACHINE_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "The key of a machine account (`gsd_…`), with the scope that the call names. Without"
        " `requests:read`, the response of a call with `requests:work` has only `id`,"
        " `reference`, `status` and `version` of the request."
    ),
}


@dataclass(frozen=True)
class TypeComponent:
    """A request type, as the document needs it."""

    code: str
    version: int
    name: str
    description: str
    form: list[dict[str, Any]]
    is_emergency: bool


def finish_document(document: dict[str, Any], calls: Mapping[str, Call]) -> None:
    """Correct and complete ninja's document, and give each thing one name."""
    _drop_head(document)
    document["components"].setdefault("securitySchemes", {})["MachineKey"] = MACHINE_KEY
    document["components"]["headers"] = {REQUEST_ID: dict(REQUEST_ID_HEADER)}
    for operation in _operations(document):
        call = calls.get(operation["operationId"])
        if call and call.files:
            _document_files(operation, call.files, document["components"]["schemas"])
        if call and call.is_download:
            _document_download(operation, call)
        _document_examples(operation, document["components"]["schemas"])
        _document_problems(operation)
        _document_request_id(operation)
        _share_enums(operation, document["components"]["schemas"])
    _drop_unused(document)


def _drop_head(document: dict[str, Any]) -> None:
    """Remove HEAD, which every GET supports: it would list each operation twice."""
    for operations in document["paths"].values():
        operations.pop("head", None)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _document_files(operation: dict[str, Any], files: Files, components: Mapping[str, Any]) -> None:
    """Document that a call accepts files, with or instead of JSON."""
    body = operation.setdefault("requestBody", {"content": {}, "required": True})
    binary = {"type": "string", "format": "binary"}
    if files.is_form:
        form: dict[str, Any] = {
            "type": "object",
            "properties": {files.name: binary},
            "required": [files.name],
        }
    else:
        plain = components[body["content"][JSON]["schema"]["$ref"].rpartition("/")[2]]
        parts = {
            name: _as_text(schema) if name in WRITTEN_AS_JSON else schema
            for name, schema in plain["properties"].items()
        }
        parts[files.name] = {"type": "array", "items": binary, "maxItems": files.most}
        form = {"type": "object", "properties": parts, "required": plain["required"]}
    body["content"][MULTIPART] = {
        "schema": form | {"title": f"{operation['operationId'].title().replace('_', '')}Form"}
    }


def _as_text(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "string",
        "title": schema.get("title", ""),
        "description": "As JSON.",
        "examples": ["{}"],
    }


def _document_download(operation: dict[str, Any], call: Call) -> None:
    """Document a call that returns bytes, or a redirect to them."""
    types = [call.content_type] if call.content_type else [kind.content_type for kind in FILE_KINDS]
    operation["responses"][200] = {
        "description": "The file.",
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}} for name in (BYTES, *types)
        },
    }
    if not call.content_type:
        operation["responses"][302] = {
            "description": "A link to the file. It expires after one minute."
        } | header_docs(["Location"])


def _document_examples(operation: dict[str, Any], components: Mapping[str, Any]) -> None:
    """Add an example response to each call."""
    for status, response in operation["responses"].items():
        if int(status) < 400 and JSON in response.get("content", {}):
            response["content"][JSON]["example"] = example_of(
                response["content"][JSON]["schema"], components
            )


def _document_problems(operation: dict[str, Any]) -> None:
    """Document errors as `application/problem+json`, with an example and their headers."""
    known = problems()
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            answers = known[int(status)]
            response["content"] = {
                PROBLEM: response["content"][JSON] | {"examples": problem_examples(answers)}
            }
            response.update(header_docs(answers[0].headers))


def _document_request_id(operation: dict[str, Any]) -> None:
    """Document the header that every response has."""
    reference = {"$ref": f"#/components/headers/{REQUEST_ID}"}
    for response in operation["responses"].values():
        response["headers"] = {**response.get("headers", {}), REQUEST_ID: reference}


def _share_enums(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Refer to a named enum wherever a parameter repeats its values.

    So a generated client has one type for it.
    """
    names = {
        tuple(component["enum"]): name
        for name, component in components.items()
        if "enum" in component
    }
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        for holder, key in ((parameter, "schema"), (schema, "items")):
            name = names.get(tuple(holder.get(key, {}).get("enum", ())))
            if name:
                holder[key] = {"$ref": f"#/components/schemas/{name}"}


def _drop_unused(document: dict[str, Any]) -> None:
    """Remove the components that nothing refers to.

    Ninja adds one for each query that it splits.
    """
    text = orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    components = document["components"]["schemas"]
    for name in [name for name in components if f'"#/components/schemas/{name}"' not in text]:
        del components[name]


def add_type_components(
    document: Mapping[str, Any], request_types: Iterable[TypeComponent]
) -> dict[str, Any]:
    """Return the document with a submission schema for each request type.

    The discriminator is `request_type`.

    A generated client has a type for each. Without request types, the general submission remains.
    """
    components: dict[str, Any] = dict(document["components"]["schemas"])
    general: Mapping[str, Any] = components.get(
        SUBMISSION_COMPONENT, {}
    )  # missing in an API without submissions
    mapping: dict[str, str] = {}
    for request_type in request_types if general else ():
        details = _add(
            components,
            f"{_camel(request_type.code)}Details",
            component(request_type.form, f"{_camel(request_type.code)}Details"),
        )
        mapping[request_type.code] = _add(
            components,
            f"{_camel(request_type.code)}{SUBMISSION_COMPONENT}",
            _submission(general, request_type, details),
        )
    if mapping:
        components[SUBMISSION_COMPONENT] = {
            "title": SUBMISSION_COMPONENT,
            "description": (
                "A new service request. The fields of `details` depend on the request type."
            ),
            "oneOf": [{"$ref": reference} for reference in mapping.values()],
            "discriminator": {"propertyName": "request_type", "mapping": mapping},
            "examples": general["examples"],
        }
    return {**document, "components": {**document["components"], "schemas": components}}


def _submission(
    general: Mapping[str, Any], request_type: TypeComponent, details: str
) -> dict[str, Any]:
    """Return the schema of a submission of one type.

    It is the general schema, with this type's code and details.
    """
    needs_details = not request_type.is_emergency and any(
        question.get("is_required") and not question.get("shown_if")
        for question in request_type.form
    )
    properties = {
        **general["properties"],
        "request_type": {"type": "string", "const": request_type.code, "title": "Request type"},
        "details": {"$ref": details},
    }
    return {
        "title": f"{_camel(request_type.code)}{SUBMISSION_COMPONENT}",
        "description": f"{request_type.name}. {request_type.description}".strip(),
        "type": "object",
        "properties": properties,
        "required": [*general["required"], *(["details"] if needs_details else [])],
        "additionalProperties": False,
        "examples": [
            example
            for example in general["examples"]
            if example["request_type"] == request_type.code
        ],
    }


def _add(components: dict[str, Any], name: str, schema: dict[str, Any]) -> str:
    """Add a component under its name, and return a reference to it.

    If the name is taken, the component has a similar one.
    """
    while name in components:
        name += "_"
    components[name] = schema
    return f"#/components/schemas/{name}"


def _camel(code: str) -> str:
    return "".join(word.title() for word in code.split("_"))
