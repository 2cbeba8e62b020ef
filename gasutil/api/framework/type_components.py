"""A component of the OpenAPI document for each request type: generated clients are typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gasutil.api.framework.integers import document_integers
from gasutil.dynamic_forms import component

# The bodies with the answers to a type's questions. A report of an emergency can omit its type, and
# a discriminator can't: only the constant distinguishes its alternatives.
SUBMISSION_COMPONENT, REPORT_COMPONENT = "Submission", "EmergencyReport"
TYPED_BODIES = (SUBMISSION_COMPONENT, "Intake", REPORT_COMPONENT)


@dataclass(frozen=True)
class TypeComponent:
    """A request type, as the document needs it."""

    code: str
    version: int
    name: str
    description: str
    form: list[dict[str, Any]]
    is_emergency: bool


def add_type_components(
    document: Mapping[str, Any], request_types: Iterable[TypeComponent]
) -> dict[str, Any]:
    """Return the document with schemas for each request type: its details, and each typed body.

    Without request types, the general bodies remain.
    """
    components: dict[str, Any] = dict(document["components"]["schemas"])
    bodies = {name: components[name] for name in TYPED_BODIES if name in components}
    mappings: dict[str, dict[str, str]] = {name: {} for name in bodies}
    for request_type in request_types if bodies else ():
        name = f"{_camel(request_type.code)}Details"
        about = {"description": f"The answers to the questions of the type “{request_type.name}”."}
        schema = document_integers(component(request_type.form, name))
        details = _add(components, name, schema | about)
        for body, general in bodies.items():
            if body != REPORT_COMPONENT or request_type.is_emergency:
                mappings[body][request_type.code] = _add(
                    components,
                    f"{_camel(request_type.code)}{body}",
                    _typed_body(body, general, request_type, details),
                )
    for body, mapping in mappings.items():
        if mapping:
            components[body] = _choice(components, body, bodies[body], mapping)
    return {**document, "components": {**document["components"], "schemas": components}}


def _choice(
    components: dict[str, Any], body: str, general: Mapping[str, Any], mapping: Mapping[str, str]
) -> dict[str, Any]:
    """Return the schema of a body of any type."""
    choice = {
        "title": body,
        "description": f"{general['description']} The type decides on the fields of `details`.",
        "oneOf": [{"$ref": reference} for reference in mapping.values()],
        "examples": general["examples"],
    }
    if body != REPORT_COMPONENT:
        return choice | {"discriminator": {"propertyName": "request_type", "mapping": mapping}}
    untyped = {
        **general,
        "title": f"Any{body}",
        "properties": {k: v for k, v in general["properties"].items() if k != "request_type"},
    }
    choice["oneOf"].append({"$ref": _add(components, f"Any{body}", untyped)})
    return choice


def _typed_body(
    body: str, general: Mapping[str, Any], request_type: TypeComponent, details: str
) -> dict[str, Any]:
    """Return the schema of a body of one type: the general one, with this type's code and details.

    No answer about an emergency is required.
    """
    needs_details = not request_type.is_emergency and any(
        question.get("is_required") and not question.get("shown_if")
        for question in request_type.form
    )
    names = [*general.get("required", ()), *(["details"] if needs_details else [])]
    required = list(dict.fromkeys(["request_type", *names]))
    properties = {
        **general["properties"],
        "request_type": {
            "type": "string",
            "const": request_type.code,
            "title": "Request type",
            "description": f"The code of the type “{request_type.name}”.",
        },
        "details": {"$ref": details, "description": "The answers to the questions of the type."},
    }
    return {
        "title": f"{_camel(request_type.code)}{body}",
        "description": f"{request_type.name}. {request_type.description}".strip(),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "examples": [
            example
            for example in general["examples"]
            if example.get("request_type") == request_type.code
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
