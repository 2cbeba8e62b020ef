"""The format of the integers in the OpenAPI document.

Without one, generated clients in Kotlin, Java and Swift keep an ID in 32 bits, which overflow.
"""

from typing import Any

MOST_INT32 = 2**31 - 1
DATA = {"example", "examples", "default", "enum", "const"}  # values, not schemas


def document_integers(part: Any) -> Any:
    """Give every integer of a schema, or of a document, its format, and return it."""
    if isinstance(part, dict):
        if part.get("type") == "integer":
            part.setdefault("format", _format(part))
        for name, item in part.items():
            if name not in DATA:
                document_integers(item)
    elif isinstance(part, list):
        for item in part:
            document_integers(item)
    return part


def _format(schema: dict[str, Any]) -> str:
    is_small = schema.get("maximum", MOST_INT32 + 1) <= MOST_INT32
    return "int32" if is_small else "int64"
