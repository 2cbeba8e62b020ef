"""The last steps of the OpenAPI document.

They add problems, files and shared enums, and leave nothing unused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from pydantic import TypeAdapter

from gasutil.api.framework.errors import JSON, WRITTEN_AS_JSON
from gasutil.api.framework.examples import (
    REQUEST_ID,
    REQUEST_ID_HEADER,
    example_of,
    header_docs,
)
from gasutil.api.framework.integers import document_integers
from gasutil.api.framework.problem_docs import document_problems, share_problem_types
from gasutil.api.framework.resource import Call
from gasutil.api.framework.uploads import MULTIPART, Files
from gasutil.files.upload_validation import FILE_KINDS

BYTES = "application/octet-stream"  # client generators use it for files of any type


BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        "An access token of `POST login/` (a JWT that follows RFC8725), or a tracking token for one"
        " request."
    ),
}
MACHINE_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "The key of a machine account (`gsd_…`), with the scope that the call names. Without"
        " `requests:read`, the response of a call with `requests:work` has only `id`,"
        " `reference`, `status` and `version` of the request."
    ),
}
TICKET = {
    "type": "apiKey",
    "in": "query",
    "name": "ticket",
    "description": (
        "A ticket of `POST events/ticket/`, which opens one stream, for clients that can't send the"
        " `Authorization` header."
    ),
}
SCHEMES = {"Bearer": BEARER, "MachineKey": MACHINE_KEY, "Ticket": TICKET}


def finish_document(document: dict[str, Any], calls: Mapping[str, Call]) -> None:
    """Correct and complete ninja's document, and give each thing one name."""
    _drop_head(document)
    document["components"]["securitySchemes"] = dict(SCHEMES)
    document["components"]["headers"] = {REQUEST_ID: dict(REQUEST_ID_HEADER)}
    for operation in _operations(document):
        call = calls.get(operation["operationId"])
        if call and call.files:
            _document_files(operation, call.files, document["components"]["schemas"])
        if call and call.is_download:
            _document_download(operation, call)
        _document_examples(operation, document["components"]["schemas"])
        document_problems(operation)
        _document_request_id(operation)
        _drop_repeated_security(operation)
        _share_enums(operation, document["components"]["schemas"])
    share_problem_types(document["components"]["schemas"])
    document_integers(document)
    _drop_unused(document)


def _drop_repeated_security(operation: dict[str, Any]) -> None:
    """Name each scheme once: ninja adds its own classes to the schemes of the declaration."""
    schemes = operation.get("security", [])
    operation["security"] = [
        scheme
        for number, scheme in enumerate(schemes)
        if scheme not in schemes[:number] and scheme.keys() <= SCHEMES.keys()
    ]


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
        fields = {name: TypeAdapter(kind).json_schema() for name, kind in files.fields.items()}
        form: dict[str, Any] = {
            "type": "object",
            "properties": {files.name: {**binary, "description": "The file."}, **fields},
            "required": [files.name],
        }
    else:
        plain = components[body["content"][JSON]["schema"]["$ref"].rpartition("/")[2]]
        parts = {
            name: _as_text(schema) if name in WRITTEN_AS_JSON else schema
            for name, schema in plain["properties"].items()
        }
        parts[files.name] = {
            "type": "array",
            "items": binary,
            "maxItems": files.most,
            "description": "The files, each in a part of this name.",
        }
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
